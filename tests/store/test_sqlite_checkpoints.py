"""The write-ahead log stays short, and its thread ends when the store is closed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from rentix.store import sqlite_checkpoints
from rentix.store.sqlite_checkpoints import Checkpointer
from rentix.store.sqlite_connections import open_writer

COMMITS_MAX = 20_000


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[apsw.Connection]:
    writer = open_writer(tmp_path / "a.db")
    writer.execute("CREATE TABLE a (n INTEGER PRIMARY KEY, text TEXT)")
    yield writer
    writer.close()


def write(writer: apsw.Connection, checkpointer: Checkpointer, number: int) -> None:
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("INSERT INTO a VALUES (?, ?)", (number, "x" * 3000))
    checkpointer.commit()


def test_a_long_log_begins_anew_and_nothing_is_lost(
    tmp_path: Path, writer: apsw.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_checkpoints, "_LOG_PAGES", 50)
    checkpointer = Checkpointer(tmp_path / "a.db", writer)
    log, reached, written = tmp_path / "a.db-wal", 0, 0
    while log.stat().st_size > reached and written < COMMITS_MAX:  # until it is written over
        reached = log.stat().st_size
        for _ in range(50):
            write(writer, checkpointer, written)
            written += 1
    checkpointer.close()
    assert written < COMMITS_MAX
    reader = apsw.Connection(str(tmp_path / "a.db"), flags=apsw.SQLITE_OPEN_READONLY)
    assert reader.execute("SELECT count(*), max(n) FROM a").fetchone() == (written, written - 1)
    assert reader.execute("PRAGMA integrity_check").get == "ok"
    reader.close()


@pytest.mark.slow
def test_the_thread_ends_though_it_was_told_in_the_middle_of_its_work(
    tmp_path: Path, writer: apsw.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_checkpoints, "_LOG_PAGES", 1)
    checkpointer = Checkpointer(tmp_path / "a.db", writer)

    def tell_the_end(*_: object) -> None:
        checkpointer._closing = True
        checkpointer._due.set()

    monkeypatch.setattr(checkpointer, "_checkpoint", tell_the_end)
    write(writer, checkpointer, 1)
    checkpointer._thread.join(10)
    assert not checkpointer._thread.is_alive()
    checkpointer.close()
