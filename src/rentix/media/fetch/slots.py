"""How many fetches a host gets at once: a CRM's server is not ours to flood."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from rentix.media.fetch.failures import FetchCode, FetchFailed


class HostSlots:
    """Counts the fetches from each host, and refuses those beyond the limit.

    Nobody waits here: a slow host would keep the threads that others could use.
    """

    def __init__(self, per_host: int) -> None:
        self._per_host = per_host
        self._held: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def hold(self, host: str) -> Iterator[None]:
        """Hold one of the host's slots.

        Raises:
            FetchFailed: there is none free.
        """
        self._take(host)
        try:
            yield
        finally:
            self._give_back(host)

    def _take(self, host: str) -> None:
        with self._lock:
            if self._held[host] >= self._per_host:
                message = f"{host} is busy with {self._per_host} other pictures; try again later"
                raise FetchFailed(FetchCode.HOST_BUSY, message, heals=True)
            self._held[host] += 1

    def _give_back(self, host: str) -> None:
        with self._lock:
            self._held[host] -= 1
            if not self._held[host]:
                del self._held[host]  # hosts come and go; memory of them must not grow
