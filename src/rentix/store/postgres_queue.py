"""The imports that wait, on PostgreSQL: any number of workers take them, none twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rentix.model import Task
from rentix.store.postgres_connections import Connections, Transaction
from rentix.store.rows import to_task, to_waiting


class PostgresQueue:
    """A `store.MediaQueue`; what it sees of the database is this table alone."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    @contextmanager
    def _transaction(self) -> Iterator[Transaction]:
        with self._connections.transaction(()) as transaction:
            transaction.start("open_queue")
            yield transaction

    def now_ms(self) -> int:
        """The clock by which holds and due times go: the database's, as workers' own may differ."""
        with self._connections.transaction(()) as transaction:
            [(now_ms,)] = transaction.rows("clock")
        return int(now_ms)

    def take(self, most: int, now_ms: int, until_ms: int) -> list[Task]:
        """Hold the next `most` imports until then, the agencies in turn; none is held twice."""
        with self._transaction() as transaction:
            transaction.start("return_held", {"now_ms": now_ms})
            values = {"most": most, "now_ms": now_ms, "until_ms": until_ms}
            return [to_task(row) for row in transaction.rows("take_tasks", values)]

    def keep(self, task: Task, until_ms: int) -> bool:
        """Hold one for longer; whether it is still held by who took it."""
        with self._transaction() as transaction:
            values = {"media_id": task.id, "token": task.token, "until_ms": until_ms}
            return bool(transaction.rows("keep_held", values))

    def postpone(self, task: Task, due_ms: int, error: str, *, crashed: bool = False) -> None:
        """Let one be tried again, not before `due_ms`; it counts as a try, or as a crash."""
        values = {"due_ms": due_ms, "error": error, "crashes": int(crashed)}
        with self._transaction() as transaction:
            transaction.start("postpone", {"media_id": task.id, "token": task.token, **values})

    def give_back(self, task: Task, due_ms: int) -> None:
        """Let others have one that was not brought to an end, from `due_ms` on; it counts not."""
        values = {"media_id": task.id, "token": task.token, "due_ms": due_ms}
        with self._transaction() as transaction:
            transaction.start("give_back", values)

    def waiting(self) -> dict[str, int]:
        """How many imports are awaited, pending, processing; cheap however many there were."""
        with self._transaction() as transaction:
            return to_waiting(transaction.rows("count_waiting"))

    def counts(self) -> dict[str, int]:
        """How many imports there are by status."""
        with self._transaction() as transaction:
            return dict(transaction.rows("count_media"))

    def files_in_use(self) -> set[str]:
        """The names of all files that pictures have."""
        with self._transaction() as transaction:
            return {name for (name,) in transaction.rows("files_in_use")}

    def claim_sweep(self, now_ms: int, before_ms: int) -> bool:
        """Whether a sweep is due, for the last one began by `before_ms`; then this one begins."""
        with self._transaction() as transaction:
            values = {"now_ms": now_ms, "before_ms": before_ms}
            return bool(transaction.rows("claim_sweep", values))
