"""The blocking client: a loop around exchanges, safe to be used from several threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from threading import BoundedSemaphore
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import httpx2

from rentix.client.access import is_loopback, read_base_url
from rentix.client.calls.call import Call
from rentix.client.clocks import Clock, Wait, ignore_wait
from rentix.client.errors import RentixError
from rentix.client.exchange import Came, Pause, Send, exchange
from rentix.client.http import KeyHolder, answer_of, lost, request_of
from rentix.client.namespaces import Agency, Jobs, Listings, Media, Reference, Users
from rentix.client.pace import AT_ONCE, Pace, lane
from rentix.client.retries import PATIENT, Patience
from rentix.client.steps import Failed, Give, Steps, advance

T = TypeVar("T")
Item = TypeVar("Item")

REAL_TIME: Final = Clock()


class Rentix:
    """One agency's access to the portal.

    `users`, `listings`, `media`, `jobs`, `agency` and `reference` hold the methods.

    Reads, and writes under an idempotency key (a random one unless given), are sent again after
    429, 502, 503, 504 and lost connections, within `patience`; nothing else is. A rate budget that
    an answer shows as spent is waited for, and `on_wait` is told of every pause beforehand.
    `timeout_s` holds for connecting, and for each piece that is sent or received. `transport` is
    any of httpx2's. Threads may share one; it is closed by `close` or at the end of a `with`.

    Raises SetupError for an unusable key or address. What calls raise is in `rentix.client`.
    """

    def __init__(
        self,
        api_key: str,
        base_url: str,
        *,
        timeout_s: float = 30.0,
        transport: httpx2.BaseTransport | None = None,
        patience: Patience = PATIENT,
        clock: Clock = REAL_TIME,
        on_wait: Callable[[Wait], None] = ignore_wait,
    ) -> None:
        self.base_url = read_base_url(base_url)
        self._patience = patience
        self._clock = clock
        self._on_wait = on_wait
        self._pace = Pace()
        self._slots = {budget: BoundedSemaphore(most) for budget, most in AT_ONCE.items()}
        self._key = KeyHolder(api_key)
        self._http = httpx2.Client(
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
        return f"<Rentix {self.base_url}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def send(self, call: Call[T]) -> T:
        """Send a call until it has an answer that is final, and read that."""
        come: Came | None = None
        with (
            self._slots[lane(call.budget)],
            closing(exchange(call, self._pace, self._patience, self._clock)) as steps,
        ):
            while True:
                try:
                    step = steps.send(come)
                except StopIteration as end:
                    result: T = end.value
                    return result
                come = None
                if isinstance(step, Send):
                    come = self._transmit(step.call)
                else:
                    self._pause(step)

    def each(self, steps: Steps[Item, Any]) -> Iterator[Item]:
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
                came = self._do(step)

    def run(self, steps: Steps[Any, T]) -> T:
        """Do some work of several calls, and return what comes of it."""
        came: object = None
        while True:
            try:
                step = advance(steps, came)
            except StopIteration as end:
                result: T = end.value
                return result
            came = None if isinstance(step, Give) else self._do(step)

    def _do(self, step: Call[Any] | Pause) -> object:
        if isinstance(step, Pause):
            self._pause(step)
            return None
        try:
            return self.send(step)
        except RentixError as fault:
            return Failed(fault)

    def _transmit(self, call: Call[Any]) -> Came:
        request = request_of(call, self.base_url)
        try:
            return answer_of(self._http.send(request, auth=None if call.address else self._key))
        except httpx2.RequestError as fault:
            return lost(fault, self.base_url)

    def _pause(self, pause: Pause) -> None:
        self._on_wait(Wait(pause.seconds, pause.reason))
        self._clock.sleep(pause.seconds)
