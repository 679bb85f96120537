"""A look at the data that changes nothing in it: may it be served, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

from rentix.store import StoreError, sqlite_connections
from rentix.store.migrate import SchemaTooNew, migrations
from rentix.store.postgres_connections import connect, translated
from rentix.store.queries import Database, load_queries
from rentix.store.schema import check_serving, read_version


@dataclass(frozen=True)
class Look:
    """What an operator wants to know of the data."""

    kind: Database
    server: str
    """Which release: `PostgreSQL 18.1`, `SQLite 3.54.0`."""
    schema: int
    """Number of its last migration; 0 for none."""
    known: int
    """Number of the last migration that this program knows."""
    sandbox: bool | None = None
    """Whether it is a sandbox's; None while it holds no agency, and where it may not be served."""
    reason: str | None = None
    """Why it may not be served; None when it may."""


def look_at_directory(directory: Path) -> Look:
    """Look at the embedded database. With an older schema, too, it may be served.

    Raises:
        StoreError: there is none, or it cannot be read.
    """
    path, known = directory / sqlite_connections.FILE_NAME, migrations("sqlite")[-1][0]
    if not path.exists():
        raise StoreError(f"there is no {path.name} in it")
    with sqlite_connections.translated():
        connection = sqlite_connections.open_reader(path)
        try:
            schema: int = connection.execute("PRAGMA user_version").get
            question = load_queries("sqlite")["is_sandbox"]
            sandbox = connection.execute(question).get if schema == known else None
        finally:
            connection.close()
    server = f"SQLite {apsw.sqlite_lib_version()}"
    if schema > known:
        reason = str(SchemaTooNew(schema, known))
        return Look("sqlite", server, schema, known, reason=reason)
    return Look("sqlite", server, schema, known, _to_bool(sandbox))


def look_at_address(url: str) -> Look:
    """Look at a PostgreSQL database.

    Raises:
        Unavailable: it cannot be reached.
    """
    known = migrations("postgres")[-1][0]
    with translated(), connect(url) as connection:
        server = f"PostgreSQL {connection.info.parameter_status('server_version')}"
        schema = read_version(connection)
        try:
            check_serving(connection)
        except StoreError as error:
            return Look("postgres", server, schema, known, reason=str(error))
        [(sandbox,)] = connection.execute(load_queries("postgres")["is_sandbox"]).fetchall()
    return Look("postgres", server, schema, known, _to_bool(sandbox))


def _to_bool(sandbox: Any) -> bool | None:
    return None if sandbox is None else bool(sandbox)
