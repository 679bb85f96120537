"""A pool's holds: kept while it works, given back when it ends, and let go when it fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

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

    def run(self, task: Task) -> None:
        self.begun.append(task.id)
        self.may_end.wait(30)
        if self._failure:
            raise self._failure

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
        assert store.queue.waiting() == {"pending": 1, "processing": 2}
        slow.may_end.set()
        until(lambda: len(slow.begun) == 3)


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
    assert store.queue.waiting() == {"pending": 3, "processing": 0}
    assert {task.holds for task in store.queue.take(9, clock(), clock() + 1)} == {1}


def test_one_that_fails_is_let_go_and_taken_again_later(store: Store, clock: Clock) -> None:
    slow = Slow(RuntimeError("a defect"))
    slow.may_end.set()
    with working(store, slow, clock):
        until(lambda: sorted(slow.begun) == [1, 2, 3])
        clock.ahead_ms += HOLD_MS
        until(lambda: sorted(slow.begun) == [1, 1, 2, 2, 3, 3])
