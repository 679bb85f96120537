"""What a batch asks for of listings, on either database: at first, and once it has seen that."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from rentix.decide.hands import Holding, LoadedHands
from rentix.decide.listing_set import ListingSet, LoadedListings
from rentix.decide.lookup import Lookup
from rentix.decide.media_set import ExternalKey, Key
from rentix.model import Agency, Listing, Media, User
from rentix.store.listing_rows import (
    gather_expecting,
    gather_held,
    gather_ids,
    gather_left,
    gather_shown,
    is_met,
    to_listing,
)
from rentix.store.rows import Row, to_agency, to_media

CHUNK = 500
"""So many waiting listings are written down at a time."""
TOLD = 100
"""So many listings are told at a time what has become of a photo: they are loaded whole."""

Rows = Callable[[], list[Row]]
Ask = Callable[..., Rows]
"""Asks a named query for what is `wanted`, with more values by name."""


def month_of(now_ms: int) -> int:
    """A month's number, in UTC: year * 12 + month - 1."""
    day = datetime.fromtimestamp(now_ms / 1000, UTC)
    return day.year * 12 + day.month - 1


class ListingLoad(msgspec.Struct):
    """The questions of a batch about listings: `begin`, then `follow` what that found."""

    lookup: Lookup
    ask: Ask
    now_ms: int
    asked: dict[str, list[Rows]] = {}
    listings: list[Listing] = []
    met: set[int] = set()
    newborn: int = 0

    def begin(self) -> None:
        """Ask what depends on nothing."""
        lookup = self.lookup
        self._ask("listings_by_id", lookup.listings)
        self._ask("listings_by_external_id", lookup.listing_external_ids)
        self._ask("listings_waiting", lookup.binding, most=CHUNK)
        self._ask("agencies_named", lookup.tenants)
        self._ask_shown(lookup.telling.union(_from_the_first(lookup.shown)))

    def _ask(self, query: str, wanted: Collection[Any], **more: int) -> None:
        if wanted:
            self.asked.setdefault(query, []).append(self.ask(query, wanted, **more))

    def _ask_shown(self, media: Collection[tuple[int, int, int]]) -> None:
        self._ask("listings_by_media", media, most=TOLD)
        self._ask("media_beside", media, most=TOLD)

    def _ask_of_new(self, newborn: set[ExternalKey]) -> None:
        lookup = self.lookup
        # An external id that is freed in this very batch may become that of a new listing, too.
        coming = newborn | {place for place in lookup.new_listings if place[0] in lookup.freeing}
        makers = {place[0] for place in coming}
        self._ask("former_listings", coming)
        self._ask("listings_used_by", makers, month=month_of(self.now_ms))
        self._ask("agencies_named", makers - lookup.tenants)

    def _found(self, query: str) -> list[Row]:
        return [row for rows in self.asked.pop(query, ()) for row in rows()]

    def _keep(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self.listings.append(to_listing(row))
            if is_met(row):
                self.met.add(row[0])

    def follow(self, users: Collection[User], media: Collection[Media], missing: set[Any]) -> None:
        """Ask what depends on what was found; `missing` are external ids that nobody has."""
        lookup = self.lookup
        found = (*self._found("listings_by_id"), *self._found("listings_by_external_id"))
        self._keep(found)
        known = {(one.agency_id, one.external_id) for one in self.listings}
        newborn = lookup.new_listings - known
        self.newborn = len(newborn)
        self._ask_of_new(newborn)
        shown = {
            (one.agency_id, one.id)
            for one in media
            if (one.agency_id, one.external_id) in lookup.shown_external_ids
        }
        leaving = {
            (user.agency_id, user.id)
            for user in users
            if user.status == "inactive"
            or (user.agency_id, user.id) in lookup.leaving
            or (user.agency_id, user.external_id) in lookup.leaving
        }
        looked_into = {
            (listing.agency_id, listing.id)
            for listing in self.listings
            if listing.files
            and (
                (listing.agency_id, listing.external_id) in lookup.looked_into
                or (listing.agency_id, listing.id) in lookup.looked_into
            )
        }
        self._ask_shown(_from_the_first(shown - lookup.shown))
        self._ask("media_by_listing", looked_into)
        self._ask("listings_held", leaving)
        self._ask("listings_left", leaving)
        coming = missing | lookup.linking
        self._ask("awaited_agents", coming)
        leavers_of = {place[0] for place in lookup.leaving}
        self._ask("listings_expecting", {place for place in coming if place[0] in leavers_of})

    def listing_set(self) -> ListingSet:
        """What was found of listings."""
        others, shown = gather_shown(self._found("listings_by_media"))
        self._keep(others)
        return ListingSet(
            LoadedListings(
                listings=tuple(self.listings),
                shown=_merged(shown),
                untold={key: max(ids) for key, ids in shown.items() if len(ids) == TOLD},
                hands=self._hands(),
                awaited=frozenset((row[0], row[1]) for row in self._found("awaited_agents")),
                waiting=gather_ids(self._found("listings_waiting")),
                month=month_of(self.now_ms),
                used=dict(self._found("listings_used_by")),
                former={(row[0], row[1]): row[2] for row in self._found("former_listings")},
            )
        )

    def _hands(self) -> LoadedHands:
        holdings: dict[Key, Holding] = {}
        held = gather_held(self._found("listings_held"), holdings)
        expecting = gather_expecting(self._found("listings_expecting"), holdings)
        left = gather_left(self._found("listings_left"), holdings)
        return LoadedHands(holdings=holdings, held=held, left=left, expecting=expecting)

    def media(self) -> list[Media]:
        """The media that listings have which were looked into."""
        rows = (*self._found("media_by_listing"), *self._found("media_beside"))
        return [to_media(row) for row in rows]

    def agencies(self) -> dict[int, Agency]:
        """The agencies of which all is to be known."""
        return {row[0]: to_agency(row) for row in self._found("agencies_named")}


def _from_the_first(media: Iterable[Key]) -> set[tuple[int, int, int]]:
    return {(*key, 0) for key in media}


def _merged(shown: dict[tuple[int, int, int], list[int]]) -> dict[Key, tuple[int, ...]]:
    merged: dict[Key, set[int]] = {}
    for (agency_id, media_id, _), ids in shown.items():
        merged.setdefault((agency_id, media_id), set()).update(ids)
    return {key: tuple(ids) for key, ids in merged.items()}
