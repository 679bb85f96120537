"""How many fetches a host gets at once: a CRM's server is not ours to flood."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from rentix.media.fetch.deadline import Deadline
from rentix.media.fetch.failures import FetchCode, FetchFailed


class HostSlots:
    """Counts the fetches from each host, and lets those beyond the limit wait."""

    def __init__(self, per_host: int) -> None:
        self._per_host = per_host
        self._held: Counter[str] = Counter()
        self._freed = threading.Condition()

    @contextmanager
    def hold(self, host: str, deadline: Deadline) -> Iterator[None]:
        """Hold one of the host's slots, once there is one.

        Raises:
            FetchFailed: there was none until the deadline.
        """
        self._take(host, deadline)
        try:
            yield
        finally:
            self._give_back(host)

    def _take(self, host: str, deadline: Deadline) -> None:
        with self._freed:
            if not self._freed.wait_for(lambda: self._is_free(host), deadline.left_s()):
                message = (
                    f"{host} was busy with {self._per_host} other pictures all the time;"
                    " import this one again later"
                )
                raise FetchFailed(FetchCode.HOST_BUSY, message, heals=True)
            self._held[host] += 1

    def _is_free(self, host: str) -> bool:
        return self._held[host] < self._per_host

    def _give_back(self, host: str) -> None:
        with self._freed:
            self._held[host] -= 1
            if not self._held[host]:
                del self._held[host]  # hosts come and go; memory of them must not grow
            self._freed.notify_all()
