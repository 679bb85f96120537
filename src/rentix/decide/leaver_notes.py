"""What the answers say of listings that an agent left behind (contract 6a)."""

from __future__ import annotations

from collections.abc import Sequence

from rentix.model import User
from rentix.operations import DeactivateUser, Note, Shift
from rentix.wire.times import print_time

_LISTED = 10


def successor_unused(
    asked: DeactivateUser, leaver: User, kept: Sequence[int], now_ms: int
) -> tuple[Note, ...]:
    """That who left before left listings `kept`, which a successor named only now does not get."""
    if not kept:
        return ()
    field = "successorUserId" if asked.successor_id is not None else "successorExternalId"
    way_out = "name the agent in PUT /api/v1/listings"
    if leaver.leave is None or now_ms <= leaver.leave.undo_until_ms:
        way_out = (
            f"first POST /api/v1/users/{leaver.id}/reactivate and then deactivate with the "
            f"successor, or {way_out}"
        )
    message = (
        f"{field} takes over what user {leaver.id} has now; user {leaver.id} has left already, and "
        f"what was left then stays where it went: {_listed(kept)}; to pass that on, {way_out}"
    )
    return (Note(field, "successor_unused", message),)


def reactivated(user: User, shift: Shift) -> Note:
    """That a PUT brought somebody back, and what they were given back."""
    count = len(shift.listings)
    given = f"{count or 'no'} listing{'' if count == 1 else 's'}"
    verb = "was" if count == 1 else "were"
    message = f"user {user.id} had left and is active again; {given} {verb} given back"
    return Note("status", "reactivated", message)


def not_given_back(user: User, shift: Shift, field: str) -> tuple[Note, ...]:
    """Which listings `user`, as they were while away, was not given back, and why."""
    notes: list[Note] = []
    if shift.changed:
        listed = _listed([listing_id for listing_id, _ in shift.changed])
        message = f"not given back, as they were given to another agent or to none since: {listed}"
        notes.append(Note(field, "listings_changed_since", message))
    return (*notes, *undo_ended(user, shift, field))


def undo_ended(user: User, shift: Shift, field: str) -> tuple[Note, ...]:
    """That the time in which a return undoes the leaving was over, if that kept listings away."""
    if not shift.late or user.leave is None:
        return ()
    message = (
        f"not given back, as the time to undo the leaving (undoDays) ended at "
        f"{print_time(user.leave.undo_until_ms)}: "
        f"{_listed([listing_id for listing_id, _ in shift.late])}; "
        f"to give them back, name the agent in PUT /api/v1/listings"
    )
    return (Note(field, "undo_ended", message),)


def _listed(ids: Sequence[int]) -> str:
    more = f" and {len(ids) - _LISTED} more" if len(ids) > _LISTED else ""
    return f"listings {', '.join(map(str, ids[:_LISTED]))}{more}"
