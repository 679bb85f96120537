"""A pool's holds: kept while it works, given back when it ends, and let go when it fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from rentix.model import Task
from rentix.store import Store
from rentix.worker import Pool
from tests.service import Clock
from tests.worker.studio import until
from tests.worker.test_queue import new_agency, put

HOLD_MS = 60_000


class Slow:
    """An importer that takes its time, until a test lets it go on."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.begun: list[int] = []
        self.may_end = threading.Event()
        self._failure = failure

    def run(self, task: Task) -> bool:
        self.begun.append(task.id)
        self.may_end.wait(30)
        if self._failure:
            raise self._failure
        return True

    def close(self) -> None:
        self.may_end.set()


@contextmanager
def working(store: Store, slow: Slow, clock: Clock) -> Iterator[Pool]:
    pool = Pool(store.queue, slow, clock, at_once=2, hold_ms=HOLD_MS)
    pool.start()
    try:
        yield pool
    finally:
        pool.close(patience_s=0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def pictures(store: Store) -> None:
    agency_id = new_agency(store)
    for number in range(3):
        put(store, agency_id, str(number))


def test_some_are_imported_at_a_time(store: Store, clock: Clock) -> None:
    slow = Slow()
    with working(store, slow, clock):
        until(lambda: len(slow.begun) == 2)
        assert store.queue.waiting() == {"awaited": 0, "pending": 1, "processing": 2}
        slow.may_end.set()
        until(lambda: len(slow.begun) == 3)


@pytest.mark.slow
def test_what_is_worked_on_stays_held(store: Store, clock: Clock) -> None:
    slow = Slow()
    with working(store, slow, clock) as pool:
        until(lambda: len(slow.begun) == 2)
        taken = dict(pool._held)
        clock.ahead_ms += HOLD_MS * 2 // 3
        until(lambda: all(pool._held[n].until_ms > task.until_ms for n, task in taken.items()))
        clock.ahead_ms += HOLD_MS * 2 // 3
        until(lambda: all(pool._held[n].until_ms > clock() + HOLD_MS // 2 for n in taken))
        assert [task.id for task in store.queue.take(9, clock(), clock() + 1)] == [3]


def test_what_has_not_come_to_its_end_is_given_back(store: Store, clock: Clock) -> None:
    slow = Slow()
    with working(store, slow, clock):
        until(lambda: len(slow.begun) == 2)
    assert store.queue.waiting() == {"awaited": 0, "pending": 3, "processing": 0}
    assert {task.holds for task in store.queue.take(9, clock(), clock() + 1)} == {1}


@pytest.mark.slow
def test_one_that_fails_is_let_go_and_taken_again_later(store: Store, clock: Clock) -> None:
    slow = Slow(RuntimeError("a defect"))
    slow.may_end.set()
    with working(store, slow, clock):
        until(lambda: sorted(slow.begun) == [1, 2, 3])
        clock.ahead_ms += HOLD_MS
        until(lambda: sorted(slow.begun) == [1, 1, 2, 2, 3, 3])


class Failing:
    """A queue that fails in a way that nobody foresaw, as often as `failures` says."""

    def __init__(self, store: Store, failures: int) -> None:
        self._queue = store.queue
        self._failures = failures

    def __getattr__(self, name: str) -> Any:
        if name == "take" and self._failures:
            self._failures -= 1
            raise RuntimeError("a defect")
        return getattr(self._queue, name)


@pytest.mark.slow
def test_whatever_goes_wrong_imports_go_on(store: Store, clock: Clock) -> None:
    slow = Slow()
    failing: Any = Failing(store, failures=2)
    pool = Pool(failing, slow, clock, at_once=2)
    pool.start()
    until(lambda: len(slow.begun) == 2)
    assert pool.is_working
    pool.close(patience_s=0)


@pytest.mark.slow
def test_what_finds_no_thread_is_given_back(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, start, failures = Slow(), threading.Thread.start, [1, 2, 3]

    def start_now_and_then(thread: threading.Thread) -> None:
        if thread.name == "import" and failures:
            failures.pop()
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_now_and_then)
    with working(store, slow, clock):
        until(lambda: len(slow.begun) == 2)
        assert store.queue.waiting() == {"awaited": 0, "pending": 1, "processing": 2}
    assert {task.holds for task in store.queue.take(9, clock(), clock() + 1)} == {1}


@pytest.mark.slow
def test_a_hold_that_was_lost_is_let_go_but_its_thread_still_counts(
    store: Store, clock: Clock
) -> None:
    slow = Slow()
    with working(store, slow, clock) as pool:
        until(lambda: len(slow.begun) == 2)
        later_ms = clock() + HOLD_MS + 1000
        others = store.queue.take(9, later_ms, later_ms + 10 * HOLD_MS)
        assert len(others) == 3
        clock.ahead_ms += HOLD_MS * 2 // 3
        until(lambda: not pool._held)
        assert len(slow.begun) == 2
    assert store.queue.waiting() == {"awaited": 0, "pending": 0, "processing": 3}


def test_one_that_is_taken_again_is_not_let_go_by_who_had_it_before(
    store: Store, clock: Clock
) -> None:
    first, second = (
        Task(id=1, agency_id=1, user_id=None, url="", token=n, holds=1, tries=0, until_ms=0)
        for n in (1, 2)
    )
    pool = Pool(store.queue, Slow(), clock)
    pool._held = {(1, 1): first, (1, 2): second}
    pool._let_go(first)
    assert pool._held == {(1, 2): second}
