"""What a batch has loaded of listings, and what it is about to save of them."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import MutableMapping

import msgspec
from msgspec.structs import replace

from rentix.decide.hands import Groups, Handover, Hands, LoadedHands, Moved
from rentix.decide.media_set import ExternalKey, Key
from rentix.model import Listing
from rentix.operations import ListingOutcome, Shift, TellOutcome


class LoadedListings(msgspec.Struct, kw_only=True):
    """What is read of listings for a batch.

    `shown` says which of them have a photo, `untold` of (agency, media, number) the last of those
    with ids above that number, when there may be more. `awaited` are external ids that listings
    wait for; `waiting` some of those listings, by the binding that is to be written down. `used`
    counts the listings that agencies made in `month`. `former` are listings that gave an external
    id up.
    """

    listings: tuple[Listing, ...] = ()
    shown: dict[Key, tuple[int, ...]] = {}
    untold: dict[tuple[int, int, int], int] = {}
    hands: LoadedHands = msgspec.field(default_factory=LoadedHands)
    awaited: frozenset[ExternalKey] = frozenset()
    waiting: dict[tuple[int, str, int], tuple[int, ...]] = {}
    month: int = 0
    used: dict[int, int] = {}
    former: dict[ExternalKey, int] = {}


class ListingEffects(msgspec.Struct):
    """What is to be saved of listings. `moved` are those that gave an external id up.

    `freed` says by such an id which one was the last; they may be of what is deleted.
    `handovers` happen in their order, before all that is in `saved`. `bindings` say who got an
    external id that listings wait for, and by which change. `photos` say whether a media is
    shown by a listing now; they may be of what is deleted. `news` are media of which listings are
    to be told later, and the last one that knows; `told` are steps of that, from one
    listing to another or, with None, to the end.
    """

    saved: dict[Key, Listing] = {}
    born: set[Key] = set()
    moved: set[Key] = set()
    freed: dict[ExternalKey, int] = {}
    deleted: set[Key] = set()
    photos: dict[tuple[int, int, int], bool] = {}
    news: dict[Key, int] = {}
    told: list[tuple[int, int, int, int | None]] = []
    handovers: list[Handover] = []
    bindings: list[tuple[int, str, int, int]] = []
    used: dict[tuple[int, int], int] = {}

    def add(self, others: ListingEffects) -> None:
        """Add what came after."""
        for name in ("saved", "born", "moved", "freed", "deleted", "photos", "news", "used"):
            getattr(self, name).update(getattr(others, name))
        for key in others.deleted:
            self.saved.pop(key, None)
        self.handovers += others.handovers
        self.bindings += others.bindings
        self.told += others.told

    @property
    def empty(self) -> bool:
        """Whether nothing is to be stored."""
        return not any(getattr(self, name) for name in self.__struct_fields__)


def _hand(listing: Listing) -> tuple[object, ...]:
    """What `Hands` goes by."""
    return (
        listing.user_id,
        listing.external_user_id,
        listing.agent_version,
        listing.moved_version,
    )


_LAYERED = ("_listings", "_by_external", "_former", "_used", "_saving")


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
        self._former: MutableMapping[ExternalKey, int] = loaded.former
        self._shown = Groups()
        for place, ids in loaded.shown.items():
            self._shown.add(place, ids)
        self.hands = Hands(loaded.hands)
        for listing in loaded.listings:
            self.hands.note(listing)
        self._saving: MutableMapping[Key, bool] = {}
        self._awaited = loaded.awaited
        self._waiting = loaded.waiting
        self._untold = loaded.untold
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

    def former_holder(self, agency_id: int, external_id: str) -> int | None:
        """The id of the listing that gave this external id up last, if that is still there."""
        listing_id = self._former.get((agency_id, external_id))
        key = (agency_id, listing_id or 0)
        is_gone = key in self._listings and self._listings[key] is None
        return None if is_gone else listing_id

    def showing(self, agency_id: int, media_id: int) -> list[Listing]:
        """The listings that have a photo among their files."""
        ids = sorted(self._shown.of((agency_id, media_id)))  # in one order on every database
        found = (self.find(agency_id, listing_id) for listing_id in ids)
        return [listing for listing in found if listing and media_id in listing.files]

    def untold(self, agency_id: int, media_id: int, after: int = 0) -> int | None:
        """The last of the listings that can be told of a photo now; None when that is all."""
        return self._untold.get((agency_id, media_id, after))

    def held_by(self, agency_id: int, user_id: int) -> tuple[int, ...]:
        """The ids of listings whose agent this user is, those made in this batch among them."""
        return self.hands.held_by(agency_id, user_id)

    def left_by(self, agency_id: int, user_id: int) -> tuple[Moved, ...]:
        """The listings that this user left behind, as they are now."""
        return self.hands.left_by(agency_id, user_id)

    def waiting_for(self, agency_id: int, external_id: str, version: int) -> tuple[int, ...] | None:
        """Some ids of listings that a binding is to be written down of; None when there is none.

        Those that changed hands in this batch are left out.
        """
        waiting = self._waiting.get((agency_id, external_id, version))
        return waiting and self.hands.since_before(agency_id, waiting, version)

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
        if outcome.former is not None:
            self._former[listing.agency_id, outcome.former] = listing.id
            self.effects.freed[listing.agency_id, outcome.former] = listing.id

    def save(self, listing: Listing) -> None:
        """See a listing as it is now, and have it saved."""
        key = (listing.agency_id, listing.id)
        before = self._listings.get(key)
        if before and before.external_id is not None and before.external_id != listing.external_id:
            self._by_external[listing.agency_id, before.external_id] = None
            self.effects.moved.add(key)
        if listing.external_id is not None:
            self._by_external[listing.agency_id, listing.external_id] = listing.id
        self._show_photos(listing, set(before.files if before else ()))
        self._listings[key] = listing
        if before is None or _hand(before) != _hand(listing):
            self.hands.note(listing)
        self._saving[key] = True
        self.effects.saved[key] = listing

    def _show_photos(self, listing: Listing, before: set[int]) -> None:
        if before == (after := set(listing.files)):
            return
        for media_id in after - before:
            self._shown.add((listing.agency_id, media_id), (listing.id,))
        for media_id in after ^ before:
            self.effects.photos[listing.agency_id, media_id, listing.id] = media_id in after

    def _delete(self, key: Key, listing: Listing) -> None:
        if listing.external_id is not None:
            self._by_external[listing.agency_id, listing.external_id] = None
        self._listings[key] = None
        self.hands.forget(key)
        self._saving[key] = False
        self.effects.saved.pop(key, None)
        self.effects.deleted.add(key)

    def tell(self, outcome: TellOutcome) -> None:
        """Some listings know what has become of a photo."""
        for listing in outcome.listings:
            self.save(listing)
        asked = outcome.asked
        step = (outcome.agency_id, asked.media_id, asked.after, outcome.untold)
        self.effects.told.append(step)

    def meet(self, agency_id: int, external_id: str, user_id: int, version: int) -> None:
        """A user got an external id by the change `version`: who waits for it shows that user."""
        for listing_id in self.hands.meet(agency_id, external_id, user_id):
            listing = self.find(agency_id, listing_id)
            if listing:
                self._show(replace(listing, user_id=user_id))
        if (agency_id, external_id) in self._awaited:
            self.effects.bindings.append((agency_id, external_id, user_id, version))

    def shift(self, shift: Shift, now_ms: int) -> None:
        """Listings change hands."""
        handover = self.hands.shift(shift)
        self.effects.handovers.append(handover)
        for holding in handover.after:
            listing = self.find(shift.agency_id, holding.listing_id)
            if listing:
                made_so = {"version": shift.version, "updated_ms": now_ms} if shift.is_seen else {}
                name = None if holding.is_settled else listing.external_user_id
                self._show(
                    replace(
                        listing,
                        user_id=holding.user_id,
                        external_user_id=name,
                        agent_version=holding.agent_version,
                        moved_version=holding.moved_version,
                        **made_so,
                    )
                )

    def _show(self, listing: Listing) -> None:
        # The handover itself says it to the database; what is to be saved anyway has to agree.
        key = (listing.agency_id, listing.id)
        self._listings[key] = listing
        if self._saving.get(key):
            self.effects.saved[key] = listing

    def fork(self) -> ListingSet:
        """A layer over this one."""
        twin = ListingSet()
        for name in _LAYERED:
            setattr(twin, name, ChainMap({}, getattr(self, name)))
        twin._shown, twin.hands = Groups(self._shown), self.hands.fork()
        for name in ("_awaited", "_waiting", "_untold", "month"):
            setattr(twin, name, getattr(self, name))
        return twin

    def adopt(self, twin: ListingSet) -> None:
        """See what a fork came to; its effects are the working set's to take over."""
        for name in _LAYERED:
            getattr(self, name).update(getattr(twin, name).maps[0])
        self._shown.adopt(twin._shown)
        self.hands.adopt(twin.hands)
