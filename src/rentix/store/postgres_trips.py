"""Statements that travel together: queued, sent in one go, their rows fetched when wanted.

psycopg's own pipeline waits for the socket at each statement, and a wait gives up the interpreter
to other threads. This is libpq's pipeline mode by psycopg's `pq`, with one wait a trip.
"""

from __future__ import annotations

import select
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any

import psycopg
from psycopg import errors
from psycopg.adapt import Transformer
from psycopg.pq import DiagnosticField, ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGresult

from rentix.store.postgres_text import dump, numbered
from rentix.store.strands import wait_for_socket

Row = tuple[Any, ...]


class Connection(psycopg.Connection[Row]):
    """A connection that knows which statements its server has prepared."""

    prepares = False
    """Whether it may: not behind a pooler, where the next transaction may meet another server."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.prepared: set[bytes] = set()
        self._poll = select.poll()
        self._poll.register(self.pgconn.socket, select.POLLIN)

    @cached_property
    def trips(self) -> Trips:
        """The way to ask from now on; psycopg's own statements are over."""
        return Trips(self)

    @property
    def is_left(self) -> bool:
        """Whether the server has closed it while idle, or said something before it does."""
        return bool(self._poll.poll(0))


class Sent:
    """A statement on its way."""

    def __init__(self, trips: Trips, preparing: bytes | None = None) -> None:
        self._trips = trips
        self.preparing = preparing
        self.result: PGresult | None = None

    def fetchall(self) -> list[Row]:
        """Its rows, none for a statement that gives none.

        Raises:
            psycopg.Error: it failed, or one that was sent before it.
        """
        if self.result is None:
            self._trips.fetch()
        assert self.result is not None  # noqa: S101 - fetched, or an error was raised
        return self._trips.load(self.result)


class Trips:
    """A connection in pipeline mode, one transaction after another."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._pgconn = connection.pgconn
        self._owed: deque[Sent | None] = deque()  # None is a sync
        self._underway: set[bytes] = set()
        self._failure: psycopg.Error | None = None
        self._synced = True
        self._transformer = Transformer.from_context(connection)
        self._pgconn.enter_pipeline_mode()

    def queue(self, query: str, values: Any = None, *, name: str | None = None) -> Sent:
        """Queue a query (with psycopg's placeholders); one with a name is prepared at first."""
        spelled, wanted = numbered(query)
        chosen: Sequence[Any] = values or () if wanted is None else [values[key] for key in wanted]
        parameters = [dump(value) for value in chosen]
        if name is None or not self._connection.prepares:
            self._pgconn.send_query_params(spelled, parameters, result_format=Format.BINARY)
        else:
            known = name.encode()
            if known not in self._connection.prepared and known not in self._underway:
                self._pgconn.send_prepare(known, spelled)
                self._underway.add(known)
                self._owed.append(Sent(self, known))
            self._pgconn.send_query_prepared(known, parameters, result_format=Format.BINARY)
        sent = Sent(self)
        self._owed.append(sent)
        self._synced = False
        return sent

    def fetch(self) -> None:
        """Send what waits, and take all results; raise the first failure."""
        if self._owed:
            self._pgconn.send_flush_request()
            self._exchange()
        self._raise()

    def sync(self) -> None:
        """As `fetch`; the server is then ready to begin anew, whatever has failed."""
        self._synced = True
        self._pgconn.pipeline_sync()
        self._owed.append(None)
        self._exchange()
        self._raise()

    def end(self) -> None:
        """Be ready for another transaction: roll back what was not committed."""
        self._underway.clear()
        if not self._synced:
            self._settle()
        if self._pgconn.transaction_status in (
            TransactionStatus.INTRANS,
            TransactionStatus.INERROR,
        ):
            self.queue("ROLLBACK")
            self._settle()

    def _settle(self) -> None:
        with suppress(psycopg.Error):  # what matters of it was raised before
            self.sync()

    def load(self, result: PGresult) -> list[Row]:
        """The rows of a result."""
        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, result.ntuples, tuple)

    def _raise(self) -> None:
        failure, self._failure = self._failure, None
        if failure:
            raise failure

    def _exchange(self) -> None:
        pgconn = self._pgconn
        unsent = pgconn.flush()
        nothing = 0
        while self._owed:
            # A result is asked for only when it is there: libpq would wait, and everybody with it.
            while pgconn.is_busy():
                wait_for_socket(pgconn.socket, sending=bool(unsent))
                pgconn.consume_input()
                unsent = unsent and pgconn.flush()
            result = pgconn.get_result()
            # Between the results of two statements there is a None; two of them are the end.
            nothing = nothing + 1 if result is None else 0
            if nothing > 1:
                raise psycopg.OperationalError("the connection is lost")
            if result is not None:
                self._take(result)

    def _take(self, result: PGresult) -> None:
        sent = self._owed.popleft()
        if sent is None:
            return
        sent.result = result
        if result.status == ExecStatus.FATAL_ERROR:
            self._failure = self._failure or _error(result)
        elif result.status != ExecStatus.PIPELINE_ABORTED and sent.preparing:
            self._connection.prepared.add(sent.preparing)


def _error(result: PGresult) -> psycopg.Error:
    """The error by its code alone; its words may quote a row."""
    code = (result.error_field(DiagnosticField.SQLSTATE) or b"").decode()
    try:
        return errors.lookup(code)(code)
    except KeyError:
        return psycopg.DatabaseError(code) if code else psycopg.OperationalError("connection lost")
