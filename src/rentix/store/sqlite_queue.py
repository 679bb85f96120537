"""The imports that wait, on SQLite: one connection, used by one thread at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rentix.model import Task
from rentix.store.queries import load_queries
from rentix.store.rows import to_task, to_waiting
from rentix.store.sqlite_connections import open_writer, translated

_QUERIES = load_queries("sqlite")


class SqliteQueue:
    """A `store.MediaQueue` beside the store's own writer, which waits for it in a thread."""

    def __init__(self, path: Path) -> None:
        self._connection = open_writer(path)
        self._connection.wal_autocheckpoint(0)  # the store's checkpointer sees to it
        self._lock = threading.Lock()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with translated(), self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _run(self, query: str, **values: Any) -> list[Any]:
        return self._connection.execute(_QUERIES[query], values).fetchall()

    def now_ms(self) -> int:
        """The clock by which holds and due times go."""
        with translated(), self._lock:
            [(now_ms,)] = self._run("clock")
        return int(now_ms)

    def take(self, most: int, now_ms: int, until_ms: int) -> list[Task]:
        """Hold the next `most` imports until then, the agencies in turn; none is held twice."""
        with self._transaction():
            self._run("return_held", now_ms=now_ms)
            rows = self._run("take_tasks", most=most, now_ms=now_ms, until_ms=until_ms)
        return [to_task(row) for row in rows]

    def keep(self, task: Task, until_ms: int) -> bool:
        """Hold one for longer; whether it is still held by who took it."""
        with self._transaction():
            kept = self._run("keep_held", media_id=task.id, token=task.token, until_ms=until_ms)
        return bool(kept)

    def postpone(self, task: Task, due_ms: int, error: str, *, crashed: bool = False) -> None:
        """Let one be tried again, not before `due_ms`; it counts as a try, or as a crash."""
        values = {"due_ms": due_ms, "error": error, "crashes": int(crashed)}
        with self._transaction():
            self._run("postpone", media_id=task.id, token=task.token, **values)

    def give_back(self, task: Task, due_ms: int) -> None:
        """Let others have one that was not brought to an end, from `due_ms` on; it counts not."""
        with self._transaction():
            self._run("give_back", media_id=task.id, token=task.token, due_ms=due_ms)

    def return_all(self) -> None:
        """Let everything be taken that was held: who held it is gone, if nobody else may serve."""
        with self._transaction():
            self._run("return_all")

    def waiting(self) -> dict[str, int]:
        """How many imports are awaited, pending, processing; cheap however many there were."""
        with translated(), self._lock:
            return to_waiting(self._run("count_waiting"))

    def counts(self) -> dict[str, int]:
        """How many imports there are by status."""
        with translated(), self._lock:
            return dict(self._run("count_media"))

    def files_in_use(self) -> set[str]:
        """The names of all files that pictures have."""
        with translated(), self._lock:
            return {name for (name,) in self._run("files_in_use")}

    def claim_sweep(self, now_ms: int, before_ms: int) -> bool:
        """Whether a sweep is due, for the last one began by `before_ms`; then this one begins."""
        with self._transaction():
            return bool(self._run("claim_sweep", now_ms=now_ms, before_ms=before_ms))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
