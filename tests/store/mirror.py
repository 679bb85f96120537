"""What outcomes say is stored now, kept by the simplest means, to compare with what is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from rentix.model import Listing, Media, User
from rentix.operations import (
    Answer,
    BindOutcome,
    ListingOutcome,
    MediaOutcome,
    Outcome,
    Request,
    Shift,
)
from rentix.store import ListingFilter, Store
from rentix.writer import Ending

Key = tuple[int, int]


class Mirror:
    """A picture of the store. What a batch touched is compared with what is read back."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.users: dict[Key, User] = {}
        self.media: dict[Key, Media | None] = {}
        self.listings: dict[Key, Listing | None] = {}
        self._left: dict[Key, dict[int, tuple[int, int]]] = {}
        self._touched: tuple[set[Key], set[Key], set[Key]] = (set(), set(), set())

    def see(self, requests: Sequence[Request], endings: Sequence[Ending], now_ms: int) -> None:
        """Take in what a batch came to."""
        for request, ending in zip(requests, endings, strict=True):
            results: Sequence[Any] = ending.results if isinstance(ending, Answer) else ()
            for operation, result in zip(request.operations, results, strict=False):
                if not getattr(operation, "validate_only", False):
                    self._take(result, now_ms)

    def _take(self, result: object, now_ms: int) -> None:
        if isinstance(result, Outcome):
            self._user(result.user)
        elif isinstance(result, MediaOutcome):
            key = (result.media.agency_id, result.media.id)
            self.media[key] = None if result.verb == "deleted" else result.media
            self._touched[1].add(key)
            for user in result.users:
                self._user(user)
            for listing in result.listings:
                self._listing(listing)
        elif isinstance(result, ListingOutcome):
            self._listing(result.listing, is_there=result.verb != "deleted")
            for photo in result.queued:
                self.media[photo.agency_id, photo.id] = photo
        shift = result.shift if isinstance(result, Outcome | BindOutcome) else None
        if shift:
            self._shift(shift, now_ms)

    def _user(self, user: User) -> None:
        key = (user.agency_id, user.id)
        before = self.users.get(key)
        self.users[key] = user
        self._touched[0].add(key)
        if user.external_id is not None and (not before or before.external_id != user.external_id):
            for listing in self.listings.values():
                waits = listing and listing.waits and listing.agency_id == user.agency_id
                if listing and waits and listing.external_user_id == user.external_id:
                    self._listing(replace(listing, user_id=user.id))

    def _listing(self, listing: Listing, *, is_there: bool = True) -> None:
        key = (listing.agency_id, listing.id)
        self.listings[key] = listing if is_there else None
        self._touched[2].add(key)

    def _shift(self, shift: Shift, now_ms: int) -> None:
        left = self._left.setdefault((shift.agency_id, shift.user_id), {})
        for listing_id in shift.listings:
            listing = self.listings[shift.agency_id, listing_id]
            assert listing is not None
            since = (shift.version, shift.version if shift.kind == "leave" else 0)
            if shift.kind == "leave":
                left[listing_id] = (listing.agent_version, listing.moved_version)
            elif shift.kind == "return":
                since = left[listing_id]
            passed: dict[str, Any] = {"user_id": shift.to_user_id}
            if shift.kind != "bind":
                passed |= {"version": shift.version, "updated_ms": now_ms}
            agent_version, moved_version = since
            self._listing(
                replace(listing, agent_version=agent_version, moved_version=moved_version, **passed)
            )
        for listing_id in shift.settled:
            listing = self.listings[shift.agency_id, listing_id]
            assert listing is not None
            passed = {"version": shift.version, "updated_ms": now_ms}
            self._listing(replace(listing, external_user_id=None, moved_version=0, **passed))
        if shift.kind == "return":
            left.clear()

    def differences(self) -> list[tuple[object, object]]:
        """Give each thing that was touched and is not stored as it should be: both states."""
        users, media, listings = map(sorted, self._touched)
        for touched in self._touched:
            touched.clear()
        pairs: list[tuple[object, object]] = []
        pairs += zip((self.users[key] for key in users), self._store.find_users(users), strict=True)
        for key in media:
            expected, found = self.media[key], self._store.media(*key)
            pairs.append((expected and expected.external_id, found and found.external_id))
            pairs.append((expected is None, found is None))
        pairs += self._pairs(listings)
        return [pair for pair in pairs if pair[0] != pair[1]]

    def _pairs(self, keys: Sequence[Key]) -> list[tuple[object, object]]:
        pairs: list[tuple[object, object]] = []
        views, states = self._store.find_listings(keys), self._store.find_listing_states(keys)
        for key, view, state in zip(keys, views, states, strict=True):
            expected = self.listings[key]
            pairs.append((view and view.state, state))
            pairs.append((expected, view and view.listing))
            agent_id = view.agent.id if view and view.agent else None
            pairs.append((expected and expected.user_id, agent_id))
            if view:
                shown = [media.id for media in view.media]
                pairs.append(([*view.listing.files], shown))
        return pairs

    def whole(self, agency_id: int) -> list[tuple[object, object]]:
        """Give each listing of an agency that is not stored as it should be: both states."""
        views = self._store.listings(agency_id, ListingFilter(), 0, 10**6)
        found = {view.listing.id: view.listing for view in views}
        there = {
            listing.id: listing
            for listing in self.listings.values()
            if listing and listing.agency_id == agency_id
        }
        ids = sorted(found.keys() | there.keys())
        pairs = [(there.get(listing_id), found.get(listing_id)) for listing_id in ids]
        return [pair for pair in pairs if pair[0] != pair[1]]
