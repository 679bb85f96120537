"""What a batch has loaded, and what it is about to save."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, MutableMapping

import msgspec

from rentix.decide.media_set import ExternalKey, Key, MediaEffects, MediaSet
from rentix.model import AvatarImport, Change, User
from rentix.operations import (
    AwaitMedia,
    DeleteMedia,
    FinishAvatar,
    Idempotency,
    ImportMedia,
    LinkMedia,
    LinkUser,
    MediaOutcome,
    Operation,
    Outcome,
    PutUser,
    ReceiveMedia,
    Request,
    UnlinkMedia,
    UnlinkUser,
)


class Lookup(msgspec.Struct):
    """What a batch must load: users by id and by external id, answers by scope, and sequences.

    `imports` are those that end in it. `media` and `media_external_ids` are those that it names;
    of `shown` the users are wanted as well who show them or wait for them.

    `creating` are those external ids that a new user gets when nobody has them; `pictures` is how
    many imports there may be.
    """

    ids: set[Key] = set()
    external_ids: set[ExternalKey] = set()
    creating: set[ExternalKey] = set()
    scopes: set[tuple[int, str]] = set()
    agencies: set[int] = set()
    imports: set[Key] = set()
    media: set[Key] = set()
    media_external_ids: set[ExternalKey] = set()
    shown: set[Key] = set()
    shown_external_ids: set[ExternalKey] = set()
    pictures: int = 0

    @property
    def named_media(self) -> tuple[tuple[int, int | str], ...]:
        """The media that are named, by agency and either id."""
        return (*self.imports, *self.media, *self.media_external_ids)


def lookup(requests: Iterable[Request]) -> Lookup:
    """Collect the keys that `requests` name."""
    wanted = Lookup()
    for request in requests:
        agency_id = request.caller.agency_id
        wanted.agencies.add(agency_id)
        if request.idempotency:
            wanted.scopes.add((agency_id, request.idempotency.scope))
        for operation in request.operations:
            _collect(wanted, agency_id, operation)
    return wanted


def _collect(wanted: Lookup, agency_id: int, operation: Operation | Exception) -> None:
    if not isinstance(operation, PutUser | LinkUser | UnlinkUser):
        _collect_media(wanted, agency_id, operation)
        return
    if isinstance(operation, PutUser):
        avatar = operation.patch.avatar
        if isinstance(avatar, str):
            wanted.pictures += 1
        elif isinstance(avatar, int):
            wanted.media.add((agency_id, avatar))
    if operation.id is not None:
        wanted.ids.add((agency_id, operation.id))
    if operation.external_id is not None:
        wanted.external_ids.add((agency_id, operation.external_id))
        if isinstance(operation, PutUser) and operation.mode != "update":
            wanted.creating.add((agency_id, operation.external_id))


def _collect_media(wanted: Lookup, agency_id: int, operation: Operation | Exception) -> None:
    if isinstance(operation, FinishAvatar):
        key = (agency_id, operation.media_id)
        for keys in (wanted.imports, wanted.media, wanted.shown):
            keys.add(key)
    elif isinstance(operation, ImportMedia | AwaitMedia):
        wanted.pictures += 1
        if operation.external_id is not None:
            wanted.media_external_ids.add((agency_id, operation.external_id))
    elif isinstance(operation, LinkMedia):
        wanted.media.add((agency_id, operation.id))
        wanted.media_external_ids.add((agency_id, operation.external_id))
    elif isinstance(operation, UnlinkMedia | ReceiveMedia):
        wanted.media.add((agency_id, operation.id))
    elif isinstance(operation, DeleteMedia) and operation.id is not None:
        wanted.media.add((agency_id, operation.id))
        wanted.shown.add((agency_id, operation.id))
    elif isinstance(operation, DeleteMedia) and operation.external_id is not None:
        wanted.media_external_ids.add((agency_id, operation.external_id))
        wanted.shown_external_ids.add((agency_id, operation.external_id))


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
    memories: dict[tuple[int, str], Memory] = {}

    def add(self, others: Effects) -> None:
        """Add what came after."""
        for name in ("users", "born", "moved", "freed", "memories"):
            getattr(self, name).update(getattr(others, name))
        for name in ("changes", "queued", "superseded", "finished"):
            getattr(self, name).extend(getattr(others, name))
        self.media.add(others.media)

    @property
    def empty(self) -> bool:
        """Whether nothing at all is to be stored."""
        saved = self.users or self.memories or self.queued or self.finished
        return not saved and self.media.empty


Layered = MutableMapping
"""A dictionary, or one over another."""
_LAYERED = ("_users", "_by_external", "_holders", "_memories", "_last_seq", "_holds")


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
        holds: dict[Key, int] | None = None,
        media: MediaSet | None = None,
        new_id: Callable[[], int],
        new_media_id: Callable[[], int],
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
        self._holds: Layered[Key, int] = holds or {}
        self.media = media or MediaSet()
        self.new_id = new_id
        self.new_media_id = new_media_id
        self.effects = Effects(media=self.media.effects)

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

    def hold(self, agency_id: int, media_id: int) -> int | None:
        """The token of whoever took an import last; None once it has ended."""
        return self._holds.get((agency_id, media_id))

    def next_seq(self, agency_id: int) -> int:
        """The number that the agency's next change will carry."""
        return self._last_seq.get(agency_id, 0) + 1

    def memory(self, agency_id: int, scope: str) -> Memory | None:
        """The answer remembered for this scope."""
        return self._memories.get((agency_id, scope))

    def fork(self) -> WorkingSet:
        """A layer over this one, on which operations can be tried and thrown away."""
        twin = WorkingSet(
            media=self.media.fork(), new_id=self.new_id, new_media_id=self.new_media_id
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

    def apply(self, outcome: Outcome | MediaOutcome) -> None:
        """Make an outcome visible to the operations that follow, and have it saved."""
        if isinstance(outcome, MediaOutcome):
            self._apply_media(outcome)
            return
        user = outcome.user
        if outcome.queued:
            self.effects.queued.append(QueuedImport(outcome.queued, user.agency_id, user.id))
        if outcome.change is None and not outcome.stored:
            return
        self._replace(user)
        if outcome.change:
            self.effects.changes.append(outcome.change)
            self._last_seq[user.agency_id] = outcome.change.seq
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
        if outcome.changes:
            self.effects.changes.extend(outcome.changes)
            self._last_seq[agency_id] = outcome.changes[-1].seq
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
        self._users[key] = user
        self.effects.users[key] = user

    def remember(self, agency_id: int, idempotency: Idempotency, body: bytes) -> None:
        """Keep an answer for the next request in this scope."""
        memory = Memory(idempotency.content, body)
        self._memories[agency_id, idempotency.scope] = memory
        self.effects.memories[agency_id, idempotency.scope] = memory
