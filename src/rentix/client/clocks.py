"""Time as the clients know it; a test brings its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol


class Ticks(Protocol):
    """What time it is."""

    @property
    def monotonic_s(self) -> Callable[[], float]:
        """Seconds that never go back."""

    @property
    def unix_s(self) -> Callable[[], float]:
        """Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Time of `Rentix`."""

    monotonic_s: Callable[[], float] = time.monotonic
    unix_s: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class AsyncClock:
    """Time of `AsyncRentix`."""

    monotonic_s: Callable[[], float] = time.monotonic
    unix_s: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


@dataclass(frozen=True, slots=True)
class Wait:
    """A pause that the client is about to make, for whoever shows progress."""

    seconds: float
    reason: str


def ignore_wait(_wait: Wait) -> None:
    """Tell nobody."""
