"""The same agencies, agents and keys for every contender; millions of them for ours."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import apsw
import psycopg

from benchmarks.profiles import AGENTS_MAX, PREFIXES, STRIDE, profile
from rentix.model import SCOPES, Agency
from rentix.operations import Caller, Request
from rentix.rules.puts import read_put
from rentix.rules.steering import Terms
from rentix.settings import Place
from rentix.store import Store
from rentix.store.agencies import create_agency, create_key
from rentix.wiring import now_ms, open_store
from rentix.writer import commit

AGENCIES, AGENTS = 100, 100
TERMS = Terms("MD", "ro")
PLENTY = 10**9  # a budget that is counted and never spent
SQLITE_FILE = "rentix.db"

Execute = Callable[[str], object]


def seed(place: Place, keys: Path) -> None:
    """Create the agencies and put their agents; write a line `agency-id key` for each."""
    with open_store(place) as store, keys.open("w") as file:
        for number in range(1, AGENCIES + 1):
            with store.operate() as hand:
                agency_id = create_agency(hand, _make_agency(number), now_ms())
                key_id, key = create_key(hand, agency_id, frozenset(SCOPES), now_ms())
            assert agency_id == number, "the database was not empty"
            file.write(f"{agency_id} {key}\n")
            put_all(store, Caller(agency_id, key_id))
    if isinstance(place, Path):
        settle_sqlite(place / SQLITE_FILE)


def put_all(store: Store, caller: Caller) -> None:
    """Put every agent of an agency as its CRM first sent it."""
    puts = [read_put(profile(caller.agency_id, n + 1), TERMS) for n in range(AGENTS)]
    [ending] = commit(store, [Request(caller=caller, operations=tuple(puts))], now_ms())
    assert not isinstance(ending, Exception), ending


def restore(place: Place) -> None:
    """Put every agent again as its CRM first sent it, beside a service that may be running."""
    with open_store(place) as store:
        for agency_id in range(1, AGENCIES + 1):
            put_all(store, Caller(agency_id, agency_id))


def _make_agency(number: int) -> Agency:
    return Agency(
        id=0,
        name=f"Agency {number}",
        region=TERMS.region,
        requests_per_minute=PLENTY,
        bulk_per_minute=PLENTY,
    )


# ---- the peers' tables, which a peer makes when it starts

_USER_COLUMNS = "agency_id, external_id, name, phone, description, contact_telegram, contact_viber"


def seed_peer_postgres(admin_url: str, keys: Path) -> None:
    """Give a peer the same keys and agents."""
    with psycopg.connect(admin_url) as connection, connection.cursor() as cursor:
        cursor.executemany("INSERT INTO peer_key VALUES (%s, %s)", _peer_keys(keys))
        marks = ", ".join(["%s"] * 7)
        insert = f"INSERT INTO peer_user ({_USER_COLUMNS}) VALUES ({marks})"  # noqa: S608
        cursor.executemany(insert.encode(), _peer_users())
    settle_postgres(admin_url)


def seed_peer_sqlite(path: Path, keys: Path) -> None:
    """Give a peer the same keys and agents."""
    file = apsw.Connection(str(path))
    with file:
        file.executemany("INSERT INTO peer_key VALUES (?, ?)", _peer_keys(keys))
        marks = ", ".join("?" * 7)
        insert = f"INSERT INTO peer_user ({_USER_COLUMNS}) VALUES ({marks})"  # noqa: S608
        file.executemany(insert, _peer_users())
    file.close()
    settle_sqlite(path)


def _peer_keys(keys: Path) -> list[tuple[bytes, int]]:
    pairs = (line.split() for line in keys.read_text().splitlines())
    return [(sha256(key.encode()).digest(), int(agency_id)) for agency_id, key in pairs]


def _peer_users() -> list[tuple[Any, ...]]:
    sent = (
        (agency_id, profile(agency_id, n + 1))
        for agency_id in range(1, AGENCIES + 1)
        for n in range(AGENTS)
    )
    return [
        (
            agency_id,
            *(one["externalId"], one["name"], str(one["phone"]).replace(" ", "")),
            *(one["description"], True, False),
        )
        for agency_id, one in sent
    ]


# ---- many more agents: copies of those that were put, with ids and numbers of their own

_GROW = f"""
CREATE TEMP TABLE template AS SELECT * FROM portal_user WHERE agency_id <= {{agencies}};
CREATE UNIQUE INDEX template_place ON template (agency_id, external_id);
ANALYZE template;
INSERT INTO portal_user ({{columns}})
WITH RECURSIVE series (n) AS (
    SELECT {AGENTS + 1} UNION ALL SELECT n + 1 FROM series WHERE n < {{agents}}
),
reached (id) AS MATERIALIZED (SELECT max(id) FROM portal_user),
numbered AS (
    SELECT agency.id AS agency_id, n, (agency.id - 1) * {AGENTS_MAX} + n - 1 AS place
    FROM agency CROSS JOIN series WHERE agency.id <= {{agencies}}
),
called AS (
    SELECT agency_id, n, substr('{"".join(PREFIXES)}', (place % 10 * 2 + 1){{int}}, 2)
        || {{padded_rest}} AS digits
    FROM numbered
)
SELECT {{values}}
FROM called CROSS JOIN reached CROSS JOIN template
WHERE template.agency_id = called.agency_id AND template.external_id = {{template_place}};
INSERT INTO change (agency_id, seq, subject, subject_id, fields, at_ms, key_id, run)
SELECT agency_id, version, 'user', id, '{{{{"externalId":[null,"' || external_id || '"]}}}}',
    created_ms, agency_id, NULL
