"""PUT /users, and linking (contract 5)."""

from __future__ import annotations

from typing import TypeVar

from msgspec.structs import replace

from rentix.api.call import Call, Reply
from rentix.api.names import read_id
from rentix.api.writing import stray_notes, terms, write_one
from rentix.operations import LinkUser, Outcome, PutUser, UnlinkUser
from rentix.rules.puts import read_link, read_put_bytes
from rentix.wire.answers import encode, link_answer, put_answer
from rentix.wire.decode import parse_object

_Noted = TypeVar("_Noted", PutUser, LinkUser, UnlinkUser)


async def put_user(call: Call) -> Reply:
    """Create or update one profile.

    By `externalId` it updates the user who has it, or creates one; by `id` it only updates.
    A number that the agent registered with stays; the answer then warns. Sending the same profile
    again changes nothing: no new etag, no change record.
    """
    dry_run, receipt = call.query.get("dryRun", False), call.query.get("receipt", False)
    put = _with_strays(call, read_put_bytes(call.body, terms(call)))
    return await write_one(
        call, put, lambda outcome: encode(put_answer(outcome, dry_run=dry_run, receipt=receipt))
    )


async def link_user(call: Call) -> Reply:
    """Attach an external id.

    For an agent who registered by themselves and whom the CRM knows, too. The same link again gets
    the same answer; 409 when the user has another external id, or another user has this one.
    """
    link = read_link(parse_object(call.body), read_id(call), terms(call))
    return await _write_link(call, _with_strays(call, link))


async def unlink_user(call: Call) -> Reply:
    """Detach the external id.

    The answer names the one that was freed. A PUT with a freed external id creates a new user.
    """
    unlink = UnlinkUser(id=read_id(call), if_match=terms(call).if_match)
    return await _write_link(call, _with_strays(call, unlink))


async def _write_link(call: Call, operation: LinkUser | UnlinkUser) -> Reply:
    dry_run = call.query.get("dryRun", False)

    def render(outcome: Outcome) -> bytes:
        return encode(link_answer(outcome, dry_run=dry_run))

    return await write_one(call, operation, render)


def _with_strays(call: Call, operation: _Noted) -> _Noted:
    if not call.strays:
        return operation
    return replace(operation, notes=operation.notes + stray_notes(call))
