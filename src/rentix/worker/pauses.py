"""How long imports rest when what all of them need is away."""

from __future__ import annotations

import threading

_FIRST_MS = 1000
_MOST_MS = 60_000


class Pause:
    """Doubles with each try that meets the same, and is over with the first that does not.

    While it lasts, and for the first try after it, there is no room for more than one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next_ms = _FIRST_MS
        self._until_ms: int | None = None

    @property
    def lasts(self) -> bool:
        """Whether it is not known yet that what was away is back."""
        return self._until_ms is not None

    def begin(self, now_ms: int) -> int:
        """Rest, and tell until when. Others that were under way meanwhile make it no longer."""
        with self._lock:
            if self._until_ms is None or now_ms >= self._until_ms:
                self._until_ms = now_ms + self._next_ms
                self._next_ms = min(2 * self._next_ms, _MOST_MS)
            return self._until_ms

    def end(self) -> None:
        """Go on."""
        with self._lock:
            self._until_ms, self._next_ms = None, _FIRST_MS

    def room(self, at_once: int, now_ms: int) -> int:
        """How many may be under way."""
        until_ms = self._until_ms
        if until_ms is None:
            return at_once
        return 1 if now_ms >= until_ms else 0
