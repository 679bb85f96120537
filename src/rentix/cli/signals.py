"""What a signal does to a command that has something to put away."""

from __future__ import annotations

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
