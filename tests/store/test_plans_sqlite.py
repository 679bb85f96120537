"""How SQLite finds rows: each query by the right index, and none reads a whole table.

SQLite plans by the schema alone, for nothing gathers statistics; so empty tables tell the truth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import apsw
import pytest

from rentix.store.migrate import migrate_sqlite
from tests.store.listing_plans import SQLITE
from tests.store.pages import FILTERS, complete_queries

QUERIES = complete_queries("sqlite")

EXCEPTIONS = {
    "keys": "the operator lists the keys of every agency",
    "secret": "a table of one row",
    "is_sandbox": "a table of one row",
    "set_sandbox": "a table of one row",
    "claim_sweep": "a table of one row",
    "count_media": "the operator counts all that there is",
    "files_in_use": "a sweep asks for all files of all pictures",
}
"""Queries that read a whole table, and why they may."""

_ID = "INTEGER PRIMARY KEY (rowid=?)"
_IN_ORDER = "portal_user INDEX user_by_agency (agency_id=? AND id>?)"
_EXTERNAL = "portal_user INDEX sqlite_autoindex_portal_user_1 (agency_id=? AND external_id=?)"
_BY_PHONE = "portal_user INDEX user_by_phone (agency_id=? AND phone=? AND rowid>?)"
_UNLINKED = _EXTERNAL.replace(")", " AND rowid>?)")
_PHOTO = "media INDEX media_by_external_id (agency_id=? AND external_id=?)"
_JOBS_AHEAD = "earlier COVERING INDEX media_due (agency_id=? AND due_ms<?)"

_TAKING = [  # of each agency that has any, as many as are wanted; nothing else is looked at
    *(f"media {_ID}", "LIST SUBQUERY 7", "MATERIALIZE due", "CO-ROUTINE (subquery-8)"),
    *("MATERIALIZE waiting", "SETUP", "media COVERING INDEX media_due", "RECURSIVE STEP"),
    *("SCAN waiting", "media COVERING INDEX media_due (agency_id>?)", "SCAN waiting"),
    *(f"task {_ID}", "CORRELATED LIST SUBQUERY 5"),
    *("media COVERING INDEX media_due (agency_id=? AND due_ms<?)", "USE TEMP B-TREE FOR ORDER BY"),
    *("SCAN (subquery-8)", "busy COVERING INDEX media_queue (agency_id=? AND status=?)"),
    *("SCAN due", "USE TEMP B-TREE FOR ORDER BY"),
]


def _seen(first: list[str], second: list[str]) -> list[str]:
    """Give the look-ups of users by what they were imported for and by what they were given."""
    order = "USE TEMP B-TREE FOR ORDER BY"
    merged = ["CO-ROUTINE seen", "MERGE (UNION)", "LEFT", *first, order, "RIGHT", *second, order]
    return [*merged, "SCAN seen", f"portal_user {_ID}"]


LOOK_UPS: dict[str, list[str]] = SQLITE | {
    "key": [f"api_key {_ID}"],
    "key_and_agency": [f"api_key {_ID}", f"agency {_ID}"],
    "revoke_key": [f"api_key {_ID}"],
    "agency": [f"agency {_ID}"],
    "set_agency_active": [f"agency {_ID}"],
    "set_agency_crm": [f"agency {_ID}"],
    "set_agency_limits": [f"agency {_ID}"],
    "job": [f"media {_ID}", _JOBS_AHEAD],
    "changes": ["change PRIMARY KEY (agency_id=? AND seq>?)"],
    "last_seqs": ["change PRIMARY KEY (agency_id=?)"],
    "user_by_id": [f"portal_user {_ID}"],
    "user_by_external_id": [_EXTERNAL],
    "users_by_id": [f"portal_user {_ID}"],
    "users_by_external_id": [_EXTERNAL],
    "former_holders": ["held PRIMARY KEY (agency_id=? AND external_id=?)"],
    "memories": ["kept PRIMARY KEY (agency_id=? AND scope=?)"],
    "forget_memories": ["idempotency INDEX idempotency_by_expiry (agency_id=? AND expires_ms<?)"],
    "update_user": [f"portal_user {_ID}"],
    "update_user_keys": [f"portal_user {_ID}"],
    "clear_external_id": [f"portal_user {_ID}"],
    "supersede_media": [f"media {_ID}"],
    "one_media": [f"media {_ID}"],
    "one_media_by_external_id": [_PHOTO],
    "media_by_id": [f"media {_ID}"],
    "media_by_external_id": [_PHOTO],
    **{
        name: [f"media {_ID}"]
        for name in ("delete_media", "clear_media_external_id", "link_media", "save_media_source")
    },
    "users_by_media": _seen([f"media {_ID}"], ["given PRIMARY KEY (media_id=?)"]),
    "users_by_media_external_id": _seen(
        [_PHOTO],
        [_PHOTO.replace("INDEX", "COVERING INDEX"), "given PRIMARY KEY (media_id=?)"],
    ),
    "delete_media_use": ["media_use PRIMARY KEY (media_id=?)"],
    "holds": [f"held {_ID}"],
    "finish_media": [f"media {_ID}"],
    **{name: [f"media {_ID}"] for name in ("keep_held", "postpone", "give_back")},
    "return_held": ["media INDEX media_held (held_ms<?)"],
    "return_all": ["SCAN media INDEX media_held"],
    "count_waiting": [
        *("COMPOUND QUERY", "LEFT-MOST SUBQUERY", "SCAN media INDEX media_awaited"),
        *("UNION ALL", "SCAN media COVERING INDEX media_due"),
        *("UNION ALL", "SCAN media COVERING INDEX media_held"),
    ],
    "take_tasks": _TAKING,
    "clock": [],
    "data_version": [],
    "last_id": ["identity PRIMARY KEY (kind=?)"],
    "save_last_id": ["identity PRIMARY KEY (kind=?)"],
    **{name: [_IN_ORDER] for name in FILTERS},
    "page by phone": [_BY_PHONE],
    "page of unlinked": [_UNLINKED],
    "page by everything": [_BY_PHONE],
    **{name: [] for name in ("insert_agency", "insert_key", "insert_user")},
    **{
        name: []
        for name in (
            "save_change",
            "save_media",
            "save_media_use",
            "save_former_link",
            "save_memory",
        )
    },
}
"""For each query the look-ups it makes: the table, the index, and what of it is searched by."""


@pytest.fixture(scope="module")
def connection() -> Iterator[apsw.Connection]:
    connection = apsw.Connection(":memory:")
    migrate_sqlite(connection)
    yield connection
    connection.close()


def plan(connection: apsw.Connection, query: str) -> list[str]:
    values: Any = dict.fromkeys(re.findall(r":(\w+)", query), 1)
    if "?" in query:
        numbers = [int(number) for number in re.findall(r"\?(\d+)", query)]
        values = ("[]",) * (max(numbers) if numbers else query.count("?"))
    steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}", values)]
    # The keys and rows that a batch brought are read one after another, of course.
    ours = re.compile(r"SCAN (wanted|saved|hand|CONSTANT)\b|MATERIALIZE saved$|CORRELATED SCALAR")
    return [
        step.removeprefix("SEARCH ").replace(" USING", "") for step in steps if not ours.match(step)
    ]


def test_every_query_has_its_look_ups_told() -> None:
    assert {*LOOK_UPS, *EXCEPTIONS} == {*QUERIES}
    assert not {*LOOK_UPS} & {*EXCEPTIONS}


@pytest.mark.parametrize("name", LOOK_UPS)
def test_a_query_finds_its_rows_by_the_right_index(connection: apsw.Connection, name: str) -> None:
    assert plan(connection, QUERIES[name]) == LOOK_UPS[name]


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_an_exception_is_still_one(connection: apsw.Connection, name: str) -> None:
    assert any(step.startswith("SCAN") for step in plan(connection, QUERIES[name]))
