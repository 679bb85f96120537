"""Backups of PostgreSQL: what a dump carries over, how long it may take, and on which servers."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest

from rentix.store import dump_programs
from rentix.store.backup import BackupError
from rentix.store.cluster import drop_database
from rentix.store.dump_programs import find_dump_programs
from rentix.store.migrate_postgres import migrate_postgres
from tests.cli.backups import alter, read_json, register, run
from tests.process import rentix

pytestmark = pytest.mark.slow  # starts PostgreSQL's programs

SHAPE = {
    "tables": "SELECT relname, relkind, relpersistence, relrowsecurity, relforcerowsecurity, "
    "reloptions FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    "constraints": "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace",
    "policies": "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies",
    "triggers": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT proname, pg_get_functiondef(oid) FROM pg_proc "
    "WHERE pronamespace = 'public'::regnamespace",
    "sequences": "SELECT sequencename, last_value FROM pg_sequences",
}
RIGHTS = (
    "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
    "WHERE grantee = current_database() || '_app'"
)


@pytest.fixture
def admin_url(fresh_admin_url: str) -> str:
    """Give the administrator's address of a database with an agency and an agent."""
    register("--database", migrate_postgres(fresh_admin_url))
    return fresh_admin_url


@pytest.fixture
def made(admin_url: str, tmp_path: Path) -> Path:
    """Give a backup of it."""
    run("backup", tmp_path / "made", "--admin-url", admin_url)
    return tmp_path / "made"


