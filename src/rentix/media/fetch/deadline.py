"""The end of a fetch: one moment for all its waits, however many there are."""

from __future__ import annotations

from collections.abc import Callable

from rentix.media.fetch.failures import FetchCode, FetchFailed

Clock = Callable[[], float]
"""Seconds that only ever grow, such as `time.monotonic`."""


class Deadline:
    """Tells each wait how long it may be, and fails the one that comes too late."""

    def __init__(self, seconds: float, clock: Clock) -> None:
        self._seconds = seconds
        self._clock = clock
        self._ends_s = clock() + seconds

    def left_s(self) -> float:
        """The seconds left: more than none.

        Raises:
            FetchFailed: there are none.
        """
        left_s = self._ends_s - self._clock()
        if left_s <= 0:
            raise self.passed()
        return left_s

    def passed(self) -> FetchFailed:
        """What to say when it is over."""
        message = (
            f"the picture did not arrive within {self._seconds:g} s;"
            " serve it from a faster host, or make it smaller"
        )
        return FetchFailed(FetchCode.TIMED_OUT, message, heals=True)
