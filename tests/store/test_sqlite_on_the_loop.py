"""On the event loop nothing waits in SQLite: not for another process, and not for a slow disk."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import apsw
import pytest

from rentix.model import Agency
from rentix.operations import Answer, Caller, Patch, PutUser, Request
from rentix.rules.phones import read_phones
from rentix.store.agencies import create_agency
from rentix.store.sqlite import SqliteStore
from rentix.store.sqlite_checkpoints import Checkpointer
from rentix.store.sqlite_connections import _BUSY_TIMEOUT_MS, FILE_NAME, open_writer
from rentix.store.strands import run_strand
from rentix.writer import commit
from tests.service import operated

PHONE = read_phones("+37369123456", "MD").phone


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path)
    operated(store, create_agency, Agency(id=0, name="Casa Test"), 0)
    yield store
    store.close()


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[apsw.Connection]:
    writer = open_writer(tmp_path / "a.db")
    writer.execute("CREATE TABLE a (n INTEGER PRIMARY KEY)")
    yield writer
    writer.close()


class Connection:
    """A connection that notes in which thread a transaction begins, and how long it may wait."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._timeout_ms = _BUSY_TIMEOUT_MS
        self.waits: list[tuple[int, int]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def set_busy_timeout(self, milliseconds: int) -> None:
        self._timeout_ms = milliseconds
        self._connection.set_busy_timeout(milliseconds)

    def execute(self, statement: str, *values: Any) -> Any:
        if statement == "BEGIN IMMEDIATE":
            self.waits.append((threading.get_ident(), self._timeout_ms))
        return self._connection.execute(statement, *values)


def test_the_loop_goes_on_while_an_operator_writes_and_the_batch_is_written_after(
    store: SqliteStore, tmp_path: Path
) -> None:
    put = PutUser(external_id="crm-1", patch=Patch(name="Ana", phone=PHONE))
    request = Request(caller=Caller(1), operations=(put,))
    operator = open_writer(tmp_path / FILE_NAME)
    connection: Any = Connection(store._writer)
    store._writer = connection

    async def write_beside_the_operator() -> None:
        operator.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(run_strand(partial(commit, store, [request], 0)))
        await asyncio.sleep(0)
        assert not writing.done()
        operator.execute("COMMIT")
        [ending] = await writing
        assert isinstance(ending, Answer)

    asyncio.run(write_beside_the_operator())
    operator.close()
    assert [wait for thread, wait in connection.waits if thread == threading.get_ident()] == [0]
    assert len(connection.waits) > 1
    assert store.find_users([(1, "crm-1")])[0] is not None


@pytest.mark.parametrize(("seconds", "brief"), [(0.0002, True), (0.008, False)])
def test_commits_of_a_slow_disk_go_to_a_thread(
    tmp_path: Path, writer: apsw.Connection, seconds: float, *, brief: bool
) -> None:
    times = (number * seconds for number in count())
    checkpointer = Checkpointer(tmp_path / "a.db", writer, lambda: next(times))
    for number in range(3):
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO a VALUES (?)", (number,))
        checkpointer.commit()
    checkpointer.close()
    assert checkpointer.is_brief is brief


def test_an_operator_waits_for_whoever_writes(store: SqliteStore, tmp_path: Path) -> None:
    other = open_writer(tmp_path / FILE_NAME)
    other.execute("BEGIN IMMEDIATE")
    ending = threading.Timer(0.05, other.execute, ["COMMIT"])
    ending.start()
    operated(store, create_agency, Agency(id=0, name="Casa Nouă"), 0)
    ending.join()
    other.close()
    assert store.agency(2) is not None
