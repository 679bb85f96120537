"""Listings: written, linked, removed; read one by one and page by page (contract 6)."""

from __future__ import annotations

from hashlib import sha256

from rentix.api.bulk import OPS_INVALID, bulk_terms, read_bulk, write_bulk
from rentix.api.call import Call, Headers, Reply
from rentix.api.lists import list_reply
from rentix.api.names import read_external_id, read_id
from rentix.api.showing import show
from rentix.api.writing import terms, with_strays, write_one
from rentix.decide.listing_refusals import unknown_listing
from rentix.errors import Code, Fault, invalid
from rentix.operations import (
    DeleteListing,
    LinkListing,
    ListingOutcome,
    Note,
    Operation,
    UnlinkListing,
)
from rentix.public.kept import Page
from rentix.rules.contact import choose_contact
from rentix.rules.listings import (
    read_delete_listing,
    read_link_listing,
    read_put_listing,
    read_put_listing_bytes,
    read_sound_listing,
    read_unlink_listing,
)
from rentix.rules.steering import Terms
from rentix.store import ListingFilter
from rentix.views import ListingView
from rentix.wire import listing_answers as answers
from rentix.wire.answers import encode
from rentix.wire.bodies import BulkBody
from rentix.wire.decode import parse_object
from rentix.wire.listing_shapes import ListingShape
from rentix.wire.listings import listing
from rentix.wire.sound_listings import (
    SoundListingBulk,
    SoundListingOperation,
    sound_listing_bulk,
)

_OPS = ("upsert", "update", "link", "unlink", "delete", "validate")
_PRIVATE: Headers = [
    (b"cache-control", b"private, no-cache"),
    (b"vary", b"accept, authorization, x-api-key"),
]


async def put_listing(call: Call) -> Reply:
    """Create or update one listing.

    By `externalId` it updates the listing that has it, or creates one; by `id` it only updates.
    Photos are imported in the background: with those on their way an active listing is
    `pending_active`, and becomes active by itself.
    """
    put = with_strays(call, read_put_listing_bytes(call.body, terms(call)))
    dry_run, receipt = call.query.get("dryRun", False), call.query.get("receipt", False)

    def render(outcome: ListingOutcome) -> bytes:
        return encode(
            answers.put_listing_answer(outcome, _base(call), dry_run=dry_run, receipt=receipt)
        )

    return await write_one(call, put, render)


async def bulk_listings(call: Call) -> Reply:
    """Write up to 100 operations on listings.

    Each is decided in order and on its own, so look at every `success`; with `atomic` they stand or
    fall together. Members of `upsert` lie flat beside `op`.
    """
    sound = sound_listing_bulk(call.body)
    body: BulkBody | SoundListingBulk
    notes: tuple[Note, ...] = ()
    if sound is None:
        body, notes = read_bulk(parse_object(call.body))
    else:
        body = sound
    asked = bulk_terms(call)
    return await write_bulk(call, body, notes, lambda raw: _read_operation(raw, asked))


def _read_operation(raw: object, asked: Terms) -> Operation:
    if isinstance(raw, SoundListingOperation):
        return read_sound_listing(raw, asked, validate_only=raw.op == "validate")
    if not isinstance(raw, dict):
        raise invalid([Fault(Code.TYPE_INVALID, OPS_INVALID)])
    op = raw.get("op")
    members = {name: value for name, value in raw.items() if name != "op"}
    if op == "link":
        return read_link_listing(members, None, asked)
    if op == "unlink":
        return read_unlink_listing(members, asked)
    if op == "delete":
        return read_delete_listing(members, asked)
    if op in _OPS:
        return read_put_listing(members, asked, validate_only=op == "validate")
    message = f"op must be one of: {', '.join(_OPS)}"
    raise invalid([Fault(Code.NOT_ONE_OF, message, ("op",))])


async def link_listing(call: Call) -> Reply:
    """Attach an external id to a listing.

    The same link again gets the same answer; 409 when the listing has another external id, or
    another listing has this one.
    """
    link = read_link_listing(parse_object(call.body), read_id(call, unknown_listing), terms(call))
    return await _write_link(call, with_strays(call, link))


