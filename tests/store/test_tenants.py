"""PostgreSQL itself keeps tenants apart: whatever the service's role asks, row security answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.types.json import Jsonb

from rentix.model import Agency
from rentix.store.agencies import create_agency, create_key
from rentix.store.migrate_postgres import migrate_postgres
from rentix.store.postgres import PostgresStore
from tests.service import operated

OURS, THEIRS = 1, 2
UNALTERED = {"change", "media_use", "listing_media", "agent_binding"}
"""Tables whose rows are made and removed, never changed."""
TENANT_TABLES = """
SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity
FROM pg_class AS c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND (
    c.relname = 'agency' OR EXISTS (
        SELECT FROM pg_attribute AS a
        WHERE a.attrelid = c.oid AND a.attname = 'agency_id' AND NOT a.attisdropped
    )
)
ORDER BY c.relname
"""
ROWS = """
INSERT INTO portal_user VALUES (
    {id}, {id}, 'same', 'Ana', '+37369123456', '+373 69 123 456', 'mobile', 'crm', '{{}}',
    NULL, NULL, NULL, true, true, true, true, NULL, NULL, 'active', 1, 0, 0, NULL, NULL, ' ana'
);
INSERT INTO former_link VALUES ({id}, 'former', {id});
INSERT INTO change VALUES ({id}, 1, 'user', {id}, '{{}}', 0, NULL, NULL);
INSERT INTO idempotency VALUES ({id}, 'scope', '', '', 9);
INSERT INTO media VALUES ({id}, {id}, {id}, 'https://casa.example/a.jpg', 'pending', NULL, 0);
INSERT INTO media_use VALUES ({id}, {id}, {id});
INSERT INTO budget VALUES ({id}, {id}, 'all', 1, 1);
INSERT INTO listing VALUES (
    {id}, {id}, 'same', 'active', '{{}}', '[]', {id}, NULL, 1, 0, 1, 0, 0, NULL, NULL
);
INSERT INTO listing_media VALUES ({id}, {id}, {id});
INSERT INTO photo_news VALUES ({id}, {id}, 0);
INSERT INTO agent_binding VALUES ({id}, 'awaited', 1, {id});
INSERT INTO listing_left VALUES ({id}, {id}, {id}, 1, 0, 0);
INSERT INTO listing_count VALUES ({id}, 1, 1);
INSERT INTO former_listing VALUES ({id}, 'former', {id});
"""

Connection = psycopg.Connection[Any]


@pytest.fixture
def admin(fresh_admin_url: str) -> Iterator[Connection]:
    """Give the superuser's connection to a database with a row of two agencies in each table."""
    store = PostgresStore(migrate_postgres(fresh_admin_url))
    for _ in (OURS, THEIRS):
        agency_id = operated(store, create_agency, Agency(id=0, name="Casa Test"), 0)
        operated(store, create_key, agency_id, frozenset(), 0)
    store.close()
    with psycopg.connect(fresh_admin_url, autocommit=True) as connection:
        for agency_id in (OURS, THEIRS):
            connection.execute(ROWS.format(id=agency_id).encode())
        yield connection


@pytest.fixture
def app(admin: Connection, fresh_admin_url: str) -> Iterator[Connection]:
    """Give a plain connection as the role that serves."""
    with psycopg.connect(migrate_postgres(fresh_admin_url), autocommit=True) as connection:
        yield connection


def tenant_tables(connection: Connection) -> dict[str, bool]:
    """Give every table with rows of tenants, and whether row security is forced on it."""
    return dict(connection.execute(TENANT_TABLES).fetchall())


def ask(connection: Connection, form: str, table: str, values: Any = None) -> psycopg.Cursor[Any]:
    owner = "id" if table == "agency" else "agency_id"
    names = {"table": sql.Identifier(table), "owner": sql.Identifier(owner)}
    return connection.execute(sql.SQL(form).format(**names), values)


def enter(connection: Connection, agency_id: int) -> None:
    connection.execute("SELECT set_config('app.agencies', %s, true)", (f"{{{agency_id}}}",))


@pytest.mark.slow
def test_row_security_is_forced_on_every_table_of_tenants(admin: Connection) -> None:
    tables = tenant_tables(admin)
    assert len(tables) >= 8
    assert [table for table, forced in tables.items() if not forced] == []


def test_without_a_tenant_there_are_no_rows(admin: Connection, app: Connection) -> None:
    for table in tenant_tables(admin):
        assert ask(admin, "SELECT FROM {table}", table).rowcount == 2, table
        found = ask(app, "SELECT FROM {table}", table).rowcount
        assert found == (2 if table == "api_key" else 0), table


def test_a_tenant_sees_its_own_rows(admin: Connection, app: Connection) -> None:
    for table in set(tenant_tables(admin)) - {"api_key"}:
        with app.transaction():
            enter(app, OURS)
            assert ask(app, "SELECT {owner} FROM {table}", table).fetchall() == [(OURS,)], table


def refused(app: Connection, form: str, table: str, values: Any = None) -> str:
    """Try a statement as our agency; give what the database says against it."""
    with pytest.raises(errors.InsufficientPrivilege) as fault:
        try_as(app, OURS, form, table, values)
    return str(fault.value)


