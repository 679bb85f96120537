"""Whose the listings of a batch are, and were: most of them are known by their ids alone."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, MutableMapping
from typing import Any

import msgspec
from msgspec.structs import replace

from rentix.decide.media_set import ExternalKey, Key
from rentix.model import Listing
from rentix.operations import Shift


class Holding(msgspec.Struct, frozen=True):
    """Whose a listing is, and since which change (see `Listing`).

    `awaits` is the external id of the agent whom it waits for.
    """

    listing_id: int
    user_id: int | None
    agent_version: int
    moved_version: int
    awaits: str | None = None

    @property
    def is_settled(self) -> bool:
        """Whether a handover made it nobody's for good: no agent is named any more."""
        return self.user_id is None and not self.moved_version


class Left(msgspec.Struct, frozen=True):
    """A listing that an agent left behind by the change `version`, and since when it was theirs."""

    listing_id: int
    version: int
    agent_version: int
    moved_version: int


class Moved(msgspec.Struct, frozen=True):
    """A listing that an agent left behind: whose it is now, and whether nobody changed that."""

    listing_id: int
    user_id: int | None
    untouched: bool


class Handover(msgspec.Struct, frozen=True):
    """What is to be saved of a shift: whose its listings were, and whose they are after it."""

    shift: Shift
    before: tuple[Holding, ...]
    after: tuple[Holding, ...]


class LoadedHands(msgspec.Struct, kw_only=True):
    """What is read of hands: `held` and `left` of those who leave or return in the batch.

    `expecting` are listings that wait for an agent who may come in the batch and leave in it.
    """

    holdings: dict[Key, Holding] = {}
    held: dict[Key, tuple[int, ...]] = {}
    left: dict[Key, tuple[Left, ...]] = {}
    expecting: dict[ExternalKey, tuple[int, ...]] = {}


class Groups:
    """Ids by key. They are only added: whether one still belongs there, its holding says."""

    def __init__(self, below: Groups | None = None) -> None:
        self._below = below
        self._own: dict[Any, dict[int, None]] = {}

    def add(self, key: Any, ids: Iterable[int]) -> None:
        """Add to one group."""
        self._own.setdefault(key, {}).update(dict.fromkeys(ids))

    def of(self, key: Any) -> dict[int, None]:
        """One group, each id once, in the order in which they came."""
        own = self._own.get(key, {})
        return (self._below.of(key) | own) if self._below else own

    def adopt(self, twin: Groups) -> None:
        """Take over what was added to a layer over this one."""
        for key, ids in twin._own.items():
            self.add(key, ids)


