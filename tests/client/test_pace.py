"""Many at once: nobody goes beyond a budget, and nobody is in a herd."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from rentix.client import AsyncClock, AsyncRentix, ConnectionFailed, Patience, Rentix, Wait
from rentix.client.answers import Answer
from rentix.client.calls import bulk_users
from rentix.client.calls.others import get_agency
from rentix.client.pace import Pace
from tests.client.fake_portal import KEY

URL = "http://portal.example"
AGENCY = {
    "id": 1,
    "name": "Casa",
    "status": "active",
    "isCrmEnabled": True,
    "limits": {"monthlyListings": {"used": 0, "limit": 1}},
    "region": "MD",
    "defaultLocale": "ro",
    "phone": None,
    "description": None,
    "logo": None,
    "etag": "1",
}


class Minutes:
    """A portal that counts by the minute of a clock which moves when all have gone to sleep."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.now_s = 6_000_000.0
        self.sent: list[float] = []
        self.refused = 0
        self.out = self.most_out = 0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    async def answer(self, _request: httpx2.Request) -> httpx2.Response:
        self.out += 1
        self.most_out = max(self.most_out, self.out)
        await asyncio.sleep(0)
        self.out -= 1
        minute = self.now_s // 60
        spent = sum(at // 60 == minute for at in self.sent)
        self.refused += spent >= self.limit
        self.sent.append(self.now_s)
        left = max(0, self.limit - spent - 1)
        headers = {
            "X-RateLimit-Limit": f"{self.limit}",
            "X-RateLimit-Remaining": f"{left}",
            "X-RateLimit-Reset": f"{int(minute + 1) * 60}",
        }
        status = 429 if spent >= self.limit else 200
        return httpx2.Response(status, headers=headers, json=AGENCY)

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.now_s + seconds, woken))
        await woken

    async def pass_by(self, tasks: list[asyncio.Task[Any]]) -> None:
        """Let time pass whenever there is nothing else to do."""
        while not all(task.done() for task in tasks):
            for _ in range(200):
                await asyncio.sleep(0)
            if self._sleepers:
                self._sleepers.sort(key=lambda sleeper: sleeper[0])
                self.now_s, woken = self._sleepers.pop(0)
                woken.set_result(None)

    @property
    def clock(self) -> AsyncClock:
        return AsyncClock(lambda: self.now_s, lambda: self.now_s, self.sleep)


