"""What a batch has loaded, and what it is about to save."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, MutableMapping
from typing import Literal

import msgspec

from rentix.decide.listing_set import ListingEffects, ListingSet
from rentix.decide.media_set import ExternalKey, Key, MediaEffects, MediaSet
from rentix.model import Agency, AvatarImport, Change, User
from rentix.operations import (
    AgencyOutcome,
    BindOutcome,
    FinishAvatar,
    Idempotency,
    ListingOutcome,
    MediaOutcome,
    Outcome,
    TellOutcome,
)


class QueuedImport(msgspec.Struct, frozen=True):
    """A picture import to be stored, and whose it is."""

    job: AvatarImport
    agency_id: int
    user_id: int


class FinishedImport(msgspec.Struct, frozen=True):
    """The end of a picture's import, to be stored."""

    agency_id: int
    end: FinishAvatar


class Memory(msgspec.Struct, frozen=True):
    """An answer to be remembered, and the content it answered."""

    content: bytes
    body: bytes


class Effects(msgspec.Struct):
    """What the decided operations leave to be saved, in the order in which they came."""

    users: dict[Key, User] = {}
    born: set[Key] = set()
    moved: set[Key] = set()
    freed: dict[ExternalKey, int] = {}
    changes: list[Change] = []
    queued: list[QueuedImport] = []
    superseded: list[Key] = []
    finished: list[FinishedImport] = []
    media: MediaEffects = msgspec.field(default_factory=MediaEffects)
    listings: ListingEffects = msgspec.field(default_factory=ListingEffects)
    tenants: dict[int, Agency] = {}
    memories: dict[tuple[int, str], Memory] = {}

    def add(self, others: Effects) -> None:
        """Add what came after."""
        for name in ("users", "born", "moved", "freed", "tenants", "memories"):
            getattr(self, name).update(getattr(others, name))
        for name in ("changes", "queued", "superseded", "finished"):
            getattr(self, name).extend(getattr(others, name))
        self.media.add(others.media)
        self.listings.add(others.listings)

    @property
    def empty(self) -> bool:
        """Whether nothing at all is to be stored."""
        saved = self.users or self.memories or self.queued or self.finished or self.tenants
        return not saved and self.media.empty and self.listings.empty


NewId = Callable[[Literal["user", "media", "listing"]], int]
"""Gives an id that nothing of this kind has had."""

Ending = Outcome | MediaOutcome | ListingOutcome | AgencyOutcome | BindOutcome | TellOutcome
"""What an operation came to."""

Layered = MutableMapping
"""A dictionary, or one over another."""
_LAYERED = (
    "_users",
    "_by_external",
    "_holders",
    "_memories",
    "_last_seq",
    "_agencies",
)