def try_as(
    app: Connection, agency_id: int | None, form: str, table: str, values: Any = None
) -> int:
    """Run a statement in a transaction; give how many rows it touched."""
    with app.transaction():
        if agency_id:
            enter(app, agency_id)
        return ask(app, form, table, values).rowcount


def may(app: Connection, right: str) -> list[str]:
    """Give the tenants' tables on which the service's role has this right."""
    asked = "SELECT has_table_privilege(%s, %s)"
    return [
        table
        for table in tenant_tables(app)
        if app.execute(asked, (table, right)).fetchall() == [(True,)]
    ]


def everything(admin: Connection) -> list[Any]:
    return [
        ask(admin, "SELECT * FROM {table} ORDER BY {owner}", table).fetchall()
        for table in tenant_tables(admin)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("agency_id", [None, OURS])
@pytest.mark.parametrize(
    ("right", "form"),
    [
        ("UPDATE", "UPDATE {table} SET {owner} = {owner} WHERE {owner} = 2"),
        ("DELETE", "DELETE FROM {table} WHERE {owner} = 2"),
    ],
)
def test_rows_of_another_agency_cannot_be_changed(
    admin: Connection, app: Connection, right: str, form: str, agency_id: int | None
) -> None:
    before, allowed = everything(admin), may(app, right)
    for table in tenant_tables(admin):
        if table in allowed:
            assert try_as(app, agency_id, form, table) == 0, table
        else:
            assert "permission denied" in refused(app, form, table), table
    assert everything(admin) == before
    assert allowed, "none could be tried"


def test_no_row_can_be_put_into_another_agency(admin: Connection, app: Connection) -> None:
    copied = "INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, %s)).*"
    for table in tenant_tables(admin):
        [(theirs,)] = ask(admin, "SELECT to_jsonb(t) FROM {table} AS t WHERE {owner} = 2", table)
        assert "row-level security" in refused(app, copied, table, (Jsonb(theirs),)), table


def test_a_row_cannot_be_given_to_another_agency(admin: Connection, app: Connection) -> None:
    given = "UPDATE {table} SET {owner} = 2 WHERE {owner} = 1"
    for table in may(app, "UPDATE"):
        assert "row-level security" in refused(app, given, table), table
    assert set(tenant_tables(admin)) - set(may(app, "UPDATE")) == UNALTERED


def test_the_tenant_ends_with_the_transaction(app: Connection) -> None:
    with app.transaction():
        enter(app, OURS)
        assert app.execute("SELECT FROM portal_user").rowcount == 1
    assert app.execute("SELECT FROM portal_user").rowcount == 0


def test_the_role_is_not_mighty(app: Connection) -> None:
    [mighty] = app.execute(
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication,"
        " has_schema_privilege('public', 'CREATE'),"
        " EXISTS (SELECT FROM pg_class WHERE pg_has_role(current_user, relowner, 'MEMBER'))"
        " FROM pg_roles WHERE rolname = current_user"
    ).fetchall()
    assert mighty == (False, False, False)
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute("SELECT FROM app_password")


def test_a_worker_sees_the_queue_and_nothing_else(admin: Connection, app: Connection) -> None:
    with app.transaction():
        app.execute("SELECT set_config('app.queue', 'open', true)")
        seen = {t for t in tenant_tables(admin) if ask(app, "SELECT FROM {table}", t).rowcount}
        for table in ("photo_news", "agent_binding"):
            assert ask(app, "DELETE FROM {table}", table).rowcount == 0
    assert seen == {"media", "photo_news", "agent_binding", "api_key"}
    for table in ("media", "photo_news", "agent_binding"):
        assert ask(app, "SELECT FROM {table}", table).rowcount == 0


HIDDEN = ("draft", "pending_active", "hidden", "expired", "publish_failed", "blocked")


def visit(app: Connection) -> None:
    app.execute("SELECT set_config('app.visitor', 'open', true)")


def test_a_visitor_sees_public_listings_and_active_users_of_all_agencies(
    admin: Connection, app: Connection
) -> None:
    with app.transaction():
        visit(app)
        seen = {
            table: ask(app, "SELECT {owner} FROM {table}", table).rowcount
            for table in tenant_tables(admin)
        }
    assert {table: rows for table, rows in seen.items() if rows} == {
        "listing": 2,
        "portal_user": 2,
        "api_key": 2,  # as everybody: of a key nothing but its hash is there
    }
    assert ask(app, "SELECT FROM {table}", "listing").rowcount == 0


def test_a_visitor_sees_nothing_that_is_not_public(admin: Connection, app: Connection) -> None:
    admin.execute("UPDATE portal_user SET status = 'inactive' WHERE id = 2")
    for status in (*HIDDEN, "active", "completed"):
        admin.execute("UPDATE listing SET status = %s", (status,))
        with app.transaction():
            visit(app)
            listings = ask(app, "SELECT FROM {table}", "listing").rowcount
            users = ask(app, "SELECT {owner} FROM {table}", "portal_user").fetchall()
        assert listings == (0 if status in HIDDEN else 2), status
        assert users == [(OURS,)]


@pytest.mark.slow
@pytest.mark.parametrize("table", ["listing", "portal_user"])
def test_a_visitor_changes_nothing(admin: Connection, app: Connection, table: str) -> None:
    before = everything(admin)
    with app.transaction():
        visit(app)
        assert ask(app, "UPDATE {table} SET status = 'x'", table).rowcount == 0
    assert everything(admin) == before
