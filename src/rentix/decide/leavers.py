"""Agents who leave and return, and the listings that pass from hand to hand (contract 6a)."""

from __future__ import annotations

from msgspec.structs import replace

from rentix.decide.leaver_notes import successor_unused, undo_ended
from rentix.decide.listing_refusals import successor_unfit
from rentix.decide.record import Fields, record
from rentix.decide.refusals import check_precondition, unknown_user
from rentix.decide.working_set import WorkingSet
from rentix.errors import invalid
from rentix.model import Leave, User
from rentix.operations import (
    BindListings,
    BindOutcome,
    Caller,
    DeactivateUser,
    Note,
    Outcome,
    ReactivateUser,
    Shift,
)


def deactivate_user(
    working: WorkingSet, caller: Caller, asked: DeactivateUser, now_ms: int
) -> Outcome:
    """Let an agent leave. Their listings go to the successor, without one to the agency.

    Who has left already leaves behind what they were given since.

    Raises:
        Problem: 400 a successor who cannot be one; 404 unknown; 412.
    """
    user = _find(working, caller, asked.id, asked.external_id)
    check_precondition(asked.if_match, user)
    listings = working.listings.held_by(caller.agency_id, user.id)
    notes = (*asked.notes, *_left_before(working, asked, user, now_ms))
    if user.status == "inactive" and not listings:
        return Outcome(verb="deactivated", user=user, warnings=notes)
    successor = _successor(working, caller, asked, user)
    seq = working.next_seq(caller.agency_id)
    leave = Leave(by_crm=caller.key_id is not None, undo_until_ms=now_ms + asked.undo_ms)
    after = replace(
        user,
        status="inactive",
        leave=_later(user.leave, leave),
        version=seq,
        updated_ms=now_ms,
        synced_ms=now_ms if caller.key_id else user.synced_ms,
    )
    to_user_id = successor.id if successor else None
    fields: Fields = {"listings": (listings, None), "successor": (None, to_user_id)}
    known = {name: pair for name, pair in fields.items() if pair != (None, None) and pair[0] != ()}
    if user.status != after.status:
        known["status"] = (user.status, after.status)
    shift = Shift(
        kind="leave",
        agency_id=caller.agency_id,
        user_id=user.id,
        listings=listings,
        to_user_id=to_user_id,
        version=seq,
    )
    return Outcome(
        verb="deactivated",
        user=after,
        warnings=notes,
        change=record(caller, user, known, seq, now_ms),
        shift=shift,
    )


def _find(
    working: WorkingSet, caller: Caller, user_id: int | None, external_id: str | None
) -> User:
    if user_id is not None:
        user = working.user(caller.agency_id, user_id)
    else:
        user = working.by_external(caller.agency_id, external_id or "")
    if user is None:
        raise unknown_user(user_id, external_id)
    return user


def _left_before(
    working: WorkingSet, asked: DeactivateUser, user: User, now_ms: int
) -> tuple[Note, ...]:
    """What to say to whoever names a successor for an agent who has left already."""
    by_id, by_name = asked.successor_id, asked.successor_external_id
    if user.status == "active" or (by_id is None and by_name is None):
        return ()
    named = working.by_external(user.agency_id, by_name) if by_name is not None else None
    successor_id = named.id if named else by_id
    kept = [
        moved.listing_id
        for moved in working.listings.left_by(user.agency_id, user.id)
        if moved.untouched and moved.user_id != successor_id
    ]
    return successor_unused(asked, user, kept, now_ms)


def _later(before: Leave | None, leave: Leave) -> Leave:
    """A second leaving can be undone for as long as it says, or the first does."""
    if before is None:
        return leave
    return replace(before, undo_until_ms=max(before.undo_until_ms, leave.undo_until_ms))


def _successor(
    working: WorkingSet, caller: Caller, asked: DeactivateUser, leaver: User
) -> User | None:
    if asked.successor_id is not None:
        field, named = "successorUserId", working.user(caller.agency_id, asked.successor_id)
    elif asked.successor_external_id is not None:
        field = "successorExternalId"
        named = working.by_external(caller.agency_id, asked.successor_external_id)
    else:
        return None
    if named is None or named.status == "inactive" or named.id == leaver.id:
        raise invalid([successor_unfit(field, named, leaver)])
    return named


def reactivate_user(
    working: WorkingSet, caller: Caller, asked: ReactivateUser, now_ms: int
) -> Outcome:
    """Let an agent return. An active one is left as they are.

    Raises:
        Problem: 404 unknown; 412.
    """
    user = _find(working, caller, asked.id, None)
    check_precondition(asked.if_match, user)
    if user.status == "active":
        return Outcome(verb="reactivated", user=user, warnings=asked.notes)
    seq = working.next_seq(caller.agency_id)
    shift = give_back(working, user, seq, now_ms)
    after = replace(
        user,
        status="active",
        leave=None,
        version=seq,
        updated_ms=now_ms,
        synced_ms=now_ms if caller.key_id else user.synced_ms,
    )
    return Outcome(
        verb="reactivated",
        user=after,
        warnings=(*asked.notes, *undo_ended(user, shift, "id")),
        change=record(caller, user, return_fields(shift), seq, now_ms),
        shift=shift,
    )


def give_back(working: WorkingSet, user: User, version: int, now_ms: int) -> Shift:
    """The listings that an agent who returns gets back: those nobody has touched the hands of.

    After the time for undoing, none. Those that are the agency's are its own from then on: who left
    them there is back.
    """
    left = working.listings.left_by(user.agency_id, user.id)
    in_time = user.leave is None or now_ms <= user.leave.undo_until_ms
    restored = tuple(moved.listing_id for moved in left if moved.untouched and in_time)
    changed = tuple(
        (moved.listing_id, moved.user_id)
        for moved in left
        if not moved.untouched and moved.user_id != user.id
    )
    late = tuple(
        (moved.listing_id, moved.user_id) for moved in left if moved.untouched and not in_time
    )
    settled = tuple(listing_id for listing_id, user_id in late if user_id is None)
    return Shift(
        kind="return",
        agency_id=user.agency_id,
        user_id=user.id,
        listings=restored,
        to_user_id=user.id,
        version=version,
        changed=changed,
        late=late,
        settled=settled,
    )


def return_fields(shift: Shift) -> Fields:
    """What a return changes, for the log."""
    fields: Fields = {"status": ("inactive", "active")}
    if shift.listings:
        fields["listings"] = (None, shift.listings)
    if shift.settled:
        fields["agencyListings"] = (None, shift.settled)
    return fields


def bind_listings(
    working: WorkingSet, caller: Caller, bind: BindListings, now_ms: int
) -> BindOutcome:
    """Write down whose the next listings are that waited for an external id."""
    waiting = working.listings.waiting_for(caller.agency_id, bind.external_id, bind.version)
    user = working.user(caller.agency_id, bind.user_id)
    is_done = waiting is None or user is None
    seq = working.next_seq(caller.agency_id)
    shift = Shift(
        kind="bind",
        agency_id=caller.agency_id,
        user_id=bind.user_id,
        listings=waiting or (),
        to_user_id=bind.user_id,
        version=seq,
        external_id=bind.external_id,
        binding=bind.version if is_done else None,
    )
    if user is None or not waiting:
        return BindOutcome(shift=shift, done=is_done)
    fields: Fields = {"listings": (None, waiting)}
    return BindOutcome(shift=shift, done=False, change=record(caller, user, fields, seq, now_ms))