class WorkingSet:
    """The loaded state of a batch. Users are looked up by agency, always.

    Operations are applied one after another, so that a later one sees what an earlier one did.
    """

    def __init__(
        self,
        *,
        users: Iterable[User] = (),
        holders: dict[ExternalKey, int] | None = None,
        memories: dict[tuple[int, str], Memory] | None = None,
        last_seq: dict[int, int] | None = None,
        media: MediaSet | None = None,
        listings: ListingSet | None = None,
        agencies: dict[int, Agency] | None = None,
        new_id: NewId,
    ) -> None:
        self._users: Layered[Key, User] = {(user.agency_id, user.id): user for user in users}
        self._by_external: Layered[ExternalKey, int | None] = {
            (user.agency_id, user.external_id): user.id
            for user in self._users.values()
            if user.external_id is not None
        }
        self._holders: Layered[ExternalKey, int] = holders or {}
        self._memories: Layered[ExternalKey, Memory] = memories or {}
        self._last_seq: Layered[int, int] = last_seq or {}
        self._agencies: Layered[int, Agency] = agencies or {}
        self.media = media or MediaSet()
        self.listings = listings or ListingSet()
        self.new_id = new_id
        self.effects = Effects(media=self.media.effects, listings=self.listings.effects)

    def user(self, agency_id: int, user_id: int) -> User | None:
        """The user of this agency with this id."""
        return self._users.get((agency_id, user_id))

    def by_external(self, agency_id: int, external_id: str) -> User | None:
        """The user of this agency that holds this external id now."""
        user_id = self._by_external.get((agency_id, external_id))
        return None if user_id is None else self._users[agency_id, user_id]

    def former_holder(self, agency_id: int, external_id: str) -> int | None:
        """The id of the user that gave this external id up last."""
        return self._holders.get((agency_id, external_id))

    def agency(self, agency_id: int) -> Agency | None:
        """The agency, where an operation of the batch is about it."""
        return self._agencies.get(agency_id)

    def next_seq(self, agency_id: int) -> int:
        """The number that the agency's next change will carry."""
        return self._last_seq.get(agency_id, 0) + 1

    def memory(self, agency_id: int, scope: str) -> Memory | None:
        """The answer remembered for this scope."""
        return self._memories.get((agency_id, scope))

    def fork(self) -> WorkingSet:
        """A layer over this one, on which operations can be tried and thrown away."""
        twin = WorkingSet(
            media=self.media.fork(),
            listings=self.listings.fork(),
            new_id=self.new_id,
        )
        for name in _LAYERED:
            setattr(twin, name, ChainMap({}, getattr(self, name)))
        return twin

    def adopt(self, twin: WorkingSet) -> None:
        """Take over all that a fork came to."""
        for name in _LAYERED:
            getattr(self, name).update(getattr(twin, name).maps[0])
        self.effects.add(twin.effects)
        self.media.adopt(twin.media)
        self.listings.adopt(twin.listings)

    def apply(self, outcome: Ending, now_ms: int) -> None:
        """Make an outcome visible to the operations that follow, and have it saved."""
        if isinstance(outcome, Outcome):
            self._apply_user(outcome, now_ms)
        elif isinstance(outcome, MediaOutcome):
            self._apply_media(outcome)
        elif isinstance(outcome, ListingOutcome):
            self._log(outcome.change)
            for photo in outcome.queued:
                self.media.add(photo)
            for photo, change in outcome.linked:
                self._log(change)
                self.media.link(photo)
            self.listings.apply(outcome)
        elif isinstance(outcome, BindOutcome):
            self._log(outcome.change)
            self.listings.shift(outcome.shift, now_ms)
        elif isinstance(outcome, TellOutcome):
            self._log(*outcome.changes)
            self.listings.tell(outcome)
        elif outcome.change:
            self._log(outcome.change)
            self._replace_agency(outcome.agency)

    def _log(self, *changes: Change | None) -> None:
        for change in changes:
            if change:
                self.effects.changes.append(change)
                self._last_seq[change.agency_id] = change.seq

    def _replace_agency(self, agency: Agency) -> None:
        self._agencies[agency.id] = agency
        self.effects.tenants[agency.id] = agency

    def _apply_user(self, outcome: Outcome, now_ms: int) -> None:
        user = outcome.user
        if outcome.queued:
            self.effects.queued.append(QueuedImport(outcome.queued, user.agency_id, user.id))
        if outcome.change is None and not outcome.stored:
            return
        self._replace(user)
        self._log(outcome.change)
        if outcome.shift:
            self.listings.shift(outcome.shift, now_ms)
        if outcome.freed is not None:
            self._holders[user.agency_id, outcome.freed] = user.id
            self.effects.freed[user.agency_id, outcome.freed] = user.id
        if outcome.superseded:
            self.effects.superseded.append((user.agency_id, outcome.superseded))
        if outcome.given:
            self.media.give(user.agency_id, outcome.given, user.id)

    def _apply_media(self, outcome: MediaOutcome) -> None:
        agency_id = outcome.media.agency_id
        if outcome.finished:
            self.effects.finished.append(FinishedImport(agency_id, outcome.finished))
        for user in outcome.users:
            self._replace(user)
        for listing in outcome.listings:
            self.listings.save(listing)
        if outcome.untold is not None:
            self.listings.effects.news[agency_id, outcome.media.id] = outcome.untold
        if outcome.agency:
            self._replace_agency(outcome.agency)
        self._log(*outcome.changes)
        self.media.apply(outcome)

    def _replace(self, user: User) -> None:
        key = (user.agency_id, user.id)
        before = self._users.get(key)
        if before is None:
            self.effects.born.add(key)
        elif before.external_id is not None and before.external_id != user.external_id:
            self._by_external[user.agency_id, before.external_id] = None
            self.effects.moved.add(key)
        if user.external_id is not None:
            self._by_external[user.agency_id, user.external_id] = user.id
            if before is None or before.external_id != user.external_id:
                self.listings.meet(user.agency_id, user.external_id, user.id, user.version)
        self._users[key] = user
        self.effects.users[key] = user

    def remember(self, agency_id: int, idempotency: Idempotency, body: bytes) -> None:
        """Keep an answer for the next request in this scope."""
        memory = Memory(idempotency.content, body)
        self._memories[agency_id, idempotency.scope] = memory
        self.effects.memories[agency_id, idempotency.scope] = memory
