"""Every query on tenants' data names the agency; without that, even one of them is noticed here.

The queries are asked past row level security: on SQLite there is none, and on PostgreSQL it must
not be the only thing that keeps agencies apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import apsw
import psycopg
import pytest
from _pytest.mark import ParameterSet

from rentix.store import UserFilter
from rentix.store.migrate import migrate_sqlite, migrations
from rentix.store.queries import Database, load_queries
from tests.store.probes import EVERY_CONDITION, PROBES, REASONS, THEIRS, Probe, seed

Ask = Callable[[str, Any], list[Any]]

KINDS: tuple[Database, ...] = ("sqlite", "postgres")
PREDICATE = re.compile(
    r"(?:\w+\.agency_id|\bagency_id|\bagency\.id) = "
    r"(?:ANY (\(.+?::bigint\[\]\))|(:\w+|%\(\w+\)s|\?\d*|\w+\.\w+(?: ->> 0)?))"
)
TABLES = (
    "api_key",
    "portal_user",
    "former_link",
    "change",
    "idempotency",
    "media_use",
    "listing_media",
    "former_listing",
    "listing_left",
    "photo_news",
    "agent_binding",
    "listing_count",
    "listing",
    "media",
    "agency",
)
QUERIES = [(kind, name) for kind in KINDS for name in load_queries(kind)]
PROBED = [(kind, name) for kind, name in QUERIES if name in PROBES]
PREDICATES = [
    (kind, name, found.span())
    for kind, name in PROBED
    for found in PREDICATE.finditer(load_queries(kind)[name])
]


def each(cases: Sequence[tuple[Database, *tuple[Any, ...]]]) -> list[ParameterSet]:
    """Leave those that start a server out of the quick run."""
    return [
        pytest.param(*case, marks=[pytest.mark.slow] if case[0] == "postgres" else [])
        for case in cases
    ]


@pytest.fixture(scope="module")
def sqlite() -> Iterator[Ask]:
    connection = apsw.Connection(":memory:")
    migrate_sqlite(connection)
    connection.execute(seed("sqlite"))
    yield lambda query, values: connection.execute(query, values).fetchall()
    connection.close()


@pytest.fixture(scope="module")
def postgres(postgres_admin_url: str) -> Iterator[Ask]:
    """Give a superuser's connection to tables that are gone at the end."""
    with psycopg.connect(postgres_admin_url) as connection:
        connection.execute("CREATE SCHEMA probed; SET LOCAL search_path = probed")
        for _, script in migrations("postgres"):
            connection.execute(script.encode())
        connection.execute(seed("postgres").encode())

        def ask(query: str, values: Any) -> list[Any]:
            cursor = connection.execute(query.encode(), values)
            return cursor.fetchall() if cursor.description else []

        yield ask
        connection.rollback()


@pytest.fixture
def ask(request: pytest.FixtureRequest, kind: Database) -> Ask:
    asked: Ask = request.getfixturevalue(kind)
    return asked


def stays_within(ask: Ask, kind: Database, query: str, probe: Probe) -> bool:
    """Tell whether a query shows what it may show, and leaves the other agency's rows alone."""
    before = their_rows(ask)
    ask("SAVEPOINT probe", ())
    try:
        found = ask(probe.whole(query, kind), probe.values[kind])
        seen = [tuple(row[column] for column in probe.shown) for row in found]
        return seen == list(probe.seen) and their_rows(ask) == before
    finally:
        ask("ROLLBACK TO probe", ())


def their_rows(ask: Ask) -> list[Any]:
    owners = {table: "id" if table == "agency" else "agency_id" for table in TABLES}
    return [
        ask(f"SELECT * FROM {table} WHERE {owner} = {THEIRS}", ())  # noqa: S608 - names of tables
        for table, owner in owners.items()
    ]


def without(query: str, span: tuple[int, int]) -> str:
    """Take one predicate out of a query; its parameter stays."""
    found = PREDICATE.fullmatch(query[slice(*span)])
    assert found
    return f"{query[: span[0]]}{found[1] or found[2]} IS NOT NULL{query[span[1] :]}"


@pytest.mark.parametrize(("kind", "name"), each(PROBED))
def test_a_query_stays_within_its_agency(ask: Ask, kind: Database, name: str) -> None:
    query = load_queries(kind)[name]
    for probe in PROBES[name]:
        assert stays_within(ask, kind, query, probe)


@pytest.mark.parametrize(("kind", "name", "span"), each(PREDICATES))
def test_a_lost_predicate_would_be_noticed(
    ask: Ask, kind: Database, name: str, span: tuple[int, int]
) -> None:
    query = without(load_queries(kind)[name], span)
    assert not all(stays_within(ask, kind, query, probe) for probe in PROBES[name])


@pytest.mark.parametrize(("kind", "name"), each(QUERIES))
def test_every_query_names_the_agency_or_tells_why_not(kind: Database, name: str) -> None:
    assert (name in PROBES) != (name in REASONS)
    assert name in REASONS or PREDICATE.search(load_queries(kind)[name])


def test_every_probe_and_every_reason_is_of_a_query() -> None:
    assert {*PROBES, *REASONS} == {name for _, name in QUERIES}


def test_the_page_is_probed_with_every_condition() -> None:
    for name in UserFilter.__struct_fields__:
        assert getattr(EVERY_CONDITION, name) != getattr(UserFilter(), name), name
