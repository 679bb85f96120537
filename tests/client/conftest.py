"""A fake portal, and a client whose clock moves only when it sleeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from rentix.client import Clock, Rentix, Wait
from tests.client.fake_portal import KEY, FakePortal, serve


@dataclass
class Sleeps:
    """Time that passes only by sleeping."""

    now_s: float = 1_000_000.0
    taken: list[float] = field(default_factory=list)
    told: list[Wait] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.taken.append(seconds)
        self.now_s += seconds

    @property
    def clock(self) -> Clock:
        """The clock to hand to a client."""
        return Clock(lambda: self.now_s, lambda: self.now_s, self.sleep)


@pytest.fixture
def sleeps() -> Sleeps:
    return Sleeps()


@pytest.fixture
def portal() -> Iterator[FakePortal]:
    with serve(FakePortal()) as running:
        yield running


@pytest.fixture
def client(portal: FakePortal, sleeps: Sleeps) -> Iterator[Rentix]:
    with Rentix(KEY, portal.url, clock=sleeps.clock, on_wait=sleeps.told.append) as running:
        yield running
