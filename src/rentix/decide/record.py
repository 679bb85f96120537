"""The change-log row of an effective operation."""

from __future__ import annotations

from rentix.model import Change, User
from rentix.operations import Caller


def record(
    caller: Caller, user: User, fields: dict[str, tuple[object, object]], seq: int, now_ms: int
) -> Change:
    """What `caller` did to `user`: `fields` maps each changed field to (before, after)."""
    return Change(
        agency_id=caller.agency_id,
        seq=seq,
        subject="user",
        subject_id=user.id,
        fields=fields,
        at_ms=now_ms,
        key_id=caller.key_id,
        run=caller.run,
    )