@pytest.mark.parametrize(("limit", "tasks"), [(30, 100), (300, 1000)])
def test_a_thousand_tasks_stay_within_the_budget(limit: int, tasks: int) -> None:
    minutes = Minutes(limit)
    asyncio.run(ask_together(minutes, tasks))
    assert len(minutes.sent) == tasks
    assert minutes.refused == 0
    assert minutes.most_out <= 16
    used = {at // 60 for at in minutes.sent}
    assert len(used) <= tasks // limit + 2, "nor do they leave much of it"


async def ask_together(minutes: Minutes, count: int) -> None:
    transport = httpx2.MockTransport(minutes.answer)
    async with AsyncRentix(KEY, URL, transport=transport, clock=minutes.clock) as client:
        tasks = [asyncio.ensure_future(client.agency.get()) for _ in range(count)]
        await minutes.pass_by(tasks)
        assert {task.result().name for task in tasks} == {"Casa"}


def test_threads_share_a_client_and_its_pace() -> None:
    lock, out, most = threading.Lock(), 0, 0

    def answer(_request: httpx2.Request) -> httpx2.Response:
        nonlocal out, most
        with lock:
            out += 1
            most = max(most, out)
        time.sleep(0)  # lets the other threads in while this one is counted as out
        with lock:
            out -= 1
        return httpx2.Response(200, json=AGENCY)

    with (
        Rentix(KEY, URL, transport=httpx2.MockTransport(answer)) as client,
        ThreadPoolExecutor(40) as threads,
    ):
        names = list(threads.map(lambda _: client.agency.get().name, range(400)))
    assert names == ["Casa"] * 400
    assert most <= 16


def test_a_task_that_is_cancelled_leaves_nothing_behind() -> None:
    held = asyncio.Event()

    async def answer(_request: httpx2.Request) -> httpx2.Response:
        if not held.is_set():
            await asyncio.Event().wait()
        return httpx2.Response(200, json=AGENCY)

    async def run() -> None:
        async with AsyncRentix(KEY, URL, transport=httpx2.MockTransport(answer)) as client:
            tasks = [asyncio.ensure_future(client.agency.get()) for _ in range(16)]
            await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            held.set()
            assert (await client.agency.get()).name == "Casa"
            assert client._pace._windows["requests"].in_flight == 0

    asyncio.run(run())


def shows(limit: int, remaining: int, reset: int = 60) -> Answer:
    """Return an answer that shows a budget; it is second 0."""
    words = {"limit": limit, "remaining": remaining, "reset": reset}
    return Answer(200, {f"x-ratelimit-{name}": f"{word}" for name, word in words.items()}, b"")


def test_of_answers_that_overtook_each_other_the_lowest_counts() -> None:
    pace = Pace()
    assert [pace.claim("requests", 0), pace.claim("requests", 0)] == [0, 0]
    pace.settle("requests", shows(300, 0), 0, 0)
    pace.settle("requests", shows(300, 1), 0, 0)
    assert pace.claim("requests", 0) == 60


def test_an_answer_of_the_minute_before_is_not_this_one_s() -> None:
    pace = Pace()
    assert [pace.claim("requests", 0), pace.claim("requests", 0)] == [0, 0]
    pace.settle("requests", shows(300, 299, reset=120), 60, 60)
    pace.settle("requests", shows(300, 0, reset=60), 60, 60)
    assert pace.claim("requests", 60) == 0


def test_a_bulk_waits_for_the_budget_of_all_requests_too() -> None:
    pace = Pace()
    for budget in ("requests", "bulk"):
        assert pace.claim(budget, 0) == 0
    pace.settle("requests", shows(300, 5), 0, 0)
    pace.settle("bulk", shows(300, 0), 0, 0)  # not the limit of bulks: the other one is spent
    assert (pace.claim("bulk", 0), pace.claim("requests", 0)) == (60, 60.2)


def test_what_waits_comes_one_after_another() -> None:
    pace = Pace()
    assert pace.claim("bulk", 0) == 0
    pace.settle("bulk", shows(30, 0), 0, 0)
    assert [pace.claim("bulk", 0) for _ in range(3)] == [60, 62, 64]


def test_any_transport_of_httpx2_may_be_put_in() -> None:
    class Away(httpx2.BaseTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            asked.append((request.method, str(request.url)))
            raise httpx2.ConnectError("there is no network", request=request)

    asked: list[tuple[str, str]] = []
    told: list[Wait] = []
    with (
        Rentix(
            KEY, URL, transport=Away(), patience=Patience(2, first_wait_s=0), on_wait=told.append
        ) as client,
        pytest.raises(ConnectionFailed, match="there is no network") as caught,
    ):
        client.agency.get()
    assert not caught.value.reached
    assert asked == [("GET", f"{URL}/api/v1/agency")] * 2
    assert [wait.reason for wait in told] == ["no connection"]


def both(answer: Callable[[httpx2.Request], httpx2.Response]) -> list[object]:
    """Return what either client makes of the same answers."""
    call, transport = get_agency(), httpx2.MockTransport(answer)
    hurry = Patience(3, first_wait_s=0)
    with Rentix(KEY, URL, transport=transport, patience=hurry) as client:
        first = client.send(call)

    async def ask() -> object:
        async with AsyncRentix(KEY, URL, transport=transport, patience=hurry) as client:
            return await client.send(call)

    return [first, asyncio.run(ask())]


def test_both_clients_send_the_same() -> None:
    seen: list[tuple[str, dict[str, str]]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append((str(request.url), dict(request.headers)))
        return httpx2.Response(503 if len(seen) % 2 else 200, json=AGENCY)

    first, second = both(answer)
    assert first == second
    assert len(seen) == 4
    assert all(sent == seen[0] for sent in seen)
    assert seen[0][1]["authorization"] == f"ApiKey {KEY}"
    assert seen[0][1]["user-agent"].startswith("rentix-python/")


def test_a_call_sent_twice_has_one_key() -> None:
    call = bulk_users([])
    assert call.idempotency_key
    assert call.headers["Idempotency-Key"] == call.idempotency_key
    assert bulk_users([]).idempotency_key != call.idempotency_key