class Hands:
    """Who holds which listing, as the operations of a batch pass them on."""

    def __init__(self, loaded: LoadedHands | None = None) -> None:
        loaded = loaded or LoadedHands()
        self._holdings: MutableMapping[Key, Holding | None] = {**loaded.holdings}
        self._left: MutableMapping[Key, tuple[Left, ...]] = {**loaded.left}
        self._held, self._waits = Groups(), Groups()
        for place, ids in loaded.held.items():
            self._held.add(place, ids)
        for external, ids in loaded.expecting.items():
            self._waits.add(external, ids)

    def note(self, listing: Listing) -> None:
        """See whose a listing is, and whom it waits for."""
        agency_id, awaits = listing.agency_id, listing.external_user_id if listing.waits else None
        holding = Holding(
            listing.id, listing.user_id, listing.agent_version, listing.moved_version, awaits
        )
        self._holdings[agency_id, listing.id] = holding
        if awaits is not None:
            self._waits.add((agency_id, awaits), (listing.id,))
        self._hold(agency_id, holding)

    def _hold(self, agency_id: int, holding: Holding) -> None:
        if holding.user_id is not None:
            self._held.add((agency_id, holding.user_id), (holding.listing_id,))

    def forget(self, key: Key) -> None:
        """A listing is gone."""
        self._holdings[key] = None

    def held_by(self, agency_id: int, user_id: int) -> tuple[int, ...]:
        """The ids of listings whose agent this user is, if it is one who leaves or returns."""
        ids = sorted(self._held.of((agency_id, user_id)))
        found = (self._holdings.get((agency_id, listing_id)) for listing_id in ids)
        return tuple(one.listing_id for one in found if one and one.user_id == user_id)

    def left_by(self, agency_id: int, user_id: int) -> tuple[Moved, ...]:
        """The listings that this user left behind, as they are now."""
        found = [
            (left, self._holdings.get((agency_id, left.listing_id)))
            for left in sorted(self._left.get((agency_id, user_id), ()), key=_listing_of)
        ]
        return tuple(
            Moved(now.listing_id, now.user_id, now.agent_version == left.version)
            for left, now in found
            if now
        )

    def since_before(self, agency_id: int, ids: Iterable[int], version: int) -> tuple[int, ...]:
        """Those of `ids` that are there, and that have not changed hands since `version`."""
        unknown = Holding(0, None, version - 1, 0)
        found = ((i, self._holdings.get((agency_id, i), unknown)) for i in sorted(ids))
        return tuple(i for i, holding in found if holding and holding.agent_version < version)

    def meet(self, agency_id: int, external_id: str, user_id: int) -> tuple[int, ...]:
        """Give those that wait for an external id to the user who got it; their ids."""
        met = []
        for listing_id in self._waits.of((agency_id, external_id)):
            holding = self._holdings.get((agency_id, listing_id))
            if holding and holding.awaits == external_id:
                holding = replace(holding, user_id=user_id, awaits=None)
                self._holdings[agency_id, listing_id] = holding
                self._hold(agency_id, holding)
                met.append(listing_id)
        return tuple(met)

    def shift(self, shift: Shift) -> Handover:
        """Listings change hands."""
        place = (shift.agency_id, shift.user_id)
        left = {one.listing_id: one for one in self._left.get(place, ())}
        before = tuple(
            self._holdings.get((shift.agency_id, listing_id)) or Holding(listing_id, None, 0, 0)
            for listing_id in (*shift.listings, *shift.settled)
        )
        after = tuple(_after(shift, one.listing_id, left) for one in before)
        for holding in after:
            self._holdings[shift.agency_id, holding.listing_id] = holding
            self._hold(shift.agency_id, holding)
        if shift.kind == "leave":
            left |= {
                one.listing_id: Left(
                    one.listing_id, shift.version, one.agent_version, one.moved_version
                )
                for one in before
            }
            self._left[place] = tuple(left.values())
        elif shift.kind == "return":
            self._left[place] = ()
        return Handover(shift, before, after)

    def fork(self) -> Hands:
        """A layer over this one."""
        twin = Hands()
        twin._holdings = ChainMap({}, self._holdings)
        twin._left = ChainMap({}, self._left)
        twin._held, twin._waits = Groups(self._held), Groups(self._waits)
        return twin

    def adopt(self, twin: Hands) -> None:
        """See what a fork came to."""
        for name in ("_holdings", "_left"):
            getattr(self, name).update(getattr(twin, name).maps[0])
        self._held.adopt(twin._held)
        self._waits.adopt(twin._waits)


def _listing_of(left: Left) -> int:
    return left.listing_id


def _after(shift: Shift, listing_id: int, left: dict[int, Left]) -> Holding:
    if listing_id in shift.settled:
        return Holding(listing_id, None, left[listing_id].version, 0)
    if shift.kind == "return":
        # As it was before, with whose leaving had brought it there: returns undo each other's.
        was = left[listing_id]
        return Holding(listing_id, shift.to_user_id, was.agent_version, was.moved_version)
    moved_version = shift.version if shift.kind == "leave" else 0
    return Holding(listing_id, shift.to_user_id, shift.version, moved_version)
