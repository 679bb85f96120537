"""Storage: the only room that knows SQL. `Store` is what the rest of the house asks of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import msgspec

from rentix.decide.lookup import Lookup
from rentix.decide.working_set import Effects, WorkingSet
from rentix.model import Agency, ApiKey, Change, Job, Media, Task, User
from rentix.views import AgentView, ListingState, ListingView

__all__ = [
    "IDEMPOTENCY_MS",
    "Batch",
    "Binding",
    "Conflict",
    "Hand",
    "Known",
    "ListingFilter",
    "MediaQueue",
    "PhotoNews",
    "Reads",
    "Spending",
    "Store",
    "StoreError",
    "Unavailable",
    "UserFilter",
    "UserKey",
]

IDEMPOTENCY_MS = 7 * 24 * 3600 * 1000
"""How long an answer is remembered for its `Idempotency-Key` (contract 5)."""

UserKey = tuple[int, int | str]
"""An agency and, of one of its users, the id (a number) or the external id (a text)."""

Known = tuple[ApiKey, Agency]
"""A key, revoked or not, and the agency that it belongs to."""


class StoreError(Exception):
    """The database refused: a batch with this in it has stored nothing."""


class Unavailable(StoreError):
    """The database cannot be asked now: locked, full, away. Trying again later may help."""


class Conflict(StoreError):
    """Somebody else's write came first. The same batch, run again, sees it and may do."""


class UserFilter(msgspec.Struct, frozen=True):
    """Which users to list. `words` are folded (`rules.search`), all must match by prefix."""

    words: tuple[str, ...] = ()
    phone: str | None = None
    linked: bool | None = None
    status: str | None = None
    updated_since_ms: int | None = None


class ListingFilter(msgspec.Struct, frozen=True):
    """Which listings to list; `user_id` is the agent whom they show."""

    user_id: int | None = None
    status: str | None = None


class Binding(msgspec.Struct, frozen=True):
    """A user who got an external id that listings wait for, by the change `version`."""

    agency_id: int
    external_id: str
    user_id: int
    version: int


class PhotoNews(msgspec.Struct, frozen=True):
    """A media that has ended or is gone; listings up to `told_id` know."""

    agency_id: int
    media_id: int
    told_id: int


class Spending(msgspec.Struct, frozen=True):
    """Requests of a key to be counted in one of its budgets (`all`, `bulk`) for a minute."""

    agency_id: int
    key_id: int
    kind: str
    minute: int
    count: int


class Batch(Protocol):
    """One transaction: load, decide elsewhere, save."""

    @property
    def claimed(self) -> Collection[int]:
        """The agencies that it may write, after `load`: nobody else does until its end."""

    def load(self, lookup: Lookup, now_ms: int) -> WorkingSet:
        """Read all that the batch needs, in a constant number of statements."""

    def save(self, effects: Effects, now_ms: int) -> None:
        """Write what was decided; the commit comes with the end of the batch."""


class Hand(Protocol):
    """What the operator does to tenants and keys, in one transaction (`store.agencies`)."""

    def new_id(self, kind: str) -> int:
        """An id that nothing of this kind (agency, key) has had."""

    def run(self, query: str, agency_id: int | None = None, **values: Any) -> list[Any]:
        """A named query, on the rows of one agency if it is about one."""


