"""Schema and role of a PostgreSQL database, made by its administrator before it is served."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from rentix.store.migrate import SchemaTooNew, migrations
from rentix.store.postgres_connections import connect, translated
from rentix.store.schema import read_version

Connection = psycopg.Connection[Any]

_LOCK = 7362
_NAME_MAX = 63
_SETTINGS = {
    "statement_timeout": "10s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
    "transaction_timeout": "30s",
    # A batch's rows find theirs by index, one by one, however small a table looks to the planner:
    # it believes in 100 rows a batch, and would rather read a table whole than look so many up.
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}
_TRANSACTION_TIMEOUT_SINCE = 170_000

_BOOKS = """
CREATE TABLE IF NOT EXISTS schema_version (
    number     integer     PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
);
-- The owner's alone. Kept, so that migrating again gives the same address.
CREATE TABLE IF NOT EXISTS app_password (password text NOT NULL);
"""
_RENEW = "ALTER ROLE {role} LOGIN PASSWORD {verifier}"
_RIGHTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT ON schema_version TO {role};
GRANT SELECT, UPDATE ON installation TO {role};
GRANT SELECT, INSERT ON change TO {role};
GRANT SELECT, INSERT, UPDATE ON agency, api_key, portal_user, former_link TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON media, idempotency, budget TO {role};
GRANT SELECT, INSERT, DELETE ON media_use, listing_media, agent_binding TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON listing, listing_left, photo_news TO {role};
GRANT SELECT, INSERT, UPDATE ON former_listing, listing_count TO {role};
GRANT USAGE ON SEQUENCE agency_id, key_id, user_id, media_id, listing_id TO {role};
REVOKE ALL ON app_password FROM PUBLIC;
"""


def migrate_postgres(admin_url: str) -> str:
    """Bring schema and role up to date; the address to serve with is returned.

    All of it happens or none. Two at once apply each step once.

    Raises:
        SchemaTooNew: the schema has steps that this program doesn't know.
        Unavailable, StoreError: the database is away, or the administrator may not do this.
    """
    with translated(), connect(admin_url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        connection.execute(_BOOKS)
        _apply_missing(connection)
        role, password = _make_role(connection)
        return _address(admin_url, connection.info.dbname, role, password)


def _apply_missing(connection: Connection) -> None:
    version, steps = read_version(connection), migrations("postgres")
    if version > steps[-1][0]:
        raise SchemaTooNew(version, steps[-1][0])
    for number, script in steps:
        if number > version:
            connection.execute(script.encode())
            connection.execute("INSERT INTO schema_version VALUES (%s)", (number,))


def _make_role(connection: Connection) -> tuple[str, str]:
    database = connection.info.dbname
    role, password = f"{database[: _NAME_MAX - 4]}_app", _read_password(connection)
    # The server is told the verifier, so that no log of statements holds the password.
    verifier = connection.pgconn.encrypt_password(
        password.encode(), role.encode(), b"scram-sha-256"
    )
    names = {
        "role": sql.Identifier(role),
        "database": sql.Identifier(database),
        "verifier": sql.Literal(verifier.decode()),
    }
    known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
    form = "CREATE ROLE {role} LOGIN PASSWORD {verifier}" if known is None else _RENEW
    connection.execute(sql.SQL(form).format(**names))
    connection.execute(sql.SQL(_RIGHTS).format(**names))
    _adjust_role(connection, names)
    return role, password


def _read_password(connection: Connection) -> str:
    kept = connection.execute("SELECT password FROM app_password").fetchone()
    if kept:
        return str(kept[0])
    password = secrets.token_urlsafe(32)
    connection.execute("INSERT INTO app_password VALUES (%s)", (password,))
    return password


def _adjust_role(connection: Connection, names: dict[str, sql.Composable]) -> None:
    # Of the role, not of a session: they hold behind a pooler, too.
    for name, value in _SETTINGS.items():
        too_old = connection.info.server_version < _TRANSACTION_TIMEOUT_SINCE
        if not (name == "transaction_timeout" and too_old):
            form = f"ALTER ROLE {{role}} IN DATABASE {{database}} SET {name} = '{value}'"
            connection.execute(sql.SQL(form).format(**names))


def _address(admin_url: str, database: str, role: str, password: str) -> str:
    given = conninfo_to_dict(admin_url)
    user = f"{quote(role, safe='')}:{quote(password, safe='')}"
    hosts = str(given.pop("host", None) or "")
    ports = str(given.pop("port", None) or "")
    place = f"{hosts}:{ports}" if ports else hosts
    if hosts.startswith("/") or "," in hosts + ports or ":" in hosts:
        # A socket's folder, several servers or an IPv6 address are said in the query.
        place = ""
        given |= {"host": hosts} | ({"port": ports} if ports else {})
    options = {k: v for k, v in given.items() if k not in ("user", "password", "dbname")}
    query = f"?{urlencode(options)}" if options else ""
    return f"postgresql://{user}@{place}/{quote(database, safe='')}{query}"
