"""Lists, page after page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Protocol, TypeVar, Unpack

from msgspec import UnsetType

from rentix.client.calls import Call, listings, users
from rentix.client.fields import ListingFilters, UserFilters
from rentix.client.steps import Give, Steps, ask
from rentix.wire.listing_shapes import ListingShape
from rentix.wire.shapes import ProfileShape

PAGE: Final = 500
Item_co = TypeVar("Item_co", covariant=True)


class Page(Protocol[Item_co]):
    """One page of a list."""

    @property
    def items(self) -> tuple[Item_co, ...]:
        """What is on it."""

    @property
    def next_cursor(self) -> str | UnsetType | None:
        """Where the next one begins; nothing on the last."""


Turn = Callable[[Mapping[str, object], int, str | None], Call[Page[Item_co]]]


def all_pages(
    turn: Turn[Item_co], filters: Mapping[str, object], page_size: int
) -> Steps[Item_co, None]:
    """Give all items of a list; the next page is asked for when this one is used up."""
    cursor: str | None = None
    while True:
        found = yield from ask(turn(filters, page_size, cursor))
        for item in found.items:
            yield Give(item)
        if not (cursor := found.next_cursor or None):
            return


def list_users(
    *, page_size: int = PAGE, **filters: Unpack[UserFilters]
) -> Steps[ProfileShape, None]:
    """Yield agents in order of id, all of them or those that pass every filter."""
    spelled: dict[str, object] = {**filters}
    if "updated_since" in spelled:
        spelled["updatedSince"] = spelled.pop("updated_since")
    return all_pages(users.page, spelled, page_size)


def list_listings(
    *, page_size: int = PAGE, **filters: Unpack[ListingFilters]
) -> Steps[ListingShape, None]:
    """Yield listings in order of id, all of them or those that pass every filter."""
    spelled: dict[str, object] = {**filters}
    if "user_id" in spelled:
        spelled["userId"] = spelled.pop("user_id")
    return all_pages(listings.page, spelled, page_size)
