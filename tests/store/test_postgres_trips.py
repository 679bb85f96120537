"""Statements that travel together: what is sent arrives as it was, and a failure stays its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rentix.store import Conflict, StoreError
from rentix.store.postgres_connections import Connections

pytestmark = pytest.mark.slow  # starts a server

ECHO = "SELECT %(text)s::text, %(number)s::bigint, %(truth)s::boolean, %(piece)s::bytea"
UNPACK = """
SELECT value ->> 0, (value ->> 1)::bigint, (value ->> 2)::boolean, decode(value ->> 3, 'base64')
FROM jsonb_array_elements(%(rows)s::jsonb)
"""
HARD = [
    'a "quote"',
    "back\\slash",
    "a,b",
    "{x}",
    "NULL",
    "",
    " ",
    "line\nend",
    "ăș ț 🏠",
    "'",
    "%s",
]
FAILURE = "SELECT 1 / 0"
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@pytest.fixture
def connections(fresh_url: str) -> Iterator[Connections]:
    connections = Connections(fresh_url, 1)
    yield connections
    connections.close()


def ask(connections: Connections, query: str, values: Any = None) -> list[tuple[Any, ...]]:
    with connections.transaction(()) as transaction:
        return transaction.run(query, values).fetchall()


def run_together(connections: Connections, *queries: str, name: str | None = None) -> None:
    with connections.transaction(()) as transaction:
        for query in queries:
            transaction.run(query)
        if name:
            transaction.start(name)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.none() | TEXT | st.sampled_from(HARD),
    number=st.none() | st.integers(-(2**63), 2**63 - 1),
    truth=st.none() | st.booleans(),
    piece=st.none() | st.binary(),
)
def test_values_arrive_as_they_were_alone_and_in_lists(
    connections: Connections, **sent: Any
) -> None:
    row = tuple(sent.values())
    assert ask(connections, ECHO, sent) == [row]
    assert ask(connections, UNPACK, {"rows": [row, row]}) == [row, row]


def test_hard_texts_arrive_alone_and_together(connections: Connections) -> None:
    for text in HARD:
        assert ask(connections, "SELECT %s::text, %s::jsonb ->> 0", [text, [text]]) == [
            (text, text)
        ]


def test_a_text_that_postgresql_cannot_hold_is_refused(connections: Connections) -> None:
    with pytest.raises(ValueError, match="U\\+0000"):
        ask(connections, "SELECT %s::text", ["a\0b"])
    with pytest.raises(StoreError):
        ask(connections, "SELECT %s::jsonb ->> 0", [["a\0b"]])
    assert ask(connections, "SELECT 1") == [(1,)]


def test_a_failure_is_told_by_its_code_and_the_connection_goes_on(connections: Connections) -> None:
    with pytest.raises(StoreError) as told:
        ask(connections, "SELECT %s::text::bigint", ["Ana Munteanu"])
    assert "22P02" in str(told.value)
    assert "Munteanu" not in f"{told.value} {told.value.__cause__}"
    assert ask(connections, "SELECT 1") == [(1,)]


def test_a_failure_among_others_undoes_all_of_them(connections: Connections) -> None:
    with pytest.raises(StoreError):
        run_together(connections, "UPDATE installation SET sandbox = true", FAILURE)
    assert ask(connections, "SELECT sandbox FROM installation") == [(None,)]


def test_a_query_that_could_not_be_prepared_is_prepared_the_next_time(
    connections: Connections,
) -> None:
    for _ in range(2):
        with pytest.raises(StoreError):
            run_together(connections, FAILURE, name="is_sandbox")
    with connections.transaction(()) as transaction:
        assert transaction.rows("is_sandbox") == [(None,)]
        assert transaction.rows("is_sandbox") == [(None,)]


def test_much_goes_both_ways_at_once(connections: Connections) -> None:
    # More than the sockets hold: whoever only sends would wait for a server that only sends.
    text = "x" * 200_000
    with connections.transaction(()) as transaction:
        sent = [transaction.run("SELECT %s::text", [text]) for _ in range(200)]
        assert all(one.fetchall() == [(text,)] for one in sent)


def test_a_race_that_is_lost_at_the_commit_is_a_conflict(connections: Connections) -> None:
    with pytest.raises(Conflict):
        run_together(connections, "DO $$ BEGIN RAISE unique_violation; END $$")
