"""Rate budgets: fixed windows on the clock's minute, one a key (contract 4)."""

from __future__ import annotations

import asyncio

import msgspec

from rentix.api.asking import Asking
from rentix.api.leases import Account
from rentix.errors import Code, Problem
from rentix.model import Agency
from rentix.store import Spending

_WINDOW_MS = 60_000
_REFUSED_PAUSE_S = 0.2

_Place = tuple[int, str, int]  # key, kind, minute


class Budget(msgspec.Struct, frozen=True):
    """What a key has left in this minute, after the request at hand."""

    limit: int
    used: int
    reset_s: int

    @property
    def header_lines(self) -> bytes:
        """The three headers that every client paces itself by."""
        return (
            b"x-ratelimit-limit: %d\r\nx-ratelimit-remaining: %d\r\nx-ratelimit-reset: %d\r\n"
            % (self.limit, max(0, self.limit - self.used), self.reset_s)
        )


class Taken(msgspec.Struct, frozen=True):
    """The budget to show, None without one, and the refusal if it is overdrawn."""

    shown: Budget | None
    refusal: Problem | None = None


_UNCOUNTED = Taken(None)


class Budgets:
    """Requests counted by key and minute: here, or in a `store` that other processes count in."""

    def __init__(self, store: Asking[Spending, int] | None = None) -> None:
        self._store = store
        self._minute = 0
        self._used: dict[_Place, int] = {}
        self._accounts: dict[_Place, Account] = {}

    def take_at_once(self, key_id: int, agency: Agency, now_ms: int) -> Taken | None:
        """What `take` does for most requests: one that is no bulk, counted here and not refused."""
        limit, minute = agency.requests_per_minute, now_ms // _WINDOW_MS
        if not limit:
            return _UNCOUNTED
        place = (key_id, "all", minute)
        used = self._used.get(place, 0) + 1
        if self._store is not None or used > limit or minute != self._minute:
            return None
        self._used[place] = used
        return Taken(Budget(limit, used, (minute + 1) * _WINDOW_MS // 1000))

    async def take(self, key_id: int, agency: Agency, now_ms: int, *, bulk: bool) -> Taken:
        """Count a request. A bulk one counts in both budgets and shows the bulk one.

        A refusal takes a moment, so that a client that does not heed it costs others nothing.

        Raises:
            Unavailable: the store that counts is away.
        """
        minute = now_ms // _WINDOW_MS
        if minute != self._minute:
            self._minute = minute
            self._used.clear()
            self._accounts.clear()
        shown = await self._spend(key_id, "all", agency, agency.requests_per_minute, now_ms)
        spent = shown if shown and shown.used > shown.limit else None
        if bulk:
            own = await self._spend(key_id, "bulk", agency, agency.bulk_per_minute, now_ms)
            shown = own or shown
            spent = spent or (own if own and own.used > own.limit else None)
        if spent is None:
            return Taken(shown)
        await asyncio.sleep(_REFUSED_PAUSE_S)
        return Taken(spent, _refusal(spent, now_ms))

    async def _spend(
        self, key_id: int, kind: str, agency: Agency, limit: int, now_ms: int
    ) -> Budget | None:
        if not limit:
            return None
        minute = now_ms // _WINDOW_MS
        place = (key_id, kind, minute)
        reset_s = (minute + 1) * _WINDOW_MS // 1000
        if self._store is None:
            used = self._used[place] = self._used.get(place, 0) + 1
            return Budget(limit, used, reset_s)
        account = self._accounts.get(place)
        if account is None:
            account = self._accounts[place] = Account(agency.id, key_id, kind, minute)
        return Budget(limit, await account.take(limit, now_ms, self._store), reset_s)


def _refusal(spent: Budget, now_ms: int) -> Problem:
    wait_s = max(1, spent.reset_s - now_ms // 1000)
    message = f"rate limit of {spent.limit} requests a minute exceeded; wait {wait_s} s"
    return Problem(Code.RATE_LIMITED, message, retry_after_s=wait_s)