async def unlink_listing(call: Call) -> Reply:
    """Detach the external id of a listing.

    The answer names the one that was freed. A PUT with a freed external id creates a new listing.
    """
    unlink = UnlinkListing(id=read_id(call, unknown_listing), if_match=terms(call).if_match)
    return await _write_link(call, with_strays(call, unlink))


async def _write_link(call: Call, operation: LinkListing | UnlinkListing) -> Reply:
    dry_run = call.query.get("dryRun", False)

    def render(outcome: ListingOutcome) -> bytes:
        return encode(answers.listing_link_answer(outcome, dry_run=dry_run))

    return await write_one(call, operation, render)


async def delete_listing(call: Call) -> Reply:
    """Remove a listing; its photos stay media of the agency."""
    return await _delete(
        call, DeleteListing(id=read_id(call, unknown_listing), if_match=terms(call).if_match)
    )


async def delete_listing_by_external_id(call: Call) -> Reply:
    """Remove a listing by external id; its photos stay media of the agency."""
    named = DeleteListing(external_id=read_external_id(call), if_match=terms(call).if_match)
    return await _delete(call, named)


async def _delete(call: Call, operation: DeleteListing) -> Reply:
    dry_run = call.query.get("dryRun", False)

    def render(outcome: ListingOutcome) -> bytes:
        return encode(answers.listing_deleted_answer(outcome, dry_run=dry_run))

    return await write_one(call, with_strays(call, operation), render)


async def get_listing(call: Call) -> Reply:
    """One listing by internal id, with whom a visitor sees on it, and why."""
    return await _read(call, read_id(call, unknown_listing))


async def get_listing_by_external_id(call: Call) -> Reply:
    """One listing by external id, with whom a visitor sees on it, and why."""
    return await _read(call, read_external_id(call))


async def _read(call: Call, key: int | str) -> Reply:
    """What was answered last, if all that it shows is as it was then; else a new answer."""
    caller, _ = call.tenant
    place, portal = (caller.agency_id, key), call.portal
    kept, version = ("listing", *place, portal.public_url), portal.store.version()
    answer = portal.kept.find(kept, version)
    if answer is None:
        state = await portal.listing_states.ask(place)
        answer = portal.kept.confirm(kept, version, state) if state else None
    if answer is None:
        view = await portal.listings.ask(place)
        if view is None:
            raise unknown_listing(key, None) if isinstance(key, int) else unknown_listing(None, key)
        answer = _make_answer(call, view)
        portal.kept.keep(kept, version, view.state, answer)
    return show(answer, call)


def _make_answer(call: Call, view: ListingView) -> Page:
    body = encode(_print(call, view))
    # It shows its agent, agency and photos as well, so the listing's own etag is not enough.
    etag = f"{view.listing.etag}-{sha256(body).hexdigest()[:16]}"
    headers = [(b"etag", b'"%s"' % etag.encode()), *_PRIVATE]
    return Page(body, etag, b"application/json", headers)


async def list_listings(call: Call) -> Reply:
    """All listings of the agency, or a page of them.

    In order of id. Without `limit` and `cursor` all of them are streamed; with either the answer
    has `nextCursor`. `userId` is the agent whom they show.
    """
    caller, _ = call.tenant
    wanted = ListingFilter(user_id=call.query.get("userId"), status=call.query.get("status"))

    def read(after: int, most: int) -> list[tuple[int, bytes]]:
        # In a thread: hundreds of listings on the event loop would keep everybody else waiting.
        views = call.portal.store.listings(caller.agency_id, wanted, after, most)
        return [(view.listing.id, encode(_print(call, view))) for view in views]

    return await list_reply(call, "l", read, [*_PRIVATE])


def _print(call: Call, view: ListingView) -> ListingShape:
    return listing(view, choose_contact(view), _base(call), call.portal.files_url)


def _base(call: Call) -> str:
    return call.portal.public_url or ""
