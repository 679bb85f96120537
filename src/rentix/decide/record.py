"""The change-log rows of effective operations."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from rentix.decide.working_set import WorkingSet
from rentix.model import Agency, Change, Listing, Media, User
from rentix.operations import Caller

Subject = User | Media | Listing | Agency
_WORDS: dict[type, str] = {User: "user", Media: "media", Listing: "listing", Agency: "agency"}
Fields = dict[str, tuple[object, object]]


def record(
    caller: Caller,
    subject: Subject,
    fields: Fields,
    seq: int,
    now_ms: int,
) -> Change:
    """What `caller` did to `subject`: `fields` maps each changed field to (before, after)."""
    return Change(
        agency_id=caller.agency_id,
        seq=seq,
        subject=_WORDS[type(subject)],
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
        self.listings: list[Listing] = []

    def change_user(self, user: User, values: dict[str, Any], fields: Fields) -> None:
        """Give a user new `values`, and log what that means."""
        synced_ms = self._now_ms if self._caller.key_id else user.synced_ms
        self.users.append(
            replace(
                user, **values, version=self._next, updated_ms=self._now_ms, synced_ms=synced_ms
            )
        )
        self._log(user, fields)

    def change_listing(self, listing: Listing, values: dict[str, Any], fields: Fields) -> None:
        """Give a listing new `values`, and log what that means."""
        self.listings.append(
            replace(listing, **values, version=self._next, updated_ms=self._now_ms)
        )
        self._log(listing, fields)

    def change_agency(self, agency: Agency, values: dict[str, Any], fields: Fields) -> Agency:
        """Give the agency new `values`, and log what that means."""
        after = replace(agency, **values, version=self._next)
        self._log(agency, fields)
        return after

    def change_media(self, media: Media, fields: Fields) -> None:
        """Log what is done to a media."""
        self._log(media, fields)

    @property
    def _next(self) -> int:
        return self._seq + len(self.changes)

    def _log(self, subject: Subject, fields: Fields) -> None:
        self.changes.append(record(self._caller, subject, fields, self._next, self._now_ms))
