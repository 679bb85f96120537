"""Counts of answers and of the time that they took, in plain numbers."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from math import inf

BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, inf)
"""The usual bounds of a histogram of Prometheus."""


class Tally:
    """The answers of one route. Counted by one thread; others may look."""

    def __init__(self) -> None:
        self.statuses: dict[int, int] = {}
        self.total_s = 0.0
        self._counts = [0] * len(BOUNDS_S)

    def count(self, status: int, seconds: float) -> None:
        """Count an answer."""
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.total_s += seconds
        self._counts[bisect_left(BOUNDS_S, seconds)] += 1

    @property
    def buckets(self) -> list[tuple[str, float]]:
        """How many took at most as long as each bound (Prometheus, `le`)."""
        bounds = ["+Inf" if bound == inf else str(bound) for bound in BOUNDS_S]
        return list(zip(bounds, accumulate(self._counts), strict=True))
