"""The portal's users as they are, read a page ahead."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol, TypeVar

from rentix.client import UnreadableAnswer
from rentix.client.calls import Call, list_users
from rentix.model import User
from rentix.wire.stored import read_stored

T = TypeVar("T")

PAGE: Final = 1000


class Portal(Protocol):
    """What a plan needs of a client."""

    def send(self, call: Call[T]) -> T:
        """Send a call and read its answer."""


def read_actual(portal: Portal, **filters: str) -> Iterator[tuple[User, str]]:
    """Yield every user as a write would meet them, with their etag, in order of id.

    The next page is on its way while one is compared. Memory: two pages. `filters` as in the API.
    """
    filters |= {"stored": "true"}
    with ThreadPoolExecutor(1) as ahead:
        coming = ahead.submit(portal.send, list_users(filters, PAGE))
        while True:
            page = coming.result()
            cursor = page.next_cursor or None
            if cursor is not None:
                coming = ahead.submit(portal.send, list_users(filters, PAGE, cursor))
            for profile in page.items:
                try:
                    yield read_stored(profile), profile.etag
                except ValueError:
                    raise UnreadableAnswer(
                        "the portal does not say what it has stored; it is older than this client"
                    ) from None
            if cursor is None:
                return
