"""A shared database: an agency that is held, or has much to write, holds up nobody but itself."""

from __future__ import annotations

import asyncio
import queue
import time
from collections.abc import Iterator
from random import Random
from typing import Any

import psycopg
import pytest

from rentix.model import Agency
from rentix.operations import Answer, Caller, Patch, PutUser, Request
from rentix.rules.phones import read_phones
from rentix.store import Unavailable
from rentix.store.agencies import create_agency
from rentix.store.postgres import PostgresStore
from rentix.writer import Ending, Writer
from tests.service import operated

PHONE = read_phones("+37369123456", "MD").phone
PATIENCE_S = 10
LOCK = "SELECT pg_advisory_xact_lock(7361, %s)"


class Office:
    """Two agencies, a writer, and what it delivers."""

    def __init__(self, store: PostgresStore) -> None:
        self.store = store
        self.delivered: queue.Queue[tuple[Any, Ending]] = queue.Queue()
        self.writer = Writer(store, lambda: 0, self._deliver)
        self.agencies = [
            operated(store, create_agency, Agency(id=0, name=name), 0) for name in ("A", "B")
        ]

    def _deliver(self, endings: list[tuple[object, Ending]]) -> None:
        for ending in endings:
            self.delivered.put(ending)

    def put(self, agency_id: int, external_id: str, times: int = 1) -> None:
        operation = PutUser(external_id=external_id, patch=Patch(name="Ana", phone=PHONE))
        request = Request(caller=Caller(agency_id), operations=(operation,) * times)
        self.writer.submit(request, (agency_id, external_id))

    def next(self) -> tuple[Any, Ending]:
        return self.delivered.get(timeout=PATIENCE_S)


def wait_until_waiting(connection: psycopg.Connection[Any], kind: str) -> None:
    """Wait until somebody waits for a lock of this kind."""
    deadline = time.monotonic() + PATIENCE_S
    waits = "SELECT count(*) FROM pg_locks WHERE locktype = %s AND NOT granted"
    while not connection.execute(waits, (kind,)).fetchall()[0][0]:
        assert time.monotonic() < deadline


@pytest.fixture
def office(fresh_url: str, loop: asyncio.AbstractEventLoop | None) -> Iterator[Office]:
    store = PostgresStore(fresh_url)
    office = Office(store)
    office.writer.start(loop)
    yield office
    office.writer.close()
    store.close()


@pytest.mark.slow
def test_a_held_agency_waits_and_others_do_not(office: Office, fresh_url: str) -> None:
    held, free = office.agencies
    with psycopg.connect(fresh_url) as other:
        other.execute(LOCK, (held,))
        for number in range(3):
            office.put(held, f"held-{number}")
        for number in range(20):
            office.put(free, f"free-{number}")
        first = [office.next() for _ in range(20)]
        assert {done[0] for done, _ in first} == {free}
        assert all(isinstance(ending, Answer) for _, ending in first)
        other.rollback()
    last = [office.next() for _ in range(3)]
    assert [done for done, _ in last] == [(held, f"held-{number}") for number in range(3)]
    assert all(isinstance(ending, Answer) for _, ending in last)
    assert [change.seq for change in office.store.changes(held, 0, 10)] == [1, 2, 3]


@pytest.mark.slow
def test_a_long_batch_of_one_agency_does_not_delay_another(office: Office, fresh_url: str) -> None:
    busy, quiet = office.agencies
    with psycopg.connect(fresh_url) as other:
        enter = "SELECT set_config('app.agencies', %s, true)"
        other.execute(enter, (f"{{{busy}}}",))
        other.execute("SELECT FROM agency WHERE id = %s FOR UPDATE", (busy,))
        office.put(busy, "bulk", times=100)
        wait_until_waiting(other, "transactionid")
        office.put(busy, "after")
        office.put(quiet, "one")
        assert office.next()[0] == (quiet, "one")
        other.rollback()
    last = [office.next() for _ in range(2)]
    assert [done for done, _ in last] == [(busy, "bulk"), (busy, "after")]
    assert all(isinstance(ending, Answer) for _, ending in last)


@pytest.mark.slow
def test_order_holds_across_lanes(office: Office) -> None:
    chance = Random(7)  # noqa: S311 - sizes, no secrets
    sent = [(chance.choice(office.agencies), str(number)) for number in range(200)]
    for agency_id, name in sent:
        office.put(agency_id, name, times=chance.choice([1, 1, 1, 60]))
    done = [office.next()[0] for _ in sent]
    for agency_id in office.agencies:
        assert [d for d in done if d[0] == agency_id] == [d for d in sent if d[0] == agency_id]


@pytest.mark.slow
def test_an_agency_that_is_held_too_long_is_unavailable(office: Office, fresh_url: str) -> None:
    held, free = office.agencies
    with psycopg.connect(fresh_url) as other:
        other.execute(LOCK, (held,))
        office.put(held, "late")
        done, ending = office.next()
        assert (done, type(ending)) == ((held, "late"), Unavailable)
        office.put(free, "meanwhile")
        assert isinstance(office.next()[1], Answer)
        other.rollback()
    assert office.store.changes(held, 0, 10) == []
    office.put(held, "again")
    assert isinstance(office.next()[1], Answer)


def test_closing_writes_what_waits_for_another_process(fresh_url: str) -> None:
    store = PostgresStore(fresh_url)
    office = Office(store)
    office.writer.start()
    held, _ = office.agencies
    with psycopg.connect(fresh_url) as other:
        other.execute(LOCK, (held,))
        office.put(held, "last")
        wait_until_waiting(other, "advisory")
        other.rollback()
    office.writer.close()
    assert isinstance(office.next()[1], Answer)
    store.close()
