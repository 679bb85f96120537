"""`rentix db migrate` and `status`, as an operator uses them."""

from __future__ import annotations

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw
import psycopg
import pytest

from rentix.store.postgres import PostgresStore
from tests.process import rentix

pytestmark = pytest.mark.slow  # starts processes


def run(*arguments: str, ends: int = 0, **environment: str) -> str:
    done = subprocess.run(
        rentix(*arguments),
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == ends, done.stdout + done.stderr
    return done.stdout + done.stderr


def migrate(admin_url: str) -> str:
    printed = run("db", "migrate", "--json", RENTIX_ADMIN_URL=admin_url)
    return str(json.loads(printed)["databaseUrl"])


def test_two_migrations_at_once_apply_once_and_print_one_address(fresh_admin_url: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(migrate, [fresh_admin_url] * 2)
    assert first == second == migrate(fresh_admin_url)
    PostgresStore(first).close()
    with psycopg.connect(fresh_admin_url) as admin:
        assert admin.execute("SELECT number FROM schema_version").fetchall() == [(1,), (2,), (3,)]


def test_status_says_what_may_be_served(fresh_admin_url: str) -> None:
    url = migrate(fresh_admin_url)
    shown = json.loads(run("db", "status", "--json", RENTIX_DATABASE=url))
    assert shown.pop("server").startswith("PostgreSQL ")
    assert shown == {
        "servable": True,
        "reason": None,
        "kind": "postgres",
        "schema": 3,
        "known": 3,
        "sandbox": None,
    }
    run("agency", "create", "Casa", "--database", url)
    assert "holds agencies" in run("db", "status", "--database", url)


def test_the_administrators_address_is_not_served(fresh_admin_url: str) -> None:
    migrate(fresh_admin_url)
    for command, code in (("serve", 2), ("db status", 1)):
        said = run(*command.split(), "--database", fresh_admin_url, ends=code)
        assert "superuser" in said
        assert "rentix db migrate" in said


def test_an_owner_and_bypassrls_are_refused(fresh_admin_url: str) -> None:
    url = migrate(fresh_admin_url)
    role = url.split("//")[1].split(":", maxsplit=1)[0]
    with psycopg.connect(fresh_admin_url, autocommit=True) as admin:
        admin.execute(f'ALTER ROLE "{role}" BYPASSRLS'.encode())
        assert "BYPASSRLS" in run("serve", "--database", url, ends=2)
        admin.execute(f'ALTER ROLE "{role}" NOBYPASSRLS'.encode())
        admin.execute(f'ALTER TABLE media OWNER TO "{role}"'.encode())
        assert "owner" in run("serve", "--database", url, ends=2)
        admin.execute("ALTER TABLE media OWNER TO postgres")


@pytest.mark.parametrize(
    ("number", "word"), [(999, "this program knows 3: upgrade it"), (1, "run rentix db migrate")]
)
def test_another_schema_is_refused(fresh_admin_url: str, number: int, word: str) -> None:
    url = migrate(fresh_admin_url)
    with psycopg.connect(fresh_admin_url, autocommit=True) as admin:
        admin.execute("DELETE FROM schema_version WHERE number > 1")
        admin.execute("INSERT INTO schema_version VALUES (%s) ON CONFLICT DO NOTHING", (number,))
    assert word in run("serve", "--database", url, ends=2)


def test_an_unmigrated_database_is_refused(fresh_admin_url: str) -> None:
    name = fresh_admin_url.rpartition("/")[2]
    with psycopg.connect(fresh_admin_url, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {name}_app LOGIN PASSWORD 'x'".encode())
    place = fresh_admin_url.rpartition("@")[2]
    said = run("serve", "--database", f"postgresql://{name}_app:x@{place}", ends=2)
    assert "run rentix db migrate" in said


@pytest.mark.parametrize("command", ["db status", "serve", "agency suspend 1"])
def test_a_database_that_cannot_be_reached(command: str, fresh_url: str) -> None:
    wrong = fresh_url.replace(fresh_url.split(":")[2].split("@", maxsplit=1)[0], "hunter2")
    said = run(*command.split(), "--database", wrong, ends=2)
    assert "password authentication failed" in said
    assert "hunter2" not in said
    away = "postgresql://a:hunter2@127.0.0.1:1/b"
    said = run(*command.split(), "--database", away, ends=2)
    assert "refused" in said.lower()
    assert "hunter2" not in said


def test_what_is_said_twice_or_not_at_all() -> None:
    assert "--admin-url" in run("db", "migrate", ends=2, RENTIX_ADMIN_URL="")
    both = ("--data", "x", "--database", "postgresql://h/d")
    assert "either --data or --database" in run("db", "status", *both, ends=2)
    assert "postgresql://" in run("db", "status", "--database", "mysql://u:hunter2@h", ends=2)


@pytest.mark.parametrize(
    "password", ["p@hunter2", "hunter2/x", "hunter2?x", "hunter2%", "p#hunter2"]
)
def test_a_password_that_is_not_encoded_is_not_shown(password: str) -> None:
    address = f"postgresql://u:{password}@127.0.0.1:1/b"
    said = run("db", "status", "--database", address, ends=2)
    assert "postgresql://user:password@host" in said
    assert "hunter2" not in said


def test_looking_at_a_directory_changes_nothing_in_it(tmp_path: Path) -> None:
    run("agency", "create", "Casa", "--data", str(tmp_path))
    file = apsw.Connection(str(tmp_path / "rentix.db"))
    file.execute("PRAGMA user_version = 0")
    file.close()
    before = (tmp_path / "rentix.db").read_bytes()
    assert "serving it migrates it" in run("db", "status", "--data", str(tmp_path))
    assert (tmp_path / "rentix.db").read_bytes() == before
    file = apsw.Connection(str(tmp_path / "rentix.db"))
    file.execute("PRAGMA user_version = 999")
    file.close()
    assert "upgrade it" in run("db", "status", "--data", str(tmp_path), ends=1)
    assert "no rentix.db" in run("db", "status", "--data", str(tmp_path / "other"), ends=2)
