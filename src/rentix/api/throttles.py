"""How often an address may do something: counts in memory, anew with each minute of the clock."""

from __future__ import annotations

from collections import OrderedDict
from ipaddress import ip_address, ip_network

_ADDRESSES_MAX = 10_000


class Throttle:
    """Counts by address. Those that came first make room where there are too many addresses."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._minute = 0
        self._counts: OrderedDict[str, int] = OrderedDict()

    def count(self, address: str, now_ms: int) -> int:
        """Count once more, and tell for how many seconds that is too often; 0 if it is not."""
        minute, past_ms = divmod(now_ms, 60_000)
        if minute != self._minute:
            self._minute = minute
            self._counts.clear()
        place = _place(address)
        count = self._counts.get(place, 0) + 1
        self._counts[place] = count
        if len(self._counts) > _ADDRESSES_MAX:
            self._counts.popitem(last=False)
        return -((past_ms - 60_000) // 1000) if count > self.per_minute else 0


def _place(address: str) -> str:
    # Whoever has one IPv6 address has the 2^64 of its subnet.
    try:
        if ip_address(address).version == 6:  # noqa: PLR2004 - the protocol's number
            return str(ip_network(f"{address}/64", strict=False))
    except ValueError:
        pass
    return address
