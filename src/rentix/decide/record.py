"""The change-log rows of effective operations."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from rentix.decide.working_set import WorkingSet
from rentix.model import Change, Media, User
from rentix.operations import Caller

Fields = dict[str, tuple[object, object]]


def record(
    caller: Caller,
    subject: User | Media,
    fields: Fields,
    seq: int,
    now_ms: int,
) -> Change:
    """What `caller` did to `subject`: `fields` maps each changed field to (before, after)."""
    return Change(
        agency_id=caller.agency_id,
        seq=seq,
        subject="user" if isinstance(subject, User) else "media",
        subject_id=subject.id,
        fields=fields,
        at_ms=now_ms,
        key_id=caller.key_id,
        run=caller.run,
    )


class Ledger:
    """What one operation changes, of whatever number of users, in the order of the log."""

    def __init__(self, working: WorkingSet, caller: Caller, now_ms: int) -> None:
        self._caller = caller
        self._now_ms = now_ms
        self._seq = working.next_seq(caller.agency_id)
        self.changes: list[Change] = []
        self.users: list[User] = []

    def change_user(self, user: User, values: dict[str, Any], fields: Fields) -> None:
        """Give a user new `values`, and log what that means."""
        synced_ms = self._now_ms if self._caller.key_id else user.synced_ms
        self.users.append(
            replace(
                user, **values, version=self._next, updated_ms=self._now_ms, synced_ms=synced_ms
            )
        )
        self._log(user, fields)

    def change_media(self, media: Media, fields: Fields) -> None:
        """Log what is done to a media."""
        self._log(media, fields)

    @property
    def _next(self) -> int:
        return self._seq + len(self.changes)

    def _log(self, subject: User | Media, fields: Fields) -> None:
        self.changes.append(record(self._caller, subject, fields, self._next, self._now_ms))
