"""The embedded database: one file, one writer, readers that never wait for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import apsw

from rentix.model import Agency, ApiKey, Change, Job, User
from rentix.store import StoreError, Unavailable, UserFilter
from rentix.store.migrate import migrate_sqlite
from rentix.store.queries import load_queries
from rentix.store.rows import to_agency, to_change, to_job, to_key, to_user
from rentix.store.sqlite_batch import SqliteBatch

_QUERIES = load_queries("users", "ledger", "agencies")
_OLDEST_SAFE = (3, 51, 3)  # below, a race could lose pages of the write-ahead log
_BUSY_TIMEOUT_MS = 5000
_READERS = 4
_KEY_COLUMNS = 6

_PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
_AWAY = (apsw.BusyError, apsw.LockedError, apsw.FullError, apsw.IOError, apsw.CantOpenError)


class SqliteStore:
    """A store in `directory`/rentix.db. The directory is made, readable to its owner only.

    `user` and the other point reads take microseconds and may be called from the event loop;
    `users` and `trial` take a reader of their own and belong in a thread.
    """

    def __init__(self, directory: Path) -> None:
        _check_library()
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = directory / "rentix.db"
        with _translated():
            self._writer = _connect(path, os.O_CREAT)
            migrate_sqlite(self._writer)
            self._reader = _connect(path)
            self._readers: SimpleQueue[apsw.Connection] = SimpleQueue()
            for _ in range(_READERS):
                self._readers.put(_connect(path))

    @contextmanager
    def batch(self) -> Iterator[SqliteBatch]:
        """A write transaction. A batch that saved nothing is rolled back: it costs no sync."""
        with _translated():
            self._writer.execute("BEGIN IMMEDIATE")
            batch = SqliteBatch(self._writer)
            try:
                yield batch
                self._writer.execute("COMMIT" if batch.saved else "ROLLBACK")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def trial(self) -> Iterator[SqliteBatch]:
        """A snapshot; ids given out in it are negative, for they are never stored."""
        with self._borrowed() as reader:
            reader.execute("BEGIN")
            try:
                yield SqliteBatch(reader, trial=True)
            finally:
                reader.execute("ROLLBACK")

    @contextmanager
    def _borrowed(self) -> Iterator[apsw.Connection]:
        reader = self._readers.get()
        try:
            with _translated():
                yield reader
        finally:
            self._readers.put(reader)

    def user(self, agency_id: int, user_id: int) -> User | None:
        """The user of this agency with this id."""
        row = self._row("user_by_id", agency_id, user_id)
        return to_user(row) if row else None

    def user_by_external_id(self, agency_id: int, external_id: str) -> User | None:
        """The user of this agency that holds this external id."""
        row = self._row("user_by_external_id", agency_id, external_id)
        return to_user(row) if row else None

    def users(self, agency_id: int, wanted: UserFilter, after: int, limit: int) -> list[User]:
        """Up to `limit` users with an id above `after`, in order of id."""
        query, values = _page_query(wanted)
        values |= {"agency_id": agency_id, "after": after, "limit": limit}
        with self._borrowed() as reader:
            return [to_user(row) for row in reader.execute(query, values)]

    def job(self, agency_id: int, job_id: int) -> Job | None:
        """The agency's background job with this id."""
        row = self._row("job", agency_id, job_id)
        return to_job(row) if row else None

    def changes(self, agency_id: int, after: int, limit: int) -> list[Change]:
        """Up to `limit` changes of the agency numbered above `after`, in order."""
        with self._borrowed() as reader:
            rows = reader.execute(_QUERIES["changes"], (agency_id, after, limit))
            return [to_change(row) for row in rows]

    def key_and_agency(self, key_id: int) -> tuple[ApiKey, Agency] | None:
        """A key, revoked or not, and the agency that it belongs to."""
        row = self._row("key_and_agency", key_id)
        return (to_key(row[:_KEY_COLUMNS]), to_agency(row[_KEY_COLUMNS:])) if row else None

    def agency(self, agency_id: int) -> Agency | None:
        """The agency with this id."""
        row = self._row("agency", agency_id)
        return to_agency(row) if row else None

    def _row(self, query: str, *values: Any) -> Any:
        with _translated():
            return self._reader.execute(_QUERIES[query], values).fetchone()

    def write(self, query: str, *values: Any) -> list[Any]:
        """One statement of the operator's, in a transaction of its own (`store.agencies`)."""
        with _translated():
            return self._writer.execute(_QUERIES[query], values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Make several `write`s one transaction; inside another, a part of that."""
        with _translated(), self._writer:  # apsw's own: a savepoint, which nests
            yield

    def ping(self) -> None:
        """Raises Unavailable when the database cannot be read."""
        self._row("last_id", "user")

    def close(self) -> None:
        """Close every connection; the last one folds the write-ahead log into the file."""
        for _ in range(_READERS):
            self._readers.get().close()
        self._reader.close()
        self._writer.close()


def _check_library() -> None:
    version = tuple(map(int, apsw.sqlite_lib_version().split(".")))
    if version < _OLDEST_SAFE:
        message = f"SQLite {apsw.sqlite_lib_version()} can lose data; 3.51.3 or later is needed"
        raise StoreError(message)


def _connect(path: Path, create: int = 0) -> apsw.Connection:
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    if not create:
        flags = apsw.SQLITE_OPEN_READONLY
    connection = apsw.Connection(str(path), flags=flags)
    connection.set_busy_timeout(_BUSY_TIMEOUT_MS)
    if create:
        path.chmod(0o600)
        for name, value in _PRAGMAS.items():
            connection.execute(f"PRAGMA {name} = {value}")
            found = connection.execute(f"PRAGMA {name}").get
            if found != value:
                message = f"SQLite did not take PRAGMA {name} = {value}, it is {found}"
                raise StoreError(message)
    return connection


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except _AWAY as error:
        raise Unavailable(type(error).__name__) from error
    except apsw.Error as error:
        raise StoreError(type(error).__name__) from error


def _page_query(wanted: UserFilter) -> tuple[str, dict[str, Any]]:
    conditions: list[str] = []
    values: dict[str, Any] = {}
    for index, word in enumerate(wanted.words):
        conditions.append(f"instr(user.search_key, :word{index}) > 0")
        values[f"word{index}"] = f" {word}"
    if wanted.phone is not None:
        conditions.append("user.phone = :phone")
        values["phone"] = wanted.phone
    if wanted.linked is not None:
        conditions.append(f"user.external_id IS {'NOT ' if wanted.linked else ''}NULL")
    if wanted.status is not None:
        conditions.append("user.status = :status")
        values["status"] = wanted.status
    if wanted.updated_since_ms is not None:
        conditions.append("user.updated_ms >= :since_ms")
        values["since_ms"] = wanted.updated_since_ms
    text = "".join(f" AND {condition}" for condition in conditions)
    return _QUERIES["user_page"].replace("{conditions}", text), values
