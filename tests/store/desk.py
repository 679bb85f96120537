"""An agency at a store, without a service: what it asks, and what is stored then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rentix.model import Agency, Listing, Picture, User, Variant
from rentix.operations import (
    Answer,
    Caller,
    DeactivateUser,
    FileRef,
    FinishAvatar,
    ListingPatch,
    Operation,
    Patch,
    PutListing,
    PutUser,
    ReactivateUser,
    Request,
)
from rentix.rules.phones import read_phones
from rentix.store import Binding, Store
from rentix.store.agencies import create_agency
from rentix.views import ListingView
from rentix.writer import commit
from tests.service import operated

NOW_MS = 1_700_000_000_000  # in November 2023
PHONE = read_phones("+37369123456", "MD").phone
PICTURE = Picture("image/webp", 9, (Variant("a.webp", "128", 9),), "hash")
FORM = {
    "announcementType": "sale",
    "propertyType": "residential",
    "propertySecondaryType": "apartment",
    "announcementValue": 55_000,
    "announcementCurrency": "EUR",
    "propertyAddress": "Chișinău",
}


class Desk:
    """A new agency; `now_ms` is its clock."""

    def __init__(self, store: Store, **agency: Any) -> None:
        self.store = store
        self.now_ms = NOW_MS
        asked = Agency(**{"id": 0, "name": "Casa Test", "monthly_listings": 10**6, **agency})
        self.agency_id: int = operated(store, create_agency, asked, 0)

    def request(self, operations: Sequence[Operation], *, atomic: bool = False) -> Request:
        return Request(
            caller=Caller(self.agency_id, 1), operations=tuple(operations), atomic=atomic
        )

    def commit(self, *requests: Request) -> list[Any]:
        """Commit a batch; the results of all requests."""
        results: list[Any] = []
        for ending in commit(self.store, requests, self.now_ms):
            assert isinstance(ending, Answer), ending
            results += ending.results
        return results

    def ask(self, *operations: Operation) -> list[Any]:
        """Commit a batch of one request."""
        return self.commit(self.request(operations))

    def do(self, operation: Operation) -> Any:
        """Commit a batch of one operation, which succeeds."""
        [result] = self.ask(operation)
        assert not isinstance(result, Exception), result
        return result

    def put_user(self, external_id: str, **fields: Any) -> User:
        patch = Patch(**{"name": external_id, "phone": PHONE, **fields})
        user: User = self.do(PutUser(external_id=external_id, patch=patch)).user
        return user

    def put(self, external_id: str, **patch: Any) -> Listing:
        listing: Listing = self.do(
            PutListing(external_id=external_id, patch=ListingPatch(**patch))
        ).listing
        return listing

    def put_public(self, external_id: str, **patch: Any) -> Listing:
        """Create one that visitors see, without photos."""
        return self.put(external_id, status="completed", form=FORM, **patch)

    def leave(self, user_id: int, to: int | None = None, undo_ms: int = 10**9) -> Any:
        return self.do(DeactivateUser(id=user_id, successor_id=to, undo_ms=undo_ms))

    def come_back(self, user_id: int) -> Any:
        return self.do(ReactivateUser(id=user_id))

    def view(self, listing_id: int) -> ListingView:
        [view] = self.store.find_listings([(self.agency_id, listing_id)])
        assert view is not None
        return view

    def listing(self, listing_id: int) -> Listing:
        return self.view(listing_id).listing

    def agent(self, listing_id: int) -> int | None:
        """Who is shown, for the store to have one answer to it."""
        view = self.view(listing_id)
        assert (view.agent and view.agent.id) == view.listing.user_id
        return view.listing.user_id

    def bindings(self) -> list[Binding]:
        return [one for one in self.store.bindings(10**6) if one.agency_id == self.agency_id]

    def photos(self, *urls: str) -> tuple[FileRef, ...]:
        return tuple(FileRef(url=f"https://crm.example/{url}.jpg") for url in urls)

    def finish(self, *media: int, error: str | None = None) -> list[Any]:
        """Bring imports to their end, in one batch."""
        picture = None if error else PICTURE
        tokens = self._hold()
        ends = [
            FinishAvatar(media_id=one, token=tokens[one], picture=picture, error=error)
            for one in media
        ]
        return self.commit(*(self.request([end]) for end in ends))

    def _hold(self) -> dict[int, int]:
        self.now_ms += 10
        tasks = self.store.queue.take(10**4, self.now_ms, self.now_ms + 1)
        return {task.id: task.token for task in tasks}
