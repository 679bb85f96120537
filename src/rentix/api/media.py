"""Media: pictures of an agency, by themselves (contract 7)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from msgspec.structs import replace

from rentix.api.bulk import read_bulk, write_bulk
from rentix.api.call import Call, Reply, json_reply
from rentix.api.names import read_external_id, read_id
from rentix.api.uploads import no_place
from rentix.api.writing import stray_notes, write_one
from rentix.decide.refusals import media_unknown
from rentix.errors import Code, Fault, Problem, invalid
from rentix.operations import (
    AwaitMedia,
    DeleteMedia,
    ImportMedia,
    LinkMedia,
    MediaOutcome,
    Operation,
    UnlinkMedia,
)
from rentix.rules.media import read_import, read_media_link, read_upload
from rentix.wire import media
from rentix.wire.answers import encode
from rentix.wire.decode import parse_object

OP = "upload-from-url"
TICKET_MS = 30 * 60 * 1000
UPLOAD_PATH = "/api/v1/media/upload/"

_Noted = ImportMedia | AwaitMedia | LinkMedia | UnlinkMedia | DeleteMedia


async def import_media(call: Call) -> Reply:
    """Import a picture from its URL.

    It is fetched and made safe in the background; GET /job/status tells how it stands. A known
    `externalId` is the picture that has it, as it is: nothing is fetched again.
    """
    operation = read_import(parse_object(call.body), imports_off=not call.portal.keeps_files)
    dry_run = call.query.get("dryRun", False)
    return await _write(
        call, operation, lambda outcome: encode(media.queued_answer(outcome, dry_run=dry_run))
    )


async def bulk_media(call: Call) -> Reply:
    """Import up to 100 pictures.

    Each is decided in order and on its own, so look at every `success`; with `atomic` they stand or
    fall together.
    """
    _refuse_if_match(call)
    body, notes = read_bulk(parse_object(call.body))
    read_one = partial(_read_operation, imports_off=not call.portal.keeps_files)
    return await write_bulk(call, body, notes, read_one)


def _read_operation(raw: object, *, imports_off: bool) -> Operation:
    if not isinstance(raw, dict):
        raise invalid([Fault(Code.TYPE_INVALID, "an operation must be an object")])
    if raw.get("op") != OP:
        raise invalid([Fault(Code.NOT_ONE_OF, f"op must be one of: {OP}", ("op",))])
    members = {name: value for name, value in raw.items() if name != "op"}
    return read_import(members, imports_off=imports_off)


async def begin_upload(call: Call) -> Reply:
    """Get an address to send a picture's bytes to.

    PUT them there within 30 minutes, up to 10 MiB, once and without a key. A known `externalId`
    whose bytes have come needs no upload: `uploadUrl` is null then.
    """
    until_ms = call.portal.clock() + TICKET_MS
    operation = read_upload(parse_object(call.body), until_ms)
    if not call.portal.keeps_files:
        raise no_place()
    tickets = await call.portal.find_tickets()
    dry_run = call.query.get("dryRun", False)
    before = f"{call.portal.public_url or ''}{UPLOAD_PATH}"

    def render(outcome: MediaOutcome) -> bytes:
        url = None
        if outcome.verb != "known" and not dry_run:
            found = outcome.media
            url = before + tickets.issue(found.agency_id, found.id, until_ms)
        return encode(media.upload_answer(outcome, url, until_ms, dry_run=dry_run))

    return await _write(call, operation, render)


async def get_media(call: Call) -> Reply:
    """One picture by internal id."""
    return await _read(call, read_id(call, media_unknown))


async def get_media_by_external_id(call: Call) -> Reply:
    """One picture by external id."""
    return await _read(call, read_external_id(call))


async def _read(call: Call, key: int | str) -> Reply:
    caller, _ = call.tenant
    found = await asyncio.to_thread(call.portal.store.media, caller.agency_id, key)
    if found is None:
        raise media_unknown(key, None) if isinstance(key, int) else media_unknown(None, key)
    return json_reply(media.media(found, call.portal.files_url))


async def delete_media(call: Call) -> Reply:
    """Delete a picture, from every profile that shows it as well."""
    return await _delete(call, DeleteMedia(id=read_id(call, media_unknown)))


async def delete_media_by_external_id(call: Call) -> Reply:
    """Delete a picture by external id, from every profile that shows it as well."""
    return await _delete(call, DeleteMedia(external_id=read_external_id(call)))


async def _delete(call: Call, operation: DeleteMedia) -> Reply:
    dry_run = call.query.get("dryRun", False)
    return await _write(
        call, operation, lambda outcome: encode(media.deleted_answer(outcome, dry_run=dry_run))
    )


async def link_media(call: Call) -> Reply:
    """Attach an external id to a picture.

    The same link again gets the same answer; 409 when the picture has another external id, or
    another picture has this one.
    """
    return await _write_link(
        call, read_media_link(parse_object(call.body), read_id(call, media_unknown))
    )


async def unlink_media(call: Call) -> Reply:
    """Detach the external id of a picture.

    The answer names the one that was freed.
    """
    return await _write_link(call, UnlinkMedia(id=read_id(call, media_unknown)))


async def _write_link(call: Call, operation: LinkMedia | UnlinkMedia) -> Reply:
    dry_run = call.query.get("dryRun", False)
    return await _write(
        call, operation, lambda outcome: encode(media.media_link_answer(outcome, dry_run=dry_run))
    )


async def _write(call: Call, operation: _Noted, render: Callable[[MediaOutcome], bytes]) -> Reply:
    _refuse_if_match(call)
    if call.strays:
        operation = replace(operation, notes=operation.notes + stray_notes(call))

    return await write_one(call, operation, render)


def _refuse_if_match(call: Call) -> None:
    if b"if-match" in call.headers:
        message = "media have no etag, so If-Match cannot hold; leave it out"
        fault = Fault(Code.HEADER_INVALID, message, parameter="If-Match")
        raise Problem(Code.HEADER_INVALID, message, (fault,))