FROM portal_user WHERE agency_id <= {{agencies}} AND version > {AGENTS};
{{count}};
"""  # noqa: S608


_SIDE_INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = 'public' AND tablename IN ('portal_user', 'change')
    AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""  # those that stand for no constraint


def grow(place: Path | str, agencies: int, agents: int) -> None:
    """Give each of the first agencies `agents` agents.

    `place` is the service's directory or the administrator's address. Rows of users are whole; a
    change that created one names its external id only, to keep the time and the disk in bounds.
    """
    if isinstance(place, Path):
        _grow_sqlite(place / SQLITE_FILE, agencies, agents)
    else:
        _grow_postgres(place, agencies, agents)


def _grow_sqlite(path: Path, agencies: int, agents: int) -> None:
    file = apsw.Connection(str(path))
    for pragma in ("journal_mode = off", "synchronous = off", "cache_size = -1000000"):
        file.execute(f"PRAGMA {pragma}")
    columns = [row[1] for row in file.execute("PRAGMA table_info (portal_user)")]
    count = "UPDATE identity SET last = (SELECT max(id) FROM portal_user) WHERE kind = 'user'"
    script = _grow_script(columns, agencies, agents, ("substr", "-"), "", count)
    with file:
        file.execute(script)
    file.execute("PRAGMA journal_mode = wal")
    file.close()
    settle_sqlite(path)


def _grow_postgres(admin_url: str, agencies: int, agents: int) -> None:
    with psycopg.connect(admin_url) as connection:
        found = connection.execute("SELECT * FROM portal_user LIMIT 0").description
        columns = [column.name for column in found or ()]
        count = "SELECT setval('user_id', (SELECT max(id) FROM portal_user))"
        script = _grow_script(columns, agencies, agents, ("right", ""), "::int", count)
        indexes = connection.execute(_SIDE_INDEXES).fetchall()
        statements = [
            # Neither foreign keys nor an index is looked after row by row: that takes minutes.
            "SET LOCAL session_replication_role = replica",
            "SET LOCAL maintenance_work_mem = '1GB'",
            *(f"DROP INDEX {name}" for name, _ in indexes),
            *filter(str.strip, script.split(";\n")),
            *(definition for _, definition in indexes),
        ]
        for statement in statements:
            connection.execute(statement.encode())
    settle_postgres(admin_url)


def _grow_script(
    columns: list[str], agencies: int, agents: int, end: tuple[str, str], integer: str, count: str
) -> str:
    """The statements; `end` is how the last characters of a text are taken."""

    def padded(number: str) -> str:
        return f"{end[0]}('000000' || ({number}), {end[1]}6)"

    own = {
        "id": f"reached.id + (called.agency_id - 1) * {agents - AGENTS} + n - {AGENTS}",
        "external_id": f"'agent-' || {padded('n')}",
        "phone": "'+373' || digits",
        "phone_international": "'+373 ' || substr(digits, 1, 3) || ' ' || substr(digits, 4, 2)"
        " || ' ' || substr(digits, 6, 3)",
        "version": "n",
    }
    return _GROW.format(
        agencies=agencies,
        agents=agents,
        columns=", ".join(columns),
        values=", ".join(own.get(name, f"template.{name}") for name in columns),
        padded_rest=padded(f"place / 10 * {STRIDE} % 1000000"),
        template_place=f"'agent-' || {padded(f'(n - 1) % {AGENTS} + 1')}",
        int=integer,
        count=count,
    )


def settle_postgres(admin_url: str) -> None:
    """Let a database come to rest, as one that has been there for long."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def settle_sqlite(path: Path) -> None:
    """Let a file come to rest: its log is empty."""
    file = apsw.Connection(str(path))
    file.execute("PRAGMA wal_checkpoint (TRUNCATE)")
    file.close()
