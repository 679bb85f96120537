"""Shares of a budget that several processes spend, taken from the store some at a time.

Each lease is a slice of what the store counts, from the count before it to the count after; what
lies above the limit is never served. So all processes together never serve more than that.
"""

from __future__ import annotations

import asyncio

from rentix.api.asking import Asking
from rentix.store import Spending

_SHARE = 50
"""A lease is one part in so many of what is left: when that is little, each request is counted."""
_FRESH_MS = 500
"""How old the store's count may be when an answer tells what is left."""


class Account:
    """One budget of a key in one minute, as far as this process knows it."""

    def __init__(self, agency_id: int, key_id: int, kind: str, minute: int) -> None:
        self._place = (agency_id, key_id, kind, minute)
        self._counted = 0  # in the store, by all processes
        self._held = 0  # of them, ours to serve
        self._seen_ms = 0
        self._waiting = 0
        self._under_way: asyncio.Future[None] | None = None

    async def take(self, limit: int, now_ms: int, store: Asking[Spending, int]) -> int:
        """Count a request; how many of the limit are used then, more than it if none was left.

        Raises:
            Unavailable: the store is away.
        """
        fresh = 0 <= now_ms - self._seen_ms < _FRESH_MS
        self._waiting += 1
        try:
            while self._counted < limit and not (fresh and self._held):
                if self._under_way is None:
                    await self._lease(limit, now_ms, store)
                else:
                    await self._under_way
                fresh = True
        finally:
            self._waiting -= 1
        if not self._held:
            return limit + 1
        self._held -= 1
        return min(self._counted, limit) - self._held

    async def _lease(self, limit: int, now_ms: int, store: Asking[Spending, int]) -> None:
        share = (limit - self._counted) // _SHARE
        count = max(0, max(self._waiting, share) - self._held)
        self._under_way = under_way = asyncio.get_running_loop().create_future()
        try:
            total = await store.ask(Spending(*self._place, count))
        except Exception as error:
            under_way.set_exception(error)
            under_way.exception()  # it is no defect if nobody else waited
            raise
        else:
            self._held += max(0, min(total, limit) - (total - count))
            self._counted = max(self._counted, total)
            self._seen_ms = now_ms
        finally:
            self._under_way = None
            if not under_way.done():  # had, or given up: then the next of those who wait asks
                under_way.set_result(None)
