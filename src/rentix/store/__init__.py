"""Storage: the only room that knows SQL. `Store` is what the rest of the house asks of it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

import msgspec

from rentix.decide.working_set import Effects, Lookup, WorkingSet
from rentix.model import Agency, ApiKey, Change, Job, User

__all__ = ["Batch", "Store", "StoreError", "Unavailable", "UserFilter"]

IDEMPOTENCY_MS = 7 * 24 * 3600 * 1000
"""How long an answer is remembered for its `Idempotency-Key` (contract 5)."""


class StoreError(Exception):
    """The database refused: a batch with this in it has stored nothing."""


class Unavailable(StoreError):
    """The database cannot be asked now: locked, full, away. Trying again later may help."""


class UserFilter(msgspec.Struct, frozen=True):
    """Which users to list. `words` are folded (`rules.search`), all must match by prefix."""

    words: tuple[str, ...] = ()
    phone: str | None = None
    linked: bool | None = None
    status: str | None = None
    updated_since_ms: int | None = None


class Batch(Protocol):
    """One transaction: load, decide elsewhere, save."""

    def load(self, lookup: Lookup, now_ms: int) -> WorkingSet:
        """Read all that the batch needs, in a constant number of statements."""

    def save(self, effects: Effects, now_ms: int) -> None:
        """Write what was decided; the commit comes with the end of the batch."""


class Reads(Protocol):
    """What readers ask for. No question about users comes without its agency."""

    def user(self, agency_id: int, user_id: int) -> User | None: ...

    def user_by_external_id(self, agency_id: int, external_id: str) -> User | None: ...

    def users(self, agency_id: int, wanted: UserFilter, after: int, limit: int) -> list[User]: ...

    def job(self, agency_id: int, job_id: int) -> Job | None: ...

    def changes(self, agency_id: int, after: int, limit: int) -> list[Change]: ...

    def agency(self, agency_id: int) -> Agency | None: ...

    def key_and_agency(self, key_id: int) -> tuple[ApiKey, Agency] | None: ...


class Store(Reads, Protocol):
    """A database, as the writer, the API and the wiring see it."""

    def batch(self) -> AbstractContextManager[Batch]:
        """A write transaction: committed at the end, rolled back on an exception.

        Raises:
            Unavailable: locked, full or away.
            StoreError: refused for another reason.
        """

    def trial(self) -> AbstractContextManager[Batch]:
        """A consistent view for a dry run; `save` is not to be called."""

    def ping(self) -> None:
        """Raises Unavailable when the database cannot be read."""

    def close(self) -> None:
        """Give back every connection."""
