"""What was made for readers, kept for as long as what it was made of is so."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from zlib import compressobj, decompressobj

import msgspec
from msgspec.structs import replace

MAX_BYTES = 48 * 1024 * 1024
PLAIN_BYTES = 4096
_OVERHEAD_BYTES = 1536  # of what is kept beside a body: its headers, and what it was made of
_BARE = -15  # deflate without a frame: its checksum would cost a third more

Key = tuple[Hashable, ...]


class Page(msgspec.Struct, frozen=True):
    """A body with the headers that it is sent with.

    If it is packed, `beside` is what it was packed beside of.
    """

    body: bytes
    etag: str
    content_type: bytes
    headers: list[tuple[bytes, bytes]]
    beside: bytes | None = None

    def unpack(self) -> bytes:
        """The body as it is sent."""
        if self.beside is None:
            return self.body
        return decompressobj(_BARE, self.beside).decompress(self.body)


class _Entry(msgspec.Struct):
    """A page, what it was made of, and the version of the store at which that was so."""

    made_of: object
    page: Page
    version: int | None


class Kept:
    """The pages asked for last, by key, up to a number of bytes.

    A page is good for as long as the store has the `version` that was read before what it was made
    of. After that, or where versions are not known (None), it is good if what it would be made of
    is the same.

    A key begins with the kind of page. Pages of a kind are much alike, so a large one is kept as
    what it does not share with the first one: a seventh of it. To unpack one takes some fifteen
    microseconds, a fifth of a visit. A small one would save little, and stays as it is.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._pages: OrderedDict[Key, _Entry] = OrderedDict()
        self._firsts: dict[Hashable, bytes] = {}
        self.size_bytes = 0

    def find(self, key: Key, version: int | None) -> Page | None:
        """The page, perhaps packed, if nothing was committed since it was good."""
        found = self._pages.get(key)
        if found is None or version is None or found.version != version:
            return None
        self._pages.move_to_end(key)
        return found.page

    def confirm(self, key: Key, version: int | None, made_of: object) -> Page | None:
        """The page, perhaps packed, if it was made of the very same."""
        found = self._pages.get(key)
        if found is None or found.made_of != made_of:
            return None
        found.version = version
        self._pages.move_to_end(key)
        return found.page

    def keep(self, key: Key, version: int | None, made_of: object, page: Page) -> None:
        """Keep a page in place of the one there was; those not asked for longest make room."""
        former = self._pages.pop(key, None)
        if former is not None:
            self.size_bytes -= _size(former.page)
        if len(page.body) > PLAIN_BYTES:
            page = self._pack(key[0], page)
        self._pages[key] = _Entry(made_of, page, version)
        self.size_bytes += _size(page)
        while self.size_bytes > self._max_bytes:
            _, dropped = self._pages.popitem(last=False)
            self.size_bytes -= _size(dropped.page)

    def _pack(self, kind: Hashable, page: Page) -> Page:
        first = self._firsts.setdefault(kind, page.body)
        packing = compressobj(wbits=_BARE, zdict=first)
        return replace(page, body=packing.compress(page.body) + packing.flush(), beside=first)


def _size(page: Page) -> int:
    return len(page.body) + _OVERHEAD_BYTES
