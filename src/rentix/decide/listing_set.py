"""What a batch has loaded of listings, and what it is about to save of them."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import MutableMapping

import msgspec
from msgspec.structs import replace

from rentix.decide.media_set import ExternalKey, Key
from rentix.model import Listing
from rentix.operations import ListingOutcome, Shift


class Moved(msgspec.Struct, frozen=True):
    """A listing that an agent left behind: whose it is now, and whether nobody changed that."""

    listing_id: int
    user_id: int | None
    untouched: bool


class LoadedListings(msgspec.Struct, kw_only=True):
    """What is read of listings for a batch.

    `held` and `left` are the listings of those who leave or return in it: held now, and left
    behind earlier. `awaited` are external ids that listings wait for; `waiting` some of those
    listings. `used` counts the listings that agencies made in `month`.
    """

    listings: tuple[Listing, ...] = ()
    shown: dict[Key, tuple[int, ...]] = {}
    held: dict[Key, tuple[int, ...]] = {}
    left: dict[Key, tuple[Moved, ...]] = {}
    awaited: frozenset[ExternalKey] = frozenset()
    waiting: dict[ExternalKey, tuple[int, ...]] = {}
    month: int = 0
    used: dict[int, int] = {}


class ListingEffects(msgspec.Struct):
    """What is to be saved of listings. `moved` are those that gave an external id up.

    `shifts` happen in their order, before all that is in `saved`. `bindings` say who got an
    external id that listings wait for, and by which change.
    """

    saved: dict[Key, Listing] = {}
    born: set[Key] = set()
    moved: set[Key] = set()
    deleted: set[Key] = set()
    photos: set[tuple[int, int, int]] = set()
    shifts: list[Shift] = []
    bindings: list[tuple[int, str, int, int]] = []
    used: dict[tuple[int, int], int] = {}

    def add(self, others: ListingEffects) -> None:
        """Add what came after."""
        for name in ("saved", "born", "moved", "deleted", "photos", "used"):
            getattr(self, name).update(getattr(others, name))
        for key in others.deleted:
            self.saved.pop(key, None)
        self.photos = {photo for photo in self.photos if (photo[0], photo[2]) not in self.deleted}
        self.shifts += others.shifts
        self.bindings += others.bindings

    @property
    def empty(self) -> bool:
        """Whether nothing is to be stored."""
        return not (self.saved or self.deleted or self.shifts or self.bindings)


_LAYERED = (
    "_listings",
    "_by_external",
    "_shown",
    "_held",
    "_left",
    "_waits",
    "_used",
    "_saving",
)


class ListingSet:
    """The listings that a batch names, and those of agents who leave, return or are awaited."""

    def __init__(self, loaded: LoadedListings | None = None) -> None:
        loaded = loaded or LoadedListings()
        self._listings: MutableMapping[Key, Listing | None] = {
            (listing.agency_id, listing.id): listing for listing in loaded.listings
        }
        self._by_external: MutableMapping[ExternalKey, int | None] = {
            (listing.agency_id, listing.external_id): listing.id
            for listing in loaded.listings
            if listing.external_id is not None
        }
        self._shown: MutableMapping[Key, tuple[int, ...]] = loaded.shown
        self._held: MutableMapping[Key, tuple[int, ...]] = loaded.held
        self._left: MutableMapping[Key, tuple[Moved, ...]] = loaded.left
        self._waits: MutableMapping[ExternalKey, tuple[int, ...]] = {}
        for listing in loaded.listings:
            self._note_waiting(listing)
        self._saving: MutableMapping[Key, bool] = {}
        self._awaited = loaded.awaited
        self._waiting = loaded.waiting
        self._used: MutableMapping[int, int] = loaded.used
        self.month = loaded.month
        self.effects = ListingEffects()

    def find(self, agency_id: int, listing_id: int) -> Listing | None:
        """The listing of this agency with this id."""
        return self._listings.get((agency_id, listing_id))

    def by_external(self, agency_id: int, external_id: str) -> Listing | None:
        """The listing of this agency that holds this external id now."""
        listing_id = self._by_external.get((agency_id, external_id))
        return None if listing_id is None else self.find(agency_id, listing_id)

    def showing(self, agency_id: int, media_id: int) -> list[Listing]:
        """The listings that have a photo among their files."""
        ids = self._shown.get((agency_id, media_id), ())
        found = (self.find(agency_id, listing_id) for listing_id in ids)
        return [listing for listing in found if listing and media_id in listing.files]

    def held_by(self, agency_id: int, user_id: int) -> tuple[int, ...]:
        """The ids of listings whose agent this user is, those made in this batch among them."""
        held = dict.fromkeys(self._held.get((agency_id, user_id), ()))
        for (agency, listing_id), listing in self._listings.items():
            if agency != agency_id:
                continue
            if listing and listing.user_id == user_id:
                held[listing_id] = None
            else:
                held.pop(listing_id, None)
        return tuple(held)

    def left_by(self, agency_id: int, user_id: int) -> tuple[Moved, ...]:
        """The listings that this user left behind, as they are now; those deleted since are not."""
        return tuple(
            self._as_now(agency_id, moved)
            for moved in self._left.get((agency_id, user_id), ())
            if self._listings.get((agency_id, moved.listing_id), moved) is not None
        )

    def _as_now(self, agency_id: int, moved: Moved) -> Moved:
        key = (agency_id, moved.listing_id)
        if key not in self._listings:
            return moved
        now = self._listings[key]
        assert now is not None  # noqa: S101 - those that were deleted are not asked for
        untouched = now.is_moved and now.user_id == moved.user_id
        return Moved(moved.listing_id, now.user_id, untouched and moved.untouched)

    def waiting_for(self, agency_id: int, external_id: str) -> tuple[int, ...]:
        """Some ids of listings that wait for an agent with this external id."""
        return self._waiting.get((agency_id, external_id), ())

    def used(self, agency_id: int) -> int:
        """How many listings the agency has made this month."""
        return self._used.get(agency_id, 0)

    def apply(self, outcome: ListingOutcome) -> None:
        """Make an outcome visible to the operations that follow, and have it saved."""
        listing = outcome.listing
        key = (listing.agency_id, listing.id)
        if outcome.verb == "deleted":
            self._delete(key, listing)
            return
        if outcome.verb == "created":
            self.effects.born.add(key)
            used = self._used[listing.agency_id] = self.used(listing.agency_id) + 1
            self.effects.used[listing.agency_id, self.month] = used
        if outcome.change or outcome.stored:
            self.save(listing)

    def save(self, listing: Listing) -> None:
        """See a listing as it is now, and have it saved."""
        key = (listing.agency_id, listing.id)
        before = self._listings.get(key)
        if before and before.external_id is not None and before.external_id != listing.external_id:
            self._by_external[listing.agency_id, before.external_id] = None
            self.effects.moved.add(key)
        if listing.external_id is not None:
            self._by_external[listing.agency_id, listing.external_id] = listing.id
        for media_id in set(listing.files) - set(before.files if before else ()):
            shown = self._shown.get((listing.agency_id, media_id), ())
            self._shown[listing.agency_id, media_id] = (*shown, listing.id)
            self.effects.photos.add((listing.agency_id, media_id, listing.id))
        self._listings[key] = listing
        self._note_waiting(listing)
        self._saving[key] = True
        self.effects.saved[key] = listing

    def _delete(self, key: Key, listing: Listing) -> None:
        if listing.external_id is not None:
            self._by_external[listing.agency_id, listing.external_id] = None
        self._listings[key] = None
        self._saving[key] = False
        effects = self.effects
        effects.saved.pop(key, None)
        effects.moved.discard(key)
        effects.photos = {photo for photo in effects.photos if (photo[0], photo[2]) != key}
        effects.deleted.add(key)

    def forget_photo(self, agency_id: int, media_id: int) -> None:
        """A media is gone: nothing of it is to be saved any more."""
        photos = self.effects.photos
        self.effects.photos = {photo for photo in photos if photo[:2] != (agency_id, media_id)}

    def _note_waiting(self, listing: Listing) -> None:
        if listing.waits and listing.external_user_id is not None:
            place = (listing.agency_id, listing.external_user_id)
            self._waits[place] = (*self._waits.get(place, ()), listing.id)

    def meet(self, agency_id: int, external_id: str, user_id: int, version: int) -> None:
        """A user got an external id by the change `version`: who waits for it shows that user."""
        for listing_id in self._waits.get((agency_id, external_id), ()):
            listing = self.find(agency_id, listing_id)
            if listing and listing.waits and listing.external_user_id == external_id:
                self._show(replace(listing, user_id=user_id))
        if (agency_id, external_id) in self._awaited:
            self.effects.bindings.append((agency_id, external_id, user_id, version))

    def shift(self, shift: Shift, now_ms: int) -> None:
        """Listings change hands."""
        self.effects.shifts.append(shift)
        for listing_id in shift.listings:
            listing = self.find(shift.agency_id, listing_id)
            if listing:
                moved_version = shift.version if shift.kind == "leave" else 0
                self._show(
                    replace(
                        listing,
                        user_id=shift.to_user_id,
                        agent_version=shift.version,
                        moved_version=moved_version,
                        version=shift.version,
                        updated_ms=now_ms,
                    )
                )
        self._note_left(shift)

    def _note_left(self, shift: Shift) -> None:
        place = (shift.agency_id, shift.user_id)
        if shift.kind == "leave":
            left = tuple(
                Moved(listing, shift.to_user_id, untouched=True) for listing in shift.listings
            )
            earlier = self._left.get(place, ())
            again = set(shift.listings)
            self._left[place] = (*(m for m in earlier if m.listing_id not in again), *left)
            self._held[place] = ()
        elif shift.kind == "return":
            self._left[place] = ()
            self._held[place] = (*self._held.get(place, ()), *shift.listings)

    def _show(self, listing: Listing) -> None:
        # The shift itself says it to the database; what is to be saved anyway has to agree.
        key = (listing.agency_id, listing.id)
        self._listings[key] = listing
        if self._saving.get(key):
            self.effects.saved[key] = listing

    def fork(self) -> ListingSet:
        """A layer over this one."""
        twin = ListingSet()
        for name in _LAYERED:
            setattr(twin, name, ChainMap({}, getattr(self, name)))
        twin._awaited, twin._waiting, twin.month = self._awaited, self._waiting, self.month
        return twin

    def adopt(self, twin: ListingSet) -> None:
        """See what a fork came to; its effects are the working set's to take over."""
        for name in _LAYERED:
            getattr(self, name).update(getattr(twin, name).maps[0])
