"""Group commit: all of a batch, each on its own, in turn, and only after the commit."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from rentix.decide.working_set import Effects
from rentix.model import Agency
from rentix.operations import Answer, Caller, Patch, PutUser, Request
from rentix.rules.phones import read_phones
from rentix.store import StoreError, Unavailable
from rentix.store.agencies import create_agency
from rentix.store.sqlite import SqliteStore
from rentix.store.sqlite_batch import SqliteBatch
from rentix.writer import (
    QUEUE_OPERATIONS,
    Closed,
    Ending,
    Overloaded,
    Writer,
    commit,
)
from rentix.writer.runners import BRIEF_OPERATIONS
from rentix.writer.waiting import Queue, Waiting
from tests.service import operated

Loop = asyncio.AbstractEventLoop | None
PHONE = read_phones("+37369123456", "MD").phone


def put(external_id: str, agency_id: int = 1, times: int = 1) -> Request:
    operation = PutUser(external_id=external_id, patch=Patch(name="Ana", phone=PHONE))
    return Request(caller=Caller(agency_id), operations=(operation,) * times)


class Faulty(SqliteStore):
    """Refuses to save a user with the external id `bad`."""

    error: Exception = StoreError("refused")
    batches = 0

    @contextmanager
    def batch(self, agencies: Collection[int], *, wait: bool = True) -> Iterator[SqliteBatch]:
        self.batches += 1
        with super().batch(agencies, wait=wait) as batch:
            save = batch.save

            def save_or_refuse(effects: Effects, now_ms: int) -> None:
                save(effects, now_ms)
                if any(user.external_id == "bad" for user in effects.users.values()):
                    raise self.error

            batch.save = save_or_refuse  # type: ignore[method-assign]
            yield batch


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Faulty]:
    store = Faulty(tmp_path / "data")
    operated(store, create_agency, Agency(id=0, name="Casa Test"), 0)
    yield store
    store.close()


@pytest.mark.parametrize("error", [StoreError("refused"), TypeError("a defect")])
def test_nobody_pays_for_a_neighbours_error(store: Faulty, error: Exception) -> None:
    store.error = error
    good, bad, other = commit(store, [put("a"), put("bad"), put("b")], 0)
    assert isinstance(good, Answer)
    assert isinstance(other, Answer)
    assert bad is error
    assert [change.seq for change in store.changes(1, 0, 10)] == [1, 2]
    assert store.find_users([(1, "bad")])[0] is None


def test_a_database_that_is_away_is_asked_once(store: Faulty) -> None:
    store.error = Unavailable("locked")
    assert commit(store, [put("a"), put("bad"), put("b")], 0) == [store.error] * 3
    assert store.batches == 1


def test_an_answer_comes_after_its_commit(store: Faulty, loop: Loop) -> None:
    found: list[bool] = []
    delivered = threading.Event()

    def deliver(endings: list[tuple[object, Ending]]) -> None:
        found.extend(store.find_users([(1, str(done))])[0] is not None for done, _ in endings)
        delivered.set()

    writer = Writer(store, lambda: 0, deliver)
    writer.start(loop)
    writer.submit(put("a"), "a")
    assert delivered.wait(10)
    writer.close()
    assert found == [True]


@pytest.mark.parametrize("times", [1, BRIEF_OPERATIONS + 1])
def test_a_failure_is_delivered_and_the_writer_goes_on(
    store: Faulty, loop: Loop, times: int
) -> None:
    store.error = TypeError("a defect")
    delivered: SimpleQueue[list[tuple[object, Ending]]] = SimpleQueue()
    writer = Writer(store, lambda: 0, delivered.put)
    writer.start(loop)
    writer.submit(put("bad", times=times), "bad")
    assert delivered.get(timeout=10) == [("bad", store.error)]
    writer.submit(put("good", times=times), "good")
    [(done, ending)] = delivered.get(timeout=10)
    assert (done, type(ending)) == ("good", Answer)
    writer.close()


def test_a_lane_outlives_whoever_takes_its_answers(store: Faulty, loop: Loop) -> None:
    delivered: SimpleQueue[object] = SimpleQueue()

    def deliver(endings: list[tuple[object, Ending]]) -> None:
        [(done, _)] = endings
        delivered.put(done)
        if done == "first":
            raise RuntimeError("a defect of who takes them")

    writer = Writer(store, lambda: 0, deliver)
    writer.start(loop)
    for name in ("first", "second"):
        writer.submit(put(name), name)
        assert delivered.get(timeout=10) == name
    writer.close()


def test_closing_writes_what_waits(store: Faulty, loop: Loop) -> None:
    done: list[Any] = []
    writer = Writer(store, lambda: 0, done.extend)
    for external_id in "abc":
        writer.submit(put(external_id), external_id)
    assert writer.backlog == 3
    writer.start(loop)
    writer.close()
    assert [name for name, _ in done] == ["a", "b", "c"]
    with pytest.raises(Closed):
        writer.submit(put("d"), "d")


def test_too_much_is_refused_at_once(store: Faulty) -> None:
    writer = Writer(store, lambda: 0, lambda _: None)
    for _ in range(QUEUE_OPERATIONS // 1000):
        writer.submit(put("a", times=1000), None)
    with pytest.raises(Overloaded):
        writer.submit(put("a"), None)


def test_a_busy_agency_does_not_delay_another() -> None:
    queue = Queue()
    for number in range(50):
        queue.put(Waiting(put("a", agency_id=1, times=100), number, 100))
    queue.put(Waiting(put("b", agency_id=2), "other", 1))
    first = queue.take()
    assert [waiting.done for waiting in first] == [0, "other", 1]
    assert queue.take() == [], "an agency is in one batch at a time"
    queue.release(first)
    assert [waiting.done for waiting in queue.take()] == [2, 3]
    assert queue.operations == 4600
