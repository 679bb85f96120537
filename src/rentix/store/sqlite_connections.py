"""Connections to an SQLite file: how they are opened, and errors in our words."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from rentix.store import StoreError, Unavailable

FILE_NAME = "rentix.db"

_OLDEST_SAFE = (3, 51, 3)  # below, a race could lose pages of the write-ahead log
_BUSY_TIMEOUT_MS = 5000
_CACHE_KIB = 16 * 1024
_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "journal_size_limit": 128 * 1024 * 1024,  # what a log that readers made long shrinks to
}
_AWAY = (apsw.BusyError, apsw.LockedError, apsw.FullError, apsw.IOError, apsw.CantOpenError)


def check_library() -> None:
    """Raises StoreError when the SQLite at hand is one that can lose data."""
    version = tuple(map(int, apsw.sqlite_lib_version().split(".")))
    if version < _OLDEST_SAFE:
        message = f"SQLite {apsw.sqlite_lib_version()} can lose data; 3.51.3 or later is needed"
        raise StoreError(message)


def open_writer(path: Path) -> apsw.Connection:
    """A connection that writes, durably; the file is made when it is not there."""
    connection = _open(path, apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE)
    path.chmod(0o600)
    for name, value in _PRAGMAS.items():
        _set_pragma(connection, f"PRAGMA {name} = {value}")
        found = connection.execute(f"PRAGMA {name}").get
        if found != value:
            message = f"SQLite did not take PRAGMA {name} = {value}, it is {found}"
            raise StoreError(message)
    return connection


def open_reader(path: Path) -> apsw.Connection:
    """A connection that only reads a file that is there."""
    return _open(path, apsw.SQLITE_OPEN_READONLY)


def _open(path: Path, flags: int) -> apsw.Connection:
    connection = apsw.Connection(str(path), flags=flags)
    wait_when_busy(connection)
    # Else a join is planned anew whenever it is bound to other values, at ten times its cost.
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    return connection


def wait_when_busy(connection: apsw.Connection) -> None:
    """Let a statement wait for another's lock, for seconds."""
    connection.set_busy_timeout(_BUSY_TIMEOUT_MS)


def enlarge_cache(connection: apsw.Connection) -> None:
    """Keep the upper pages of every tree at hand, however many agents there are."""
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")


def _set_pragma(connection: apsw.Connection, pragma: str) -> None:
    # The switch to WAL takes a lock that the busy timeout does not wait for.
    deadline = time.monotonic() + _BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute(pragma)
        except apsw.BusyError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.005)  # another opens it; SQLite does not wait for this by itself
        else:
            return


@contextmanager
def translated() -> Iterator[None]:
    """Errors of the driver in our words."""
    try:
        yield
    except apsw.Error as error:
        raise translate(error) from error


def translate(error: apsw.Error) -> StoreError:
    """Say in our words what the driver says, without its own: those may quote a row."""
    kind = Unavailable if isinstance(error, _AWAY) else StoreError
    return kind(type(error).__name__)
