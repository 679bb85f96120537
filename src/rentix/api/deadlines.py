"""How long a client may take: timers that cost nothing while requests come and go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import inf


class Deadline:
    """Calls `passed` when the time that was set is over.

    Setting it anew, as each request does, moves no timer: the one that runs already looks, when it
    fires, whether it is late enough.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, passed: Callable[[], None]) -> None:
        self._loop = loop
        self._passed = passed
        self._due_s = inf
        self._timer: asyncio.TimerHandle | None = None
        self._fires_s = inf

    def set(self, seconds: float) -> None:
        """Let it pass so many seconds from now."""
        self._due_s = due_s = self._loop.time() + seconds
        if due_s < self._fires_s:
            self._start_timer()

    def clear(self) -> None:
        """Let it not pass."""
        self._due_s = inf

    def close(self) -> None:
        """Let it never pass."""
        self._due_s = inf
        if self._timer is not None:
            self._timer.cancel()

    def _start_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._fires_s = self._due_s
        self._timer = self._loop.call_later(self._due_s - self._loop.time(), self._fire)

    def _fire(self) -> None:
        self._timer = None
        self._fires_s = inf
        if self._due_s <= self._loop.time():
            self._due_s = inf
            self._passed()
        elif self._due_s < inf:
            self._start_timer()


class StallWatch:
    """Aborts a connection whose client takes nothing of what was written, for `timeout_s`."""

    def __init__(self, transport: asyncio.Transport, timeout_s: float) -> None:
        self._transport = transport
        self._timeout_s = timeout_s
        self._timer: asyncio.TimerHandle | None = None
        self._unsent_bytes = 0
        self._taken = False

    def begin(self) -> None:
        """Something was written that may not have been taken."""
        if self._timer is None:
            self._unsent_bytes = self._transport.get_write_buffer_size()
            self._taken = False
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._timeout_s, self._check)

    def note_taken(self) -> None:
        """The client has taken most of what was written."""
        self._taken = True

    def close(self) -> None:
        """Watch no longer."""
        if self._timer is not None:
            self._timer.cancel()

    def _check(self) -> None:
        self._timer = None
        left = self._transport.get_write_buffer_size()
        if left and left >= self._unsent_bytes and not self._taken:
            self._transport.abort()  # closing would wait for the client
        elif left:
            self.begin()
