"""Rendered pages that are kept for as long as what they were made of is so."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

import msgspec

MAX_BYTES = 32 * 1024 * 1024
_OVERHEAD_BYTES = 2048  # of what is kept beside a body: its key and its headers


class Page(msgspec.Struct, frozen=True):
    """A body with the headers that it is sent with."""

    body: bytes
    etag: str
    content_type: bytes
    headers: list[tuple[bytes, bytes]]


class Kept:
    """The pages asked for last, by key, up to a number of bytes."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._pages: OrderedDict[Hashable, tuple[bytes, Page]] = OrderedDict()
        self.size_bytes = 0

    def find(self, key: Hashable, made_of: bytes) -> Page | None:
        """The page, if it was made of the very same."""
        found = self._pages.get(key)
        if found is None or found[0] != made_of:
            return None
        self._pages.move_to_end(key)
        return found[1]

    def keep(self, key: Hashable, made_of: bytes, page: Page) -> None:
        """Keep a page in place of the one there was; those not asked for longest make room."""
        former = self._pages.pop(key, None)
        if former is not None:
            self.size_bytes -= _size(former[1])
        self._pages[key] = (made_of, page)
        self.size_bytes += _size(page)
        while self.size_bytes > self._max_bytes:
            _, (_, dropped) = self._pages.popitem(last=False)
            self.size_bytes -= _size(dropped)


def _size(page: Page) -> int:
    return len(page.body) + _OVERHEAD_BYTES
