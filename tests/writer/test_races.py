"""Somebody else's write comes between load and save: the operation is run again, and sees it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg.types.json import Jsonb

from rentix.decide.working_set import Effects
from rentix.model import Agency
from rentix.operations import Answer, Caller, Outcome, Patch, PutUser, Request, Result
from rentix.rules.phones import read_phones
from rentix.store import Conflict
from rentix.store.agencies import create_agency
from rentix.store.postgres import PostgresStore
from rentix.store.postgres_batch import PostgresBatch
from rentix.writer import commit
from tests.service import operated

pytestmark = pytest.mark.slow  # starts a server

PHONE = read_phones("+37369123456", "MD").phone
COPY = """
INSERT INTO portal_user SELECT (jsonb_populate_record(portal_user, %s)).*
FROM portal_user WHERE id = 1
"""


class Raced(PostgresStore):
    """Lets a rival write, past all locks, just before a batch is saved."""

    rival: Callable[[], None]
    batches = 0

    @contextmanager
    def batch(self, agencies: Collection[int], *, wait: bool = True) -> Iterator[PostgresBatch]:
        self.batches += 1
        with super().batch(agencies, wait=wait) as batch:
            save = batch.save

            def save_late(effects: Effects, now_ms: int) -> None:
                self.rival()
                save(effects, now_ms)

            batch.save = save_late  # type: ignore[method-assign]
            yield batch


@pytest.fixture
def store(fresh_url: str) -> Iterator[Raced]:
    store = Raced(fresh_url)
    store.rival = lambda: None
    operated(store, create_agency, Agency(id=0, name="Casa Test"), 0)
    put(store, "first")
    store.batches = 0
    yield store
    store.close()


def put(store: Raced, *external_ids: str) -> list[Result | Exception]:
    requests = [
        Request(
            caller=Caller(1),
            operations=(PutUser(external_id=external_id, patch=Patch(name="Ana", phone=PHONE)),),
        )
        for external_id in external_ids
    ]
    endings = commit(store, requests, 0)
    return [ending.results[0] if isinstance(ending, Answer) else ending for ending in endings]


def rival_of(admin_url: str, external_ids: list[str]) -> Callable[[], None]:
    """Make a rival that creates one of these agents each time, until none is left."""

    def create() -> None:
        if external_ids:
            with psycopg.connect(admin_url) as connection:
                [(new_id,)] = connection.execute("SELECT nextval('user_id')").fetchall()
                other = {"id": new_id, "external_id": external_ids.pop(0), "name": "Ion"}
                connection.execute(COPY, (Jsonb(other),))

    return create


def test_who_loses_a_race_is_run_again_and_updates(store: Raced, fresh_admin_url: str) -> None:
    store.rival = rival_of(fresh_admin_url, ["same"])
    lost, other = put(store, "same", "other")
    assert isinstance(lost, Outcome)
    assert isinstance(other, Outcome)
    assert (lost.verb, other.verb) == ("updated", "created")
    assert store.find_users([(1, "same")]) == [lost.user]
    assert [change.seq for change in store.changes(1, 0, 10)] == [1, 2, 3]
    assert store.batches == 2


def test_two_races_in_a_row_may_be_lost(store: Raced, fresh_admin_url: str) -> None:
    store.rival = rival_of(fresh_admin_url, ["one", "two"])
    outcomes = put(store, "one", "two")
    assert [type(outcome) for outcome in outcomes] == [Outcome, Outcome]
    assert store.batches == 3


def test_who_always_loses_gives_up_and_has_stored_nothing(store: Raced) -> None:
    def always() -> None:
        raise Conflict

    store.rival = always
    [ending] = put(store, "never")
    assert isinstance(ending, Conflict)
    assert store.batches == 3
    assert store.find_users([(1, "never")]) == [None]
