"""Whether a PostgreSQL database may be served: its schema, and how mighty our role there is."""

from __future__ import annotations

from typing import Any

import psycopg

from rentix.store import StoreError
from rentix.store.migrate import SchemaTooNew, migrations

_CURE = "rentix db migrate --admin-url URL"

_ROLE = """
SELECT rolsuper, rolbypassrls, EXISTS (
    SELECT FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND pg_has_role(current_user, relowner, 'MEMBER')
)
FROM pg_roles WHERE rolname = current_user
"""


class SchemaTooOld(StoreError):
    """The database has not all the steps that this program needs."""


class RoleTooMighty(StoreError):
    """The role could look past row level security; the service must not."""


def check_serving(connection: psycopg.Connection[Any]) -> None:
    """Refuse a database that must not be served as it is.

    Raises:
        RoleTooMighty: as a superuser, with BYPASSRLS, or as an owner of the tables.
        SchemaTooOld, SchemaTooNew: the schema is not the one that this program knows.
    """
    _check_role(connection)
    found, known = read_version(connection), migrations("postgres")[-1][0]
    if found < known:
        message = f"the data is of schema {found}, this program needs {known}: run {_CURE}"
        raise SchemaTooOld(message)
    if found > known:
        raise SchemaTooNew(found, known)


def _check_role(connection: psycopg.Connection[Any]) -> None:
    row = connection.execute(_ROLE).fetchone() or (True, True, True)
    names = ("a superuser", "a role with BYPASSRLS", "an owner of its tables")
    for mighty, name in zip(row, names, strict=True):
        if mighty:
            message = f"the database is not served as {name}; use the address that {_CURE} prints"
            raise RoleTooMighty(message)


def read_version(connection: psycopg.Connection[Any]) -> int:
    """The number of the last migration; 0 for a database without any."""
    if connection.execute("SELECT to_regclass('public.schema_version')").fetchall() == [(None,)]:
        return 0
    [(number,)] = connection.execute("SELECT coalesce(max(number), 0) FROM schema_version")
    return int(number)
