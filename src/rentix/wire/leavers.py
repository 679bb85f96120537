"""What the leaving and the return of an agent came to, as the wire spells it."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from rentix.operations import Outcome
from rentix.wire.fates import shown_etag
from rentix.wire.leaver_shapes import ChangedSinceShape, DeactivateShape, ReactivateShape


def deactivate_answer(outcome: Outcome, *, dry_run: bool = False) -> DeactivateShape:
    """The answer to POST /users/:id/deactivate."""
    return DeactivateShape(
        id=outcome.user.id,
        moved_listings=_count(outcome),
        etag=shown_etag(outcome, stored=not dry_run),
        warnings=outcome.warnings or UNSET,
        dry_run=dry_run or UNSET,
    )


def deactivate_members(outcome: Outcome) -> dict[str, Any]:
    """What a result of a bulk says of a leaving, beside what it says of any user."""
    return {"moved_listings": _count(outcome)}


def reactivate_answer(outcome: Outcome, *, dry_run: bool = False) -> ReactivateShape:
    """The answer to POST /users/:id/reactivate."""
    shift = outcome.shift
    changed, late = (shift.changed, shift.late) if shift else ((), ())
    return ReactivateShape(
        id=outcome.user.id,
        restored_listings=_count(outcome),
        changed_since=tuple(ChangedSinceShape(*each) for each in changed),
        undo_ended=tuple(ChangedSinceShape(*each) for each in late) or UNSET,
        etag=shown_etag(outcome, stored=not dry_run),
        warnings=outcome.warnings or UNSET,
        dry_run=dry_run or UNSET,
    )


def _count(outcome: Outcome) -> int:
    return len(outcome.shift.listings) if outcome.shift else 0
