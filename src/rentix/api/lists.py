"""Lists: read in steps, in threads, and sent as they come; none is ever whole in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from rentix.api.call import Call, Headers, Reply
from rentix.api.cursors import print_cursor, read_cursor

STEP = 200
"""So many items are read at a time, of up to some 50 KB each."""
_PAGE = 100

Read = Callable[[int, int], list[tuple[int, bytes]]]
"""The next items: with ids above a number, and not more than another; each one's id and JSON."""
_Piece = tuple[bytes, bool]
"""A part of the body, and whether it is the last one."""


async def list_reply(call: Call, kind: str, read: Read, headers: Headers) -> Reply:
    """All items, streamed; or the page that `limit` and `cursor` ask for, then with `nextCursor`.

    Raises:
        Problem: 400, the cursor is none of this kind of list.
    """
    query = call.query
    if not ("limit" in query or "cursor" in query):
        pieces = _pieces(kind, read, 0, None)
        return Reply(body=_joined(await anext(pieces), pieces), headers=headers)
    after = read_cursor(kind, query["cursor"]) if "cursor" in query else 0
    pieces = _pieces(kind, read, after, query.get("limit", _PAGE))
    first = await anext(pieces)  # what goes wrong here still has a status
    body: Any = first[0] if first[1] else _joined(first, pieces)
    return Reply(body=body, headers=headers)


async def _joined(first: _Piece, others: AsyncIterator[_Piece]) -> AsyncIterator[bytes]:
    yield first[0]
    async for piece, _ in others:
        yield piece


async def _pieces(kind: str, read: Read, after: int, limit: int | None) -> AsyncIterator[_Piece]:
    opening, taken = b'{"items":[', 0
    while True:
        # One more than the page has, for that there is another page.
        wanted = STEP if limit is None else min(STEP, limit - taken + 1)
        found = await asyncio.to_thread(read, after, wanted)
        shown = found if limit is None else found[: limit - taken]
        piece = b",".join([printed for _, printed in shown])
        if shown:
            after, taken = shown[-1][0], taken + len(shown)
            piece, opening = opening + piece, b","
        is_more = len(found) > len(shown)
        if is_more or len(found) < wanted:
            start = b"" if taken else opening
            yield start + piece + _end(kind, after if is_more else None, limit), True
            return
        yield piece, False


def _end(kind: str, last_id: int | None, limit: int | None) -> bytes:
    if limit is None:
        return b"]}"
    if last_id is None:
        return b'],"nextCursor":null}'
    return b'],"nextCursor":"%b"}' % print_cursor(kind, last_id).encode()
