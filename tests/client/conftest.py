"""A fake portal, and a client whose clock moves only when it sleeps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from rentix.client import AsyncClock, AsyncRentix, Clock, Rentix, Wait
from tests.client.driven import driven
from tests.client.fake_portal import KEY, FakePortal, serve
from tests.service import Tenant

Opens = Callable[..., Rentix]


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

    @property
    def async_clock(self) -> AsyncClock:
        """The clock to hand to a client for asyncio, in which tasks sleep side by side."""

        async def sleep(seconds: float) -> None:
            wake_s = self.now_s + seconds
            self.taken.append(seconds)
            await asyncio.sleep(0)
            self.now_s = max(self.now_s, wake_s)

        return AsyncClock(lambda: self.now_s, lambda: self.now_s, sleep)


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


@pytest.fixture(params=["blocking", "asyncio"])
def opens(request: pytest.FixtureRequest) -> Iterator[Opens]:
    """Open clients of either kind: `opens(key, url, **options)`, used as the blocking one is."""
    with ExitStack() as stack:

        def open_blocking(key: str, url: str, **options: Any) -> Rentix:
            return stack.enter_context(Rentix(key, url, **options))

        def open_async(key: str, url: str, **options: Any) -> Rentix:
            runner = stack.enter_context(asyncio.Runner())
            client = AsyncRentix(key, url, **options)
            stack.callback(lambda: runner.run(client.aclose()))
            return driven(client, runner)

        yield open_blocking if request.param == "blocking" else open_async


@pytest.fixture
def crm(opens: Opens, tenant: Tenant) -> Rentix:
    """An agency's client of the real service, of either kind."""
    return opens(tenant.key, tenant.service.url)


@pytest.fixture
def is_async(request: pytest.FixtureRequest) -> bool:
    """Whether `opens` opens clients for asyncio."""
    return bool(request.node.callspec.params["opens"] == "asyncio")
