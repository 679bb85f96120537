"""Attach and detach external ids (contract 5)."""

from __future__ import annotations

from msgspec.structs import replace

from rentix.decide.record import record
from rentix.decide.refusals import (
    already_linked,
    check_precondition,
    external_id_taken,
    unknown_user,
)
from rentix.decide.working_set import WorkingSet
from rentix.model import Change, User
from rentix.operations import Caller, LinkUser, Outcome, UnlinkUser


def link_user(working: WorkingSet, caller: Caller, link: LinkUser, now_ms: int) -> Outcome:
    """Attach an external id. The same link again is the same answer.

    Raises:
        Problem: 404 unknown user; 409 when it has another external id or another user has this.
    """
    user = working.user(caller.agency_id, link.id)
    if user is None:
        raise unknown_user(link.id, None)
    check_precondition(link.if_match, user)
    if user.external_id == link.external_id:
        return Outcome(verb="linked", user=user, warnings=link.notes)
    if user.external_id is not None:
        raise already_linked(user)
    holder = working.by_external(caller.agency_id, link.external_id)
    if holder is not None:
        raise external_id_taken(holder)
    after, change = _move(working, caller, user, link.external_id, now_ms)
    return Outcome(verb="linked", user=after, warnings=link.notes, change=change)


def unlink_user(working: WorkingSet, caller: Caller, unlink: UnlinkUser, now_ms: int) -> Outcome:
    """Detach the external id; a user without one is left as it is.

    Raises:
        Problem: 404 unknown user.
    """
    if unlink.id is not None:
        user = working.user(caller.agency_id, unlink.id)
    else:
        user = working.by_external(caller.agency_id, unlink.external_id or "")
    if user is None:
        raise unknown_user(unlink.id, unlink.external_id)
    check_precondition(unlink.if_match, user)
    if user.external_id is None:
        return Outcome(verb="not_linked", user=user, warnings=unlink.notes)
    after, change = _move(working, caller, user, None, now_ms)
    return Outcome(
        verb="unlinked",
        user=after,
        warnings=unlink.notes,
        change=change,
        freed=user.external_id,
    )


def _move(
    working: WorkingSet, caller: Caller, user: User, external_id: str | None, now_ms: int
) -> tuple[User, Change]:
    seq = working.next_seq(caller.agency_id)
    synced_ms = now_ms if caller.key_id else user.synced_ms
    after = replace(
        user, external_id=external_id, version=seq, updated_ms=now_ms, synced_ms=synced_ms
    )
    fields: dict[str, tuple[object, object]] = {"externalId": (user.external_id, external_id)}
    return after, record(caller, user, fields, seq, now_ms)
