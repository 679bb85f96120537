"""The blocking client: sends calls one at a time, keeps pace, tries again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self, TypeVar
from uuid import uuid4

import httpx2

from rentix.client import calls
from rentix.client.access import PREFIX, checked_key, is_loopback, read_base_url
from rentix.client.answers import Answer, seconds_to_reset
from rentix.client.calls import Budget, Call
from rentix.client.errors import ConnectionFailed, UnreadableAnswer
from rentix.client.retries import Patience, Retries
from rentix.wire.shapes import AgencyShape, BulkShape, ProfileShape, PutShape

T = TypeVar("T")

LONGEST_PACE_S: Final = 120.0
"""Budgets are refilled every minute; a reset further away than this is not believed."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A pause that the client is about to make, for whoever shows progress."""

    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class Clock:
    """Time as the client knows it; a test brings its own."""

    monotonic_s: Callable[[], float] = time.monotonic
    unix_s: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


PATIENT: Final = Patience()
REAL_TIME: Final = Clock()


def ignore_wait(wait: Wait) -> None:
    """Tell nobody."""


class Rentix:
    """One agency's access to the users API.

    Writes carry an idempotency key (a random one unless given), so they, like reads, are sent
    again after 429, 502, 503, 504 and lost connections, within `patience`. A rate budget that
    an answer shows as spent is waited for. `on_wait` is told of every pause beforehand.
    Raises SetupError for an unusable key or address, and from calls what `errors` lists.
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
        self._not_before_s: dict[Budget, float] = {}
        self._http = httpx2.Client(
            base_url=f"{self.base_url}{PREFIX}",
            headers={"Authorization": f"ApiKey {checked_key(api_key)}"},
            timeout=timeout_s,
            transport=transport,
            # A proxy from the environment can't reach this machine's loopback.
            trust_env=not is_loopback(self.base_url),
        )

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

    def put_user(
        self, fields: Mapping[str, object], *, idempotency_key: str | None = None
    ) -> PutShape:
        """Create or update one profile; `fields` is the body of PUT /users (contract 5)."""
        return self.send(calls.put_user(fields, idempotency_key or uuid4().hex))

    def bulk_users(
        self,
        operations: Sequence[object],
        *,
        idempotency_key: str | None = None,
        run_id: str | None = None,
    ) -> BulkShape:
        """Send 1 to 100 operations; their results come back even if every one failed."""
        return self.send(calls.bulk_users(operations, idempotency_key or uuid4().hex, run_id))

    def get_user(self, user_id: int) -> ProfileShape:
        """Return a profile by the portal's id."""
        return self.send(calls.get_user(user_id))

    def get_user_by_external_id(self, external_id: str) -> ProfileShape:
        """Return a profile by the CRM's id."""
        return self.send(calls.get_user_by_external_id(external_id))

    def users(self, *, page_size: int = 500, **filters: str) -> Iterator[ProfileShape]:
        """Yield all profiles in order of id; `filters` as in the API (`search`, `linked`, …)."""
        cursor = None
        while True:
            page = self.send(calls.list_users(filters, page_size, cursor))
            yield from page.items
            if not (cursor := page.next_cursor or None):
                return

    def agency(self) -> AgencyShape:
        """Return the agency that the key belongs to."""
        return self.send(calls.agency())

    def send(self, call: Call[T]) -> T:
        """Send a call until it has an answer that is final, and read that."""
        retries = Retries(self._patience, repeatable=call.repeatable)
        reached = False
        while True:
            self._keep_pace(call.budget)
            answer = None
            try:
                answer = self._exchange(call)
            except ConnectionFailed as lost:
                reached = lost.reached = lost.reached or reached
                wait_s, reason = retries.wait_after(None), "no connection"
                if wait_s is None:
                    raise
            else:
                reached = True
                wait_s, reason = retries.wait_after(answer), f"the service said {answer.status}"
                if wait_s is None:
                    return call.read(answer)
            self._pause(wait_s, reason)

    def _exchange(self, call: Call[T]) -> Answer:
        headers = {}
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        if call.idempotency_key is not None:
            headers["Idempotency-Key"] = call.idempotency_key
        if call.run_id is not None:
            headers["X-Run-Id"] = call.run_id
        try:
            response = self._http.request(
                call.method, call.path, params=call.query, content=call.body, headers=headers
            )
        except httpx2.DecodingError as fault:
            raise UnreadableAnswer(f"{self.base_url} sent what cannot be unpacked") from fault
        except httpx2.RequestError as fault:
            raise self._lost(fault) from fault
        answer = Answer(
            response.status_code,
            {name.lower(): value for name, value in response.headers.items()},
            response.content,
        )
        self._note_budget(call.budget, answer)
        return answer

    def _lost(self, fault: httpx2.RequestError) -> ConnectionFailed:
        what = "no answer in time" if isinstance(fault, httpx2.TimeoutException) else str(fault)
        never = isinstance(fault, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout)
        reason = what or type(fault).__name__
        return ConnectionFailed(f"no answer from {self.base_url}: {reason}", reached=not never)

    def _note_budget(self, budget: Budget, answer: Answer) -> None:
        left_s = seconds_to_reset(answer, self._clock.unix_s())
        if left_s is not None:
            self._not_before_s[budget] = self._clock.monotonic_s() + min(left_s, LONGEST_PACE_S)

    def _keep_pace(self, budget: Budget) -> None:
        ready_s = self._not_before_s.pop(budget, None)
        if ready_s is not None:
            self._pause(ready_s - self._clock.monotonic_s(), "rate budget spent")

    def _pause(self, seconds: float, reason: str) -> None:
        if seconds > 0:
            self._on_wait(Wait(seconds, reason))
            self._clock.sleep(seconds)