@pytest.fixture
def owner_url(new_admin_url: Callable[[], str], postgres_admin_url: str) -> Iterator[str]:
    """Give an empty database's address as its owner, who is no superuser and sees no tenant."""
    url, role = urlsplit(new_admin_url()), f"owner_{secrets.token_hex(4)}"
    name = url.path[1:]
    with psycopg.connect(postgres_admin_url, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {role} LOGIN CREATEROLE PASSWORD 'hunter2'".encode())
        admin.execute(f"ALTER DATABASE {name} OWNER TO {role}".encode())
        yield url._replace(netloc=f"{role}:hunter2@{url.netloc.rpartition('@')[2]}").geturl()
        drop_database(postgres_admin_url, name)
        admin.execute(f"DROP ROLE {role}".encode())


def read_rows(made: Path) -> dict[str, int]:
    rows: dict[str, int] = json.loads((made / "manifest.json").read_text())["rows"]
    return rows


@contextmanager
def backing_up(admin_url: str, directory: Path) -> Iterator[subprocess.Popen[str]]:
    """Run `rentix backup` beside the block."""
    with subprocess.Popen(
        rentix("backup", directory),
        env=os.environ | {"RENTIX_ADMIN_URL": admin_url, "RENTIX_DATABASE": admin_url},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def ask(url: str, query: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        return sorted(connection.execute(query.encode()).fetchall(), key=repr)


def test_what_guards_the_rows_comes_back(
    admin_url: str, made: Path, new_admin_url: Callable[[], str]
) -> None:
    fresh = new_admin_url()
    run("restore", made, "--admin-url", fresh)
    for name, query in SHAPE.items():
        assert ask(fresh, query) == ask(admin_url, query) != [], name
    assert ask(fresh, RIGHTS) == ask(admin_url, RIGHTS) != []


def test_an_owner_who_sees_no_agency_can_restore(made: Path, owner_url: str) -> None:
    address = read_json("restore", made, "--admin-url", owner_url)["databaseUrl"]
    another = ("--name", "Ion", "--phone", "+37369123457", "--database", address)
    assert read_json("user", "register", "1", *another)["id"] == 2
    assert read_json("agency", "create", "Vila", "--database", address)["agencyId"] == 2


def test_what_others_keep_beside_it_stays_there(
    admin_url: str, new_admin_url: Callable[[], str], tmp_path: Path
) -> None:
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("CREATE SCHEMA other")
        admin.execute("CREATE TABLE other.things (x int)")
        admin.execute("CREATE PUBLICATION everything FOR TABLE portal_user")
    fresh = new_admin_url()
    run("backup", tmp_path / "b", "--admin-url", admin_url)
    run("restore", tmp_path / "b", "--admin-url", fresh)
    assert ask(fresh, "SELECT to_regclass('other.things')") == [(None,)]
    assert b"things" not in (tmp_path / "b" / "rentix.dump").read_bytes()


WAITING = (
    "SELECT FROM pg_stat_activity WHERE datname = current_database() "
    "AND application_name = 'pg_dump' AND wait_event_type = 'Lock'"
)


@contextmanager
def dump_held_up(admin_url: str) -> Iterator[Callable[[str], None]]:
    """Keep pg_dump from a table; give a function that waits until a query has rows."""
    with psycopg.connect(admin_url) as holder, psycopg.connect(admin_url, autocommit=True) as eye:
        holder.execute("SET idle_in_transaction_session_timeout = 0")
        holder.execute("LOCK TABLE budget")

        def wait_for(query: str) -> None:
            while not eye.execute(query.encode()).fetchall():
                threading.Event().wait(0.02)

        yield wait_for
        holder.rollback()


def test_a_dump_may_take_longer_than_a_session_may_idle(admin_url: str, tmp_path: Path) -> None:
    name = urlsplit(admin_url).path[1:]
    with psycopg.connect(admin_url, autocommit=True) as admin:
        setting = "idle_in_transaction_session_timeout = '1s'"
        admin.execute(f"ALTER DATABASE {name} SET {setting}".encode())
    with backing_up(admin_url, tmp_path / "b") as process:
        with dump_held_up(admin_url) as wait_for:
            wait_for(WAITING)
            wait_for("SELECT FROM pg_sleep(1.2)")
        _, said = process.communicate(timeout=20)
        assert process.returncode == 0, said


def test_a_backup_that_is_told_to_stop_leaves_nothing(admin_url: str, tmp_path: Path) -> None:
    with (
        backing_up(admin_url, tmp_path / "b") as process,
        dump_held_up(admin_url) as wait_for,
    ):
        wait_for(WAITING)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=20)
        assert process.returncode == 2
        assert "no backup was made: it was told to stop" in said
    assert list(tmp_path.iterdir()) == []


def test_a_password_is_on_no_command_line(admin_url: str, tmp_path: Path) -> None:
    password = urlsplit(admin_url).password
    with backing_up(admin_url, tmp_path / "b") as process:
        with dump_held_up(admin_url) as wait_for:
            wait_for(WAITING)
            children = psutil.Process(process.pid).children(recursive=True)
            words = [word for child in children for word in child.cmdline()]
        process.communicate(timeout=20)
        assert process.returncode == 0
    assert "--format=custom" in words
    assert password
    assert not [word for word in words if password in word]


def test_rows_that_are_missing_are_noticed(made: Path, new_admin_url: Callable[[], str]) -> None:
    alter(made, rows=read_rows(made) | {"portal_user": 2})
    said = run("restore", made, "--admin-url", new_admin_url(), ends=2)
    assert "not as many rows as were backed up: portal_user" in said


def test_an_older_server_is_refused(made: Path, new_admin_url: Callable[[], str]) -> None:
    alter(made, server=99)
    fresh = new_admin_url()
    said = run("restore", made, "--admin-url", fresh, ends=2)
    assert "nothing was restored" in said
    assert "restore it on 99 or later" in said
    assert ask(fresh, SHAPE["functions"]) == []


@pytest.mark.parametrize(
    ("server", "found", "way_out"),
    [
        (18, 17, "rentix\\[sandbox\\]"),
        (15, 18, "postgresql-client-15"),  # what 18 writes cannot be read by 15
        (15, 14, "postgresql-client-15"),
    ],
)
def test_programs_must_fit_the_server(
    server: int, found: int, way_out: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dump_programs, "_major", lambda _: found)
    with pytest.raises(BackupError, match=f"PostgreSQL {server} are needed: .*{way_out}"):
        find_dump_programs(server)
