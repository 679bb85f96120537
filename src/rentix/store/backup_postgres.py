"""Backup of a PostgreSQL database while it is served, and the way back, by its own programs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from rentix.store import StoreError
from rentix.store.backup import BackupError, Contents, Tell
from rentix.store.dump_programs import find_dump_programs, run_program
from rentix.store.migrate_postgres import migrate_postgres
from rentix.store.postgres_connections import connect, translated
from rentix.store.schema import read_version

Connection = psycopg.Connection[Any]

_LEFT_OUT = ("app_password", "budget")  # made anew by `db migrate`; counts of the minute
_WHAT = (
    "--format=custom",
    "--schema=public",  # extensions and schemas of others stay where they are
    "--no-owner",
    "--no-acl",
    "--no-tablespaces",
    "--no-publications",
    *(f"--exclude-table-data=public.{table}" for table in _LEFT_OUT),
)
_SEES_ALL = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT EXISTS (
    SELECT FROM pg_depend
    WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e'
)
ORDER BY relname
"""
# The snapshot lives as long as our transaction, which idles until pg_dump is done.
_TAKE_TIME = """
SELECT set_config(name, '0', true) FROM pg_settings WHERE name IN (
    'statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout'
)
"""
# Row level security is forced on an owner, too. Agencies' ids come from a sequence.
_SEE_EVERY_AGENCY = """
SELECT set_config('app.agencies', array_agg(id)::text, true)
FROM generate_series(1, (SELECT last_value FROM agency_id)) AS id
"""


def dump_postgres(admin_url: str, dump: Path, tell: Tell) -> Contents:
    """Dump the database as it is at one moment, and check the dump.

    Raises:
        BackupError: it holds no Rentix, the role does not see all rows, or pg_dump is missing.
    """
    with translated(), connect(admin_url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.execute(_TAKE_TIME)
        _check_sees_all(connection)
        schema = read_version(connection)
        if not schema:
            raise BackupError("there is no data in this database; does --admin-url name it?")
        server = _major(connection)
        programs = find_dump_programs(server)
        rows = _count_rows(connection)
        [(snapshot,)] = connection.execute("SELECT pg_export_snapshot()").fetchall()
        run_program(
            programs / "pg_dump",
            *_WHAT,
            *("--lock-wait-timeout=10s", f"--snapshot={snapshot}", f"--file={dump}"),
            admin_url=admin_url,
            tell=lambda: tell(f"{_megabytes(dump)} MB written"),
        )
    # Printing it unpacks all of it.
    unpack = programs / "pg_restore"
    run_program(unpack, f"--file={os.devnull}", dump, tell=lambda: tell("checking"))
    return Contents(schema, rows, server)


def load_postgres(dump: Path, made_on: int, admin_url: str, tell: Tell) -> None:
    """Load a dump of a server of the major version `made_on` into an empty database.

    Raises:
        BackupError: the database is not empty, its server is older, or pg_restore failed: then
            nothing is in it.
    """
    with translated(), connect(admin_url) as connection:
        if _tables(connection):
            raise BackupError("the database holds tables; make a new one (CREATE DATABASE …)")
        server = _major(connection)
    if server < made_on:
        message = f"the backup was made on PostgreSQL {made_on}, this server is {server}"
        raise BackupError(f"{message}; restore it on {made_on} or later")
    run_program(
        find_dump_programs(server) / "pg_restore",
        *("--single-transaction", "--exit-on-error", "--schema=public", "--no-owner", "--no-acl"),
        dump,
        admin_url=admin_url,
        tell=lambda: tell("restoring"),
    )


def make_ready(admin_url: str, rows: dict[str, int]) -> str:
    """Check and migrate what was loaded; the address to serve with is returned.

    Raises:
        StoreError: it has not as many rows as it should, or cannot be migrated.
    """
    with translated(), connect(admin_url) as connection:
        connection.execute(_TAKE_TIME)
        connection.execute(_SEE_EVERY_AGENCY)
        found = _count_rows(connection)
        if found != rows:
            tables = sorted(table for table, _ in found.items() ^ rows.items())
            raise StoreError(f"there are not as many rows as were backed up: {', '.join(tables)}")
        connection.execute("ANALYZE")  # a dump has no statistics, and plans need them
    return migrate_postgres(admin_url)


def _check_sees_all(connection: Connection) -> None:
    if connection.execute(_SEES_ALL).fetchall() != [(True,)]:
        raise BackupError(
            "row level security hides rows from this role: back up as a superuser or with "
            "BYPASSRLS (--admin-url or RENTIX_ADMIN_URL)"
        )


def _major(connection: Connection) -> int:
    return connection.info.server_version // 10_000


def _tables(connection: Connection) -> list[str]:
    return [name for (name,) in connection.execute(_TABLES).fetchall()]


def _count_rows(connection: Connection) -> dict[str, int]:
    tables = [table for table in _tables(connection) if table not in _LEFT_OUT]
    return {table: _count(connection, table) for table in tables}


def _count(connection: Connection, table: str) -> int:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
    [(count,)] = connection.execute(query).fetchall()
    return int(count)


def _megabytes(path: Path) -> int:
    return path.stat().st_size // 1_000_000 if path.exists() else 0
