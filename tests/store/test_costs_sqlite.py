"""What a write on SQLite touches: a page for each tree, so no tree that has nothing new."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest

from rentix.model import Agency, User
from rentix.operations import (
    Answer,
    Caller,
    LinkUser,
    ListingOutcome,
    ListingPatch,
    Operation,
    Outcome,
    Patch,
    PutListing,
    PutUser,
    Request,
    UnlinkUser,
)
from rentix.rules.phones import read_phones
from rentix.store import UserFilter
from rentix.store.agencies import create_agency
from rentix.store.migrate import migrate_sqlite
from rentix.store.queries import load_queries
from rentix.store.sqlite import SqliteStore
from rentix.writer import commit
from tests.service import operated

QUERIES = load_queries("sqlite")
PHONE, OTHER_PHONE = (read_phones(text, "MD").phone for text in ("+37369123456", "+37322123456"))
_EXTERNAL = "sqlite_autoindex_portal_user_1"

TREES = {
    "update_user": {"portal_user"},
    "update_user_keys": {"portal_user", _EXTERNAL, "user_by_phone"},
    "insert_user": {"portal_user", _EXTERNAL, "user_by_phone", "user_by_agency"},
    "update_listing": {"listing"},
    "update_listing_keys": {
        *("listing", "sqlite_autoindex_listing_1", "listing_by_user", "listing_waiting"),
    },
    "insert_listing": {
        *("listing", "sqlite_autoindex_listing_1", "listing_by_user", "listing_waiting"),
        "listing_by_agency",
    },
    "shift_listings": {"listing", "listing_by_user", "listing_waiting"},
    "save_change": {"change"},
    "save_last_id": {"identity"},
}
"""For each query of usual batches, the tables and indexes that it writes."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path)
    operated(store, create_agency, Agency(id=0, name="Casa Test"), 0)
    yield store
    store.close()


@pytest.mark.parametrize("name", TREES)
def test_a_query_writes_no_index_that_it_does_not_change(name: str) -> None:
    with closing(apsw.Connection(":memory:")) as connection:
        migrate_sqlite(connection)
        assert written_trees(connection, QUERIES[name]) == TREES[name]


def written_trees(connection: apsw.Connection, query: str) -> set[str]:
    """Tell by its program which trees a statement opens to write."""
    schema = connection.execute("SELECT rootpage, name FROM sqlite_schema WHERE rootpage > 0")
    names = {root: str(name) for root, name in schema.fetchall()}
    numbers = map(int, re.findall(r"\?(\d+)", query))
    values = (None,) * max([len(re.findall(r"\?(?!\d)", query)), *numbers])
    program = connection.execute(f"EXPLAIN {query}", values).fetchall()
    return {names[step[3]] for step in program if step[1] == "OpenWrite"}


def put(store: SqliteStore, operations: Sequence[Operation]) -> list[User]:
    [answer] = commit(store, [Request(caller=Caller(1), operations=tuple(operations))], 0)
    assert isinstance(answer, Answer)
    outcomes = [result for result in answer.results if isinstance(result, Outcome)]
    assert len(outcomes) == len(operations), answer.results
    return [outcome.user for outcome in outcomes]


def new(store: SqliteStore, external_id: str) -> int:
    return put(store, [PutUser(external_id=external_id, patch=Patch(name="Ana", phone=PHONE))])[
        0
    ].id


def move(user_id: int, external_id: str) -> list[Operation]:
    return [UnlinkUser(id=user_id), LinkUser(id=user_id, external_id=external_id)]


def holders(store: SqliteStore, *external_ids: str) -> list[int | None]:
    assert store._writer.execute("PRAGMA integrity_check").get == "ok"
    found = store.find_users([(1, external_id) for external_id in external_ids])
    return [user.id if user else None for user in found]


def test_a_new_phone_is_found_and_the_old_one_is_not(store: SqliteStore) -> None:
    new(store, "a")
    put(store, [PutUser(external_id="a", patch=Patch(name="Ana", phone=OTHER_PHONE))])
    assert PHONE
    assert OTHER_PHONE
    assert store.users(1, UserFilter(phone=PHONE.e164), 0, 9) == []
    assert len(store.users(1, UserFilter(phone=OTHER_PHONE.e164), 0, 9)) == 1


def test_an_external_id_moves(store: SqliteStore) -> None:
    user_id = new(store, "a")
    put(store, move(user_id, "b"))
    assert holders(store, "a", "b") == [None, user_id]


def test_an_external_id_moves_and_comes_back_in_one_batch(store: SqliteStore) -> None:
    user_id = new(store, "a")
    put(store, [*move(user_id, "b"), *move(user_id, "a")])
    assert holders(store, "a", "b") == [user_id, None]


def test_two_users_swap_external_ids_in_one_batch(store: SqliteStore) -> None:
    first, second = new(store, "a"), new(store, "b")
    put(store, [*move(first, "c"), *move(second, "a"), *move(first, "b")])
    assert holders(store, "a", "b", "c") == [second, first, None]


def listed(store: SqliteStore, external_id: str, **fields: Any) -> int:
    operation = PutListing(external_id=external_id, patch=ListingPatch(**fields))
    [answer] = commit(store, [Request(caller=Caller(1), operations=(operation,))], 0)
    assert isinstance(answer, Answer)
    [outcome] = answer.results
    assert isinstance(outcome, ListingOutcome), outcome
    return outcome.listing.id


def saved_by(store: SqliteStore, external_id: str, **fields: Any) -> set[str]:
    """Change a listing; give the queries that saved it."""
    seen: set[str] = set()
    names = {query: name for name, query in QUERIES.items() if "listing" in name}

    def trace(_: object, statement: str, __: object) -> bool:
        seen.add(names.get(statement, ""))
        return True

    store._writer.exec_trace = trace
    listed(store, external_id, **fields)
    store._writer.exec_trace = None
    return {name for name in seen if not name.startswith("listings")} - {""}


def test_a_listing_that_keeps_its_agent_writes_no_index(store: SqliteStore) -> None:
    user_id = new(store, "a")
    listed(store, "flat", user_id=user_id)
    assert saved_by(store, "flat", form={"announcementValue": 1}) == {"update_listing"}
    changed = {"update_listing", "update_listing_keys"}
    assert saved_by(store, "flat", external_user_id="nobody yet") == changed
    new(store, "nobody yet")
    assert saved_by(store, "flat", form={"announcementValue": 3}) == changed
    assert saved_by(store, "flat", form={"announcementValue": 2}) == {"update_listing"}
    assert store._writer.execute("PRAGMA integrity_check").get == "ok"
