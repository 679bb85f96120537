"""PUT /users, and linking (contract 5)."""

from __future__ import annotations

from typing import Any

from rentix.api.call import Call, Reply
from rentix.api.names import read_id
from rentix.api.writing import terms, with_strays, write_one
from rentix.decide.refusals import unknown_user
from rentix.operations import (
    LinkUser,
    Outcome,
    UnlinkUser,
)
from rentix.rules.leavers import read_deactivate, read_reactivate
from rentix.rules.puts import read_link, read_put_bytes
from rentix.wire.answers import encode, link_answer, put_answer
from rentix.wire.decode import parse_object
from rentix.wire.leavers import deactivate_answer, reactivate_answer


async def put_user(call: Call) -> Reply:
    """Create or update one profile.

    By `externalId` it updates the user who has it, or creates one; by `id` it only updates.
    A number that the agent registered with stays; the answer then warns. Sending the same profile
    again changes nothing: no new etag, no change record.
    """
    dry_run, receipt = call.query.get("dryRun", False), call.query.get("receipt", False)
    put = with_strays(call, read_put_bytes(call.body, terms(call)))
    return await write_one(
        call, put, lambda outcome: encode(put_answer(outcome, dry_run=dry_run, receipt=receipt))
    )


async def link_user(call: Call) -> Reply:
    """Attach an external id.

    For an agent who registered by themselves and whom the CRM knows, too. The same link again gets
    the same answer; 409 when the user has another external id, or another user has this one.
    """
    link = read_link(parse_object(call.body), read_id(call, unknown_user), terms(call))
    return await _write_link(call, with_strays(call, link))


async def unlink_user(call: Call) -> Reply:
    """Detach the external id.

    The answer names the one that was freed. A PUT with a freed external id creates a new user.
    """
    unlink = UnlinkUser(id=read_id(call, unknown_user), if_match=terms(call).if_match)
    return await _write_link(call, with_strays(call, unlink))


async def _write_link(call: Call, operation: LinkUser | UnlinkUser) -> Reply:
    dry_run = call.query.get("dryRun", False)

    def render(outcome: Outcome) -> bytes:
        return encode(link_answer(outcome, dry_run=dry_run))

    return await write_one(call, operation, render)


async def deactivate_user(call: Call) -> Reply:
    """Let an agent leave.

    In one commit the user becomes inactive and their listings go to the successor, without one to
    the agency. `reactivate` undoes it.
    """
    leaving = read_deactivate(_object_if_any(call), read_id(call, unknown_user), terms(call))
    dry_run = call.query.get("dryRun", False)

    def render(outcome: Outcome) -> bytes:
        return encode(deactivate_answer(outcome, dry_run=dry_run))

    return await write_one(call, with_strays(call, leaving), render)


async def reactivate_user(call: Call) -> Reply:
    """Let an agent return.

    They get back the listings that they left, but for those that somebody changed hands of since;
    the answer lists these.
    """
    coming = read_reactivate(_object_if_any(call), read_id(call, unknown_user), terms(call))
    dry_run = call.query.get("dryRun", False)

    def render(outcome: Outcome) -> bytes:
        return encode(reactivate_answer(outcome, dry_run=dry_run))

    return await write_one(call, with_strays(call, coming), render)


def _object_if_any(call: Call) -> dict[str, Any]:
    # Who leaves or returns is in the path; no body says as much as an empty object.
    return parse_object(call.body) if call.body else {}
