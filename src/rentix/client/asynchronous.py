"""The client for asyncio: a loop around exchanges, safe to be used from many tasks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import httpx2

from rentix.client.access import is_loopback, read_base_url
from rentix.client.async_namespaces import Agency, Jobs, Listings, Media, Reference, Users
from rentix.client.calls.call import Call
from rentix.client.clocks import AsyncClock, Wait, ignore_wait
from rentix.client.errors import RentixError
from rentix.client.exchange import Came, Pause, Send, exchange
from rentix.client.http import KeyHolder, answer_of, lost, request_of
from rentix.client.pace import AT_ONCE, Pace, lane
from rentix.client.retries import PATIENT, Patience
from rentix.client.steps import Failed, Give, Steps, advance

T = TypeVar("T")
Item = TypeVar("Item")

REAL_TIME: Final = AsyncClock()


class AsyncRentix:
    """What `Rentix` is, for asyncio: methods are awaited, lists are iterated by `async for`.

    Tasks share the pace: at most 16 requests are out at a time, 4 of them bulks, and after a spent
    budget they go on one after another. It is closed by `aclose` or at the end of an `async with`.
    """

    def __init__(
        self,
        api_key: str,
        base_url: str,
        *,
        timeout_s: float = 30.0,
        transport: httpx2.AsyncBaseTransport | None = None,
        patience: Patience = PATIENT,
        clock: AsyncClock = REAL_TIME,
        on_wait: Callable[[Wait], None] = ignore_wait,
    ) -> None:
        self.base_url = read_base_url(base_url)
        self._patience = patience
        self._clock = clock
        self._on_wait = on_wait
        self._pace = Pace()
        self._slots = {budget: asyncio.BoundedSemaphore(most) for budget, most in AT_ONCE.items()}
        self._key = KeyHolder(api_key)
        self._http = httpx2.AsyncClient(
            timeout=timeout_s,
            transport=transport,
            # A proxy from the environment can't reach this machine's loopback.
            trust_env=not is_loopback(self.base_url),
        )
        self.users = Users(self)
        self.listings = Listings(self)
        self.media = Media(self)
        self.jobs = Jobs(self)
        self.agency = Agency(self)
        self.reference = Reference(self)

    def __repr__(self) -> str:
        return f"<AsyncRentix {self.base_url}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def send(self, call: Call[T]) -> T:
        """Send a call until it has an answer that is final, and read that."""
        come: Came | None = None
        async with self._slots[lane(call.budget)]:
            with closing(exchange(call, self._pace, self._patience, self._clock)) as steps:
                while True:
                    try:
                        step = steps.send(come)
                    except StopIteration as end:
                        result: T = end.value
                        return result
                    come = None
                    if isinstance(step, Send):
                        come = await self._transmit(step.call)
                    else:
                        await self._pause(step)

    async def each(self, steps: Steps[Item, Any]) -> AsyncIterator[Item]:
        """Yield what some work of several calls gives, calling as it is asked for more."""
        came: object = None
        while True:
            try:
                step = advance(steps, came)
            except StopIteration:
                return
            if isinstance(step, Give):
                yield step.item
                came = None
            else:
                came = await self._do(step)

    async def run(self, steps: Steps[Any, T]) -> T:
        """Do some work of several calls, and return what comes of it."""
        came: object = None
        while True:
            try:
                step = advance(steps, came)
            except StopIteration as end:
                result: T = end.value
                return result
            came = None if isinstance(step, Give) else await self._do(step)

    async def _do(self, step: Call[Any] | Pause) -> object:
        if isinstance(step, Pause):
            await self._pause(step)
            return None
        try:
            return await self.send(step)
        except RentixError as fault:
            return Failed(fault)

    async def _transmit(self, call: Call[Any]) -> Came:
        request = request_of(call, self.base_url)
        auth = None if call.address else self._key
        try:
            return answer_of(await self._http.send(request, auth=auth))
        except httpx2.RequestError as fault:
            return lost(fault, self.base_url)

    async def _pause(self, pause: Pause) -> None:
        self._on_wait(Wait(pause.seconds, pause.reason))
        await self._clock.sleep(pause.seconds)
