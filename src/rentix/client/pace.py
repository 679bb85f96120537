"""Keeping within the rate budgets that the portal shows (contract 4). Counts; never sleeps."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import Final

from rentix.client.answers import Answer, Shown, shown_budget
from rentix.client.calls.call import Budget

LONGEST_S: Final = 120.0
"""Budgets are refilled every minute; a reset further away than this is not believed."""
AT_ONCE: Final[dict[Budget, int]] = {"requests": 16, "bulk": 4}
"""How many of a kind a client sends at a time; others wait for their turn. While nothing is known
of a budget no more than this goes beyond it.
"""
_MINUTE_S: Final = 60.0
_DRAWN: Final[dict[Budget, tuple[Budget, ...]]] = {
    "requests": ("requests",),
    "bulk": ("bulk", "requests"),
}


def lane(budget: Budget | None) -> Budget:
    """Return among whom a call waits for its turn."""
    return budget or "requests"


@dataclass(slots=True)
class _Window:
    """What is known of one budget: the lowest number seen of this minute, and what is out."""

    limit: int | None = None
    reset: int = 0
    lowest: int | None = None
    ends_s: float = 0.0
    in_flight: int = 0
    waiting: int = 0

    def wait_s(self, now_s: float) -> float:
        """Seconds until one more may be sent; 0 for now."""
        if self.lowest is None:
            return 0.0
        if now_s >= self.ends_s:
            self.lowest, self.waiting = None, 0
            return 0.0
        # One that is out may be counted already or not yet. It is taken for not yet.
        return 0.0 if self.lowest > self.in_flight else self.ends_s - now_s

    def queue(self) -> float:
        """Seconds to come after the others who wait, so that not all come at the reset."""
        place, self.waiting = self.waiting, self.waiting + 1
        return place * _MINUTE_S / self.limit if self.limit else 0.0

    def note(self, shown: Shown, now_s: float) -> None:
        """Take in what an answer shows; of answers that overtook each other the lowest counts."""
        if shown.reset < self.reset:
            return
        if shown.reset > self.reset or self.lowest is None:
            self.lowest, self.waiting = shown.remaining, 0
        self.limit, self.reset = shown.limit, shown.reset
        self.lowest = min(self.lowest, shown.remaining)
        self.ends_s = now_s + min(shown.ends_in_s, LONGEST_S)


class Pace:
    """The budgets of one key, for all threads or tasks of one client."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._windows: dict[Budget, _Window] = {"requests": _Window(), "bulk": _Window()}

    def claim(self, budget: Budget | None, now_s: float) -> float:
        """Take one out of a budget, and return 0; or the seconds after which to ask again."""
        if budget is None:
            return 0.0
        with self._lock:
            windows = [self._windows[drawn] for drawn in _DRAWN[budget]]
            wait_s, slowest = max(
                ((window.wait_s(now_s), window) for window in windows), key=lambda found: found[0]
            )
            if wait_s > 0:
                return wait_s + slowest.queue()
            for window in windows:
                window.in_flight += 1
            return 0.0

    def settle(
        self, budget: Budget | None, answer: Answer | None, now_s: float, unix_s: float
    ) -> None:
        """Tell what came of one that was claimed; None for no answer."""
        if budget is None:
            return
        shown = None if answer is None else shown_budget(answer, unix_s)
        with self._lock:
            for drawn in _DRAWN[budget]:
                self._windows[drawn].in_flight -= 1
            if shown is not None:
                self._note(budget, shown, now_s)

    def _note(self, budget: Budget, shown: Shown, now_s: float) -> None:
        single, bulk = self._windows["requests"], self._windows["bulk"]
        if budget == "requests":
            single.note(shown, now_s)
        elif shown.limit is not None and single.limit == shown.limit != bulk.limit:
            single.note(shown, now_s)  # a bulk shows the other budget when that is the spent one
        else:
            bulk.note(shown, now_s)
            if single.lowest:
                single.lowest -= 1
