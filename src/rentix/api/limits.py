"""Rate budgets: fixed windows on the clock's minute, one a key (contract 4)."""

from __future__ import annotations

import asyncio

import msgspec

from rentix.api.asking import Asking
from rentix.api.call import Headers
from rentix.errors import Code, Problem
from rentix.model import Agency
from rentix.store import Spending

_WINDOW_MS = 60_000
_REFUSED_PAUSE_S = 0.2


class Budget(msgspec.Struct, frozen=True):
    """What a key has left in this minute, after the request at hand."""

    limit: int
    used: int
    reset_s: int

    @property
    def headers(self) -> Headers:
        """The three headers that every client paces itself by."""
        return [
            (b"x-ratelimit-limit", b"%d" % self.limit),
            (b"x-ratelimit-remaining", b"%d" % max(0, self.limit - self.used)),
            (b"x-ratelimit-reset", b"%d" % self.reset_s),
        ]


class Budgets:
    """Requests counted by key and minute: here, or with a `count` in the store, for all processes.

    What the store counted is exact in every answer; over the limit nothing is asked any more.
    """

    def __init__(self, count: Asking[Spending, int] | None = None) -> None:
        self._count = count
        self._minute = 0
        self._used: dict[tuple[int, str], int] = {}

    async def take(self, key_id: int, agency: Agency, now_ms: int, *, bulk: bool) -> Budgets.Taken:
        """Count a request. A bulk one counts in both budgets and shows the bulk one.

        A refusal takes a moment, so that a client that does not heed it costs others nothing.

        Raises:
            Unavailable: the store that counts is away.
        """
        minute = now_ms // _WINDOW_MS
        if minute != self._minute:
            self._minute = minute
            self._used.clear()
        shown = await self._spend(key_id, "all", agency, agency.requests_per_minute)
        spent = shown if shown and shown.used > shown.limit else None
        if bulk:
            own = await self._spend(key_id, "bulk", agency, agency.bulk_per_minute)
            shown = own or shown
            spent = spent or (own if own and own.used > own.limit else None)
        if spent is None:
            return Budgets.Taken(shown, None)
        await asyncio.sleep(_REFUSED_PAUSE_S)
        return Budgets.Taken(spent, _refusal(spent, now_ms))

    async def _spend(self, key_id: int, kind: str, agency: Agency, limit: int) -> Budget | None:
        if not limit:
            return None
        minute, place = self._minute, (key_id, kind)
        used = self._used.get(place, 0) + 1
        if self._count and used <= limit:
            used = await self._count.ask(Spending(agency.id, key_id, kind, minute, 1))
        if minute == self._minute:  # it may be over since
            self._used[place] = max(used, self._used.get(place, 0))
        return Budget(limit, used, (minute + 1) * _WINDOW_MS // 1000)

    class Taken(msgspec.Struct, frozen=True):
        """The budget to show, None without one, and the refusal if it is overdrawn."""

        shown: Budget | None
        refusal: Problem | None


def _refusal(spent: Budget, now_ms: int) -> Problem:
    wait_s = max(1, spent.reset_s - now_ms // 1000)
    message = f"rate limit of {spent.limit} requests a minute exceeded; wait {wait_s} s"
    return Problem(Code.RATE_LIMITED, message, retry_after_s=wait_s)
