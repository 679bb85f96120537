"""What a batch has loaded of media, and what it is about to save of them."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Iterable, MutableMapping

import msgspec
from msgspec.structs import replace

from rentix.model import Media
from rentix.operations import MediaOutcome

Key = tuple[int, int]
ExternalKey = tuple[int, str]


def is_free(media: Media) -> bool:
    """Whether anybody may show it: it is there, or on its way as nobody's in particular."""
    return media.status == "success" or (media.status != "failed" and media.user_id is None)


class MediaEffects(msgspec.Struct):
    """What is to be saved of media. `moved` are those that gave an external id up.

    `given` are users who were given one.
    """

    born: dict[Key, Media] = {}
    moved: set[Key] = set()
    linked: dict[Key, Media] = {}
    sourced: dict[Key, Media] = {}
    given: dict[Key, set[int]] = {}
    deleted: set[Key] = set()

    def add(self, others: MediaEffects) -> None:
        """Add what came after."""
        for key in others.deleted:
            self.forget(key)
        for key in others.moved:
            if key not in others.linked:
                self.linked.pop(key, None)
            if key in self.born:
                self.born[key] = replace(self.born[key], external_id=None)
        for key, users in others.given.items():
            self.given.setdefault(key, set()).update(users)
        for name in ("born", "moved", "linked", "sourced", "deleted"):
            getattr(self, name).update(getattr(others, name))

    def forget(self, key: Key) -> None:
        """A media is gone: nothing of it is to be saved any more."""
        for of_one in (self.born, self.linked, self.sourced, self.given):
            of_one.pop(key, None)
        self.moved.discard(key)

    @property
    def empty(self) -> bool:
        """Whether nothing is to be stored."""
        return not any(getattr(self, name) for name in self.__struct_fields__)


_LAYERED = ("_media", "_by_external", "_users", "_holds")


class MediaSet:
    """The media that a batch names.

    `users` are those who may show one or wait for it, `holds` the tokens of imports' last holds.
    `contested` are external ids by which the batch deletes one: of a media that got such a name
    only now nobody has loaded who shows it.
    """

    def __init__(
        self,
        media: Iterable[Media] = (),
        users: dict[Key, tuple[int, ...]] | None = None,
        holds: dict[Key, int] | None = None,
        contested: Collection[ExternalKey] = (),
    ) -> None:
        self._media: MutableMapping[Key, Media | None] = {(m.agency_id, m.id): m for m in media}
        self._by_external: MutableMapping[ExternalKey, int | None] = {
            (m.agency_id, m.external_id): m.id
            for m in self._media.values()
            if m and m.external_id is not None
        }
        self._users: MutableMapping[Key, tuple[int, ...]] = users or {}
        self._holds: MutableMapping[Key, int | None] = {**(holds or {})}
        self._contested = contested
        self.effects = MediaEffects()

    def find(self, agency_id: int, media_id: int) -> Media | None:
        """The media of this agency with this id."""
        return self._media.get((agency_id, media_id))

    def by_external(self, agency_id: int, external_id: str) -> Media | None:
        """The media of this agency that holds this external id now."""
        media_id = self._by_external.get((agency_id, external_id))
        return None if media_id is None else self.find(agency_id, media_id)

    def is_contested(self, agency_id: int, external_id: str) -> bool:
        """Whether the batch deletes by this external id, so that no other media may get it."""
        return (agency_id, external_id) in self._contested

    def hold(self, agency_id: int, media_id: int) -> int | None:
        """The token of whoever took an import last; None once it has ended."""
        return self._holds.get((agency_id, media_id))

    def users(self, agency_id: int, media_id: int) -> tuple[int, ...]:
        """The ids of users who may show it, or wait for it."""
        return tuple(sorted(self._users.get((agency_id, media_id), ())))

    def add(self, media: Media) -> None:
        """Have a new one saved, to be imported."""
        self.effects.born[media.agency_id, media.id] = media
        self._replace((media.agency_id, media.id), media)

    def link(self, media: Media) -> None:
        """A media has got its external id."""
        key = (media.agency_id, media.id)
        (self.effects.born if key in self.effects.born else self.effects.linked)[key] = media
        self._replace(key, media)

    def give(self, agency_id: int, media_id: int, user_id: int) -> None:
        """A user shows it from now on, or waits for it."""
        key = (agency_id, media_id)
        before = self.users(agency_id, media_id)
        if user_id not in before:
            self._users[key] = (*before, user_id)
        self.effects.given.setdefault(key, set()).add(user_id)

    def apply(self, outcome: MediaOutcome) -> None:
        """Make an outcome visible to the operations that follow, and have it saved."""
        media, effects = outcome.media, self.effects
        key = (media.agency_id, media.id)
        if outcome.verb == "deleted":
            self._delete(media)
            return
        if outcome.verb == "finished":
            self._holds[key] = None
        if outcome.verb in ("awaited", "received"):
            effects.sourced[key] = media
        elif outcome.verb == "linked" and outcome.changes:
            self.link(media)
        elif outcome.verb == "queued" or key in effects.born:
            effects.born[key] = media
        elif outcome.verb == "unlinked":
            effects.linked.pop(key, None)
            effects.moved.add(key)
        self._replace(key, media)

    def _replace(self, key: Key, media: Media) -> None:
        before = self._media.get(key)
        if before and before.external_id is not None and before.external_id != media.external_id:
            self._by_external[media.agency_id, before.external_id] = None
        if media.external_id is not None:
            self._by_external[media.agency_id, media.external_id] = media.id
        self._media[key] = media

    def _delete(self, media: Media) -> None:
        # With all that was to be saved of it, but for its end: that finds no row, and does nothing.
        key = (media.agency_id, media.id)
        if media.external_id is not None:
            self._by_external[media.agency_id, media.external_id] = None
        self._media[key] = None
        self.effects.forget(key)
        self.effects.deleted.add(key)

    def fork(self) -> MediaSet:
        """A layer over this one."""
        twin = MediaSet()
        for name in _LAYERED:
            setattr(twin, name, ChainMap({}, getattr(self, name)))
        twin._contested = self._contested
        return twin

    def adopt(self, twin: MediaSet) -> None:
        """See what a fork came to; its effects are the working set's to take over."""
        for name in _LAYERED:
            getattr(self, name).update(getattr(twin, name).maps[0])
