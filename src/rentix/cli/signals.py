"""What a signal does to a command that has something to put away."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def ending_by_signal() -> Iterator[None]:
    """Let SIGTERM, too, end the block by the door: it raises KeyboardInterrupt, as Ctrl-C does."""

    def leave(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class Asked:
    """Whether a signal has asked a command to end once what is in flight has come to its end.

    A wait ends at once, in whatever thread, and a request does not. Who asks twice waits for
    nothing.
    """

    def __init__(self) -> None:
        self.by: int | None = None
        self._heard, self._tell = os.pipe()

    def note(self, number: int, _frame: FrameType | None) -> None:
        """Take a signal."""
        if self.by is not None:
            raise KeyboardInterrupt
        self.by = number
        os.write(self._tell, b".")  # which stays there, so that every wait from now on ends

    def pause(self, seconds: float) -> bool:
        """Wait; return whether somebody has asked."""
        return bool(select.select([self._heard], [], [], seconds)[0])

    def sleep(self, seconds: float) -> None:
        """Wait; raise KeyboardInterrupt if somebody asks."""
        if self.pause(seconds):
            raise KeyboardInterrupt

    def check(self) -> None:
        """Raise KeyboardInterrupt if somebody has asked."""
        self.sleep(0)

    def close(self) -> None:
        """Give the pipe back."""
        os.close(self._heard)
        os.close(self._tell)


@contextmanager
def asked_by_signal() -> Iterator[Asked]:
    """Take SIGTERM and Ctrl-C as a wish while the block runs."""
    asked = Asked()
    before = {each: signal.signal(each, asked.note) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield asked
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
        asked.close()
