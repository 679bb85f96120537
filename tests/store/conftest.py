"""A store without a service, and what is sent to its database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from rentix.model import Agency
from rentix.settings import Place
from rentix.store import Store
from rentix.store.agencies import create_agency
from rentix.store.postgres_trips import Sent, Trips
from rentix.store.sqlite import SqliteStore
from rentix.wiring import make_store
from tests.service import operated

AGENCIES = 5
Watch = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    store = make_store(place)
    yield store
    store.close()


@pytest.fixture
def new_agencies(store: Store) -> Callable[[], list[int]]:
    def make() -> list[int]:
        agency = Agency(id=0, name="Casa Test")
        return [operated(store, create_agency, agency, 0) for _ in range(AGENCIES)]

    return make


@pytest.fixture
def watch(store: Store, monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Give a way to see what is sent: statements, and `trip` for each trip to a server."""
    return lambda: (
        watched_writer(store) if isinstance(store, SqliteStore) else watched_trips(monkeypatch)
    )


@contextmanager
def watched_writer(store: SqliteStore) -> Iterator[list[str]]:
    """See each question as often as it is asked; what is saved, once for all its rows."""
    seen: list[str] = []

    def trace(_: object, statement: str, __: object) -> bool:
        if statement.startswith("SELECT") or statement not in seen:
            seen.append(statement)
        return True

    store._writer.exec_trace = trace
    yield seen
    store._writer.exec_trace = None


@contextmanager
def watched_trips(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """See what this thread sends: services of other tests look for work in theirs meanwhile."""
    seen: list[str] = []
    thread = threading.get_ident()
    queue, exchange = Trips.queue, Trips._exchange

    def tell(what: str) -> None:
        if threading.get_ident() == thread:
            seen.append(what)

    def queue_and_tell(trips: Trips, query: str, *values: Any, **more: Any) -> Sent:
        tell(query)
        return queue(trips, query, *values, **more)

    def exchange_and_tell(trips: Trips) -> None:
        tell("trip")
        exchange(trips)

    with monkeypatch.context() as patch:
        patch.setattr(Trips, "queue", queue_and_tell)
        patch.setattr(Trips, "_exchange", exchange_and_tell)
        yield seen