class Reads(Protocol):
    """What readers ask for. No question about users comes without its agency."""

    def version(self) -> int | None:
        """A number that is another after each commit, whoever's; None where it costs a trip.

        What was read behind a version is as it was for as long as the version is the same. Only
        the event loop asks for it.
        """

    def find_users(self, wanted: Sequence[UserKey]) -> list[User | None]:
        """The users with these keys, in the same order."""

    def users(self, agency_id: int, wanted: UserFilter, after: int, limit: int) -> list[User]:
        """Up to `limit` users with an id above `after`, in order of id."""

    def job(self, agency_id: int, job_id: int, now_ms: int) -> Job | None:
        """The agency's background job with this id, and its place among those that are due."""

    def media(self, agency_id: int, key: int | str) -> Media | None:
        """The agency's media with this id (a number) or external id (a text)."""

    def find_listings(self, wanted: Sequence[UserKey]) -> list[ListingView | None]:
        """The listings with these keys, in the same order."""

    def find_listing_states(self, wanted: Sequence[UserKey]) -> list[ListingState | None]:
        """What tells the listings with these keys from what they were, in the same order."""

    def listings(
        self, agency_id: int, wanted: ListingFilter, after: int, limit: int
    ) -> list[ListingView]:
        """Up to `limit` listings with an id above `after`, in order of id."""

    def public_listing(self, listing_id: int) -> ListingView | None:
        """The listing with this id, of whatever agency, if visitors may see it."""

    def public_listing_state(self, listing_id: int) -> ListingState | None:
        """What `public_listing` would give, by its state alone."""

    def public_agent(self, user_id: int, page: int | None) -> AgentView | None:
        """The user with this id, of whatever agency, if active and the agency is.

        With that page of their public listings; with none of them if it is None.
        """

    def listings_used(self, agency_id: int, now_ms: int) -> int:
        """How many listings the agency made in the month (UTC) of `now_ms`."""

    def bindings(self, most: int) -> list[Binding]:
        """Agents whom listings of any agency wait for, oldest first for each agency."""

    def photo_news(self, most: int) -> list[PhotoNews]:
        """Media of any agency of which listings are still to be told."""

    def changes(self, agency_id: int, after: int, limit: int) -> list[Change]:
        """Up to `limit` changes of the agency numbered above `after`, in order."""

    def agency(self, agency_id: int) -> Agency | None:
        """The agency with this id."""

    def find_keys(self, key_ids: Sequence[int]) -> list[Known | None]:
        """The keys with these ids and their agencies, in the same order."""


class MediaQueue(Protocol):
    """Imports that wait, for workers: asked from threads, over all agencies."""

    def now_ms(self) -> int:
        """The clock by which holds and due times go: one for all who take from the queue."""

    def take(self, most: int, now_ms: int, until_ms: int) -> list[Task]:
        """Hold the next `most` imports until then, the agencies in turn; none is held twice."""

    def keep(self, task: Task, until_ms: int) -> bool:
        """Hold one for longer; whether it is still held by who took it."""

    def postpone(self, task: Task, due_ms: int, error: str, *, crashed: bool = False) -> None:
        """Let one be tried again, not before `due_ms`; it counts as a try, or as a crash."""

    def give_back(self, task: Task, due_ms: int) -> None:
        """Let others have one that was not brought to an end, from `due_ms` on; it counts not."""

    def waiting(self) -> dict[str, int]:
        """How many imports are awaited, pending, processing; cheap however many there were."""

    def counts(self) -> dict[str, int]:
        """How many imports there are by status."""

    def files_in_use(self) -> set[str]:
        """The names of all files that pictures have."""

    def claim_sweep(self, now_ms: int, before_ms: int) -> bool:
        """Whether a sweep is due, for the last one began by `before_ms`; then this one begins."""


class Store(Reads, Protocol):
    """A database, as the writer, the API and the wiring see it."""

    shared: bool
    """Whether other processes serve the same data. Then no question is answered at once (ask from
    a thread), budgets are counted in the database, and a batch may not get every agency."""

    def batch(
        self, agencies: Collection[int], *, wait: bool = True
    ) -> AbstractContextManager[Batch]:
        """A write transaction: committed at the end, rolled back on an exception.

        It claims `agencies`, or with `wait` False only those that nobody else is writing.

        Raises:
            Unavailable: locked, full or away.
            Conflict: somebody else's write came first.
            StoreError: refused for another reason.
        """

    def trial(self, agency_id: int) -> AbstractContextManager[Batch]:
        """A consistent view for a dry run; `save` is not to be called."""

    def spend(self, spendings: Sequence[Spending]) -> list[int]:
        """Count requests; how many were counted in each minute so far, these among them.

        Only a `shared` store is asked.
        """

    def operate(self) -> AbstractContextManager[Hand]:
        """A transaction of the operator's."""

    def secret(self) -> bytes:
        """The installation's secret: random, made with its database, and never shown."""

    @property
    def queue(self) -> MediaQueue:
        """The imports that wait."""

    def ping(self) -> None:
        """Raises Unavailable when the database cannot be read."""

    def close(self) -> None:
        """Give back every connection."""
