"""Connections to PostgreSQL: a pool, transactions for named agencies, and errors in our words."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg import errors
from psycopg_pool import ConnectionPool, PoolTimeout

from rentix.store import Conflict, StoreError, Unavailable
from rentix.store.postgres_trips import Connection, Row, Sent, Trips
from rentix.store.queries import load_queries
from rentix.store.strands import make_blocking_call

QUERIES = load_queries("postgres")


_BORROW_TIMEOUT_S = 2.0  # all connections busy for this long: 503 rather than a queue
_HELD = 6
_AT_HAND_S = 0.0005  # with 0 the pool gives none at all
_CONNECTING: dict[str, Any] = {
    "autocommit": True,  # BEGIN and COMMIT are sent with the statements beside them
    "connect_timeout": 3,
    "tcp_user_timeout": 10_000,  # a network that swallows packets is an error, not a wait
    "application_name": "rentix",
}
_RACES = (errors.UniqueViolation, errors.SerializationFailure, errors.DeadlockDetected)
_AWAY = (
    psycopg.OperationalError,
    errors.ReadOnlySqlTransaction,  # a standby: the primary has moved
    errors.IdleInTransactionSessionTimeout,
    errors.TransactionTimeout,
)


def connect(url: str) -> psycopg.Connection[Row]:
    """A connection of one's own, for a command or a first look.

    Raises:
        Unavailable: the server cannot be reached or refuses us; the message says what it said.
        StoreError: the address makes no sense.
    """
    try:
        return psycopg.connect(url, connect_timeout=3)
    except psycopg.OperationalError as error:
        # It names host, port and user, never the password.
        raise Unavailable(" ".join(str(error).split())) from error
    except psycopg.Error as error:  # this one quotes the address
        message = "its address is not like postgresql://user:password@host:5432/database"
        raise StoreError(message) from error


class Connections:
    """Up to `size` connections to `url`, made when they are needed.

    Nothing is kept in a session, so that a pooler may hand each transaction to another one.
    """

    def __init__(self, url: str, size: int) -> None:
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            url,
            connection_class=Connection,
            min_size=1,
            max_size=size,
            timeout=_BORROW_TIMEOUT_S,
            reconnect_timeout=_BORROW_TIMEOUT_S,
            kwargs=_CONNECTING,
            configure=_choose_preparing,
            open=False,
        )
        self._pool.open()
        # Asking the pool costs as much as a statement does: a few connections stay out of it.
        self._at_hand: deque[Connection] = deque()

    @contextmanager
    def transaction(self, agencies: Collection[int], begin: str = "BEGIN") -> Iterator[Transaction]:
        """A transaction that sees the rows of `agencies` and no others.

        Committed at the end unless it was before, rolled back on an exception. Statements wait
        until the rows of one are asked for, or the end, and travel together: a transaction of
        statements that don't depend on each other is one trip.

        Raises:
            Unavailable, Conflict, StoreError
        """
        with translated():
            connection = self._borrow()
            transaction = Transaction(connection.trips)
            try:
                transaction.run(begin)
                transaction.enter(agencies)
                yield transaction
                transaction.commit()
            finally:
                self._give_back(connection)

    def _borrow(self) -> Connection:
        while (connection := self._take()).is_left:
            # The database was started anew, perhaps: then no old connection is good.
            self._drop(connection)
            while self._at_hand:
                self._drop(self._at_hand.pop())
            self._pool.drain()
        return connection

    def _take(self) -> Connection:
        with suppress(IndexError):
            return self._at_hand.pop()
        try:
            return self._pool.getconn(timeout=_AT_HAND_S)
        except PoolTimeout:
            return make_blocking_call(self._pool.getconn)

    def _give_back(self, connection: Connection) -> None:
        connection.trips.end()
        if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            self._drop(connection)
        elif len(self._at_hand) < _HELD:
            self._at_hand.append(connection)
        else:
            self._pool.putconn(connection)

    def _drop(self, connection: Connection) -> None:
        connection.close()
        self._pool.putconn(connection)

    def close(self) -> None:
        """Close every connection."""
        while self._at_hand:
            self._pool.putconn(self._at_hand.pop())
        self._pool.close()


class Transaction:
    """Queries in a transaction that has begun."""

    def __init__(self, trips: Trips) -> None:
        self._trips = trips
        self._ended = False

    def rows(self, query: str, values: Any = None) -> list[Row]:
        """What one named query gives."""
        return self.start(query, values).fetchall()

    def start(self, query: str, values: Any = None) -> Sent:
        """Queue one named query; what waits travels when the first rows are fetched."""
        return self._trips.queue(QUERIES[query], values, name=query)

    def run(self, query: str, values: Any = None) -> Sent:
        """Queue a query that has no name."""
        return self._trips.queue(query, values)

    def start_keyed(
        self, query: str, keys: Collection[tuple[int, Any]], **more: int
    ) -> Sent | None:
        """Queue a query for rows by (agency, key), unless there is no key."""
        return self.start(query, {"wanted": list(keys), **more}) if keys else None

    def enter(self, agencies: Collection[int]) -> None:
        """See the rows of these agencies from here on."""
        self.start("enter", {"agencies": array(agencies)})

    def commit(self) -> None:
        """End it, with what waits, in one trip."""
        if not self._ended:
            self._ended = True
            self.run("COMMIT")
            self._trips.sync()


def fetched(sent: Sent | None) -> list[Row]:
    """The rows of what `start_keyed` gave."""
    return [] if sent is None else sent.fetchall()


def array(numbers: Collection[int]) -> str:
    """Numbers as PostgreSQL writes an array."""
    return "{" + ",".join(map(str, numbers)) + "}"


def _choose_preparing(connection: Connection) -> None:
    # A pooler between us and the server makes up the process id that it tells. Behind one, the
    # next transaction may meet a server that has not prepared our statement.
    [(pid,)] = connection.execute("SELECT pg_backend_pid()").fetchall()
    connection.prepares = pid == connection.info.backend_pid


@contextmanager
def translated() -> Iterator[None]:
    """Errors of the driver in our words, without theirs: those may quote a row."""
    try:
        yield
    except _RACES as error:
        raise Conflict(_name(error)) from error
    except PoolTimeout as error:
        raise Unavailable("every connection to the database is busy, or it is away") from error
    except _AWAY as error:
        raise Unavailable(_name(error)) from error
    except psycopg.Error as error:
        raise StoreError(_name(error)) from error


def _name(error: psycopg.Error) -> str:
    return f"{type(error).__name__} ({error.sqlstate or 'no connection'})"
