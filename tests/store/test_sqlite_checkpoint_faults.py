"""Readers in the way of a checkpoint, and checkpoints that fail: no request feels them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest

from rentix.model import Agency
from rentix.operations import Answer, Caller, Patch, PutUser, Request
from rentix.rules.phones import read_phones
from rentix.store.agencies import create_agency
from rentix.store.sqlite import SqliteStore
from rentix.store.sqlite_connections import _BUSY_TIMEOUT_MS, FILE_NAME, open_reader
from rentix.writer import commit
from tests.service import operated

PHONE = read_phones("+37369123456", "MD").phone


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path)
    operated(store, create_agency, Agency(id=0, name="Casa Test"), 0)
    yield store
    store.close()


class Connection:
    """A connection whose checkpoints fail, or are told with how long they may wait."""

    def __init__(self, connection: apsw.Connection, failure: Exception | None = None) -> None:
        self._connection = connection
        self._failure = failure
        self._timeout_ms = _BUSY_TIMEOUT_MS
        self.waits_ms: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def set_busy_timeout(self, milliseconds: int) -> None:
        self._timeout_ms = milliseconds
        self._connection.set_busy_timeout(milliseconds)

    def wal_checkpoint(self, **named: Any) -> tuple[int, int]:
        self.waits_ms.append(self._timeout_ms)
        if self._failure:
            raise self._failure
        return self._connection.wal_checkpoint(**named)


def write(store: SqliteStore, name: str = "Ana") -> None:
    put = PutUser(external_id="crm-1", patch=Patch(name=name, phone=PHONE))
    [ending] = commit(store, [Request(caller=Caller(1), operations=(put,))], 0)
    assert isinstance(ending, Answer)


def test_while_a_reader_needs_the_log_it_is_not_begun_anew(
    store: SqliteStore, tmp_path: Path
) -> None:
    with closing(open_reader(tmp_path / FILE_NAME)) as reader:
        reader.execute("BEGIN").execute("SELECT * FROM agency").fetchall()
        write(store)
        store._checkpointer.copy()
        assert not store._checkpointer._copied
    store._checkpointer.copy()
    assert store._checkpointer._copied


def test_no_commit_waits_for_a_reader(store: SqliteStore) -> None:
    write(store)
    store._checkpointer._writer = writer = Connection(store._writer)  # type: ignore[assignment]
    store._checkpointer.copy()
    write(store, "Ion")
    assert writer.waits_ms == [0]
    assert writer._timeout_ms == _BUSY_TIMEOUT_MS


@pytest.mark.parametrize("failure", [apsw.IOError, apsw.FullError, apsw.CorruptError])
def test_a_checkpoint_that_fails_after_a_commit_fails_no_request(
    store: SqliteStore, failure: type[Exception]
) -> None:
    write(store)
    store._checkpointer._writer = Connection(store._writer, failure())  # type: ignore[assignment]
    store._checkpointer.copy()
    write(store, "Ion")
    user = store.find_users([(1, "crm-1")])[0]
    assert user
    assert user.name == "Ion"


def test_a_checkpoint_that_fails_is_tried_again(store: SqliteStore) -> None:
    write(store)
    checkpointer, sound = store._checkpointer, store._checkpointer._connection
    checkpointer._connection = Connection(sound, apsw.IOError())  # type: ignore[assignment]
    checkpointer.copy()
    assert not checkpointer._copied
    checkpointer._connection = sound
    checkpointer.copy()
    assert checkpointer._copied


def test_a_log_that_readers_made_long_shrinks(store: SqliteStore) -> None:
    assert store._writer.execute("PRAGMA journal_size_limit").get == 128 * 1024 * 1024
