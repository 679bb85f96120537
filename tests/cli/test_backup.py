"""`rentix backup` and `restore`, as an operator uses them, and what they refuse."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import psycopg
import pytest

from rentix.model import Agency
from rentix.store.agencies import create_agency
from rentix.store.migrate_postgres import migrate_postgres
from rentix.wiring import claimed, open_store
from tests.cli.backups import alter, read_json, register, run

pytestmark = pytest.mark.slow  # starts PostgreSQL's programs


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give a directory with an agency and an agent."""
    data = tmp_path / "data"
    register("--data", data)
    return data


@pytest.fixture
def made(data: Path, tmp_path: Path) -> Path:
    """Give a backup of it."""
    run("backup", tmp_path / "made", "--data", data)
    return tmp_path / "made"


@pytest.fixture
def admin_url(fresh_admin_url: str) -> str:
    """Give the administrator's address of a database with an agency and an agent."""
    url = migrate_postgres(fresh_admin_url)
    register("--database", url)
    return fresh_admin_url


def test_a_directory_comes_back(data: Path, tmp_path: Path) -> None:
    said = read_json("backup", tmp_path / "b", "--data", data)
    assert (said["kind"], said["schema"], said["rows"]["portal_user"]) == ("sqlite", 3, 1)
    back = read_json("restore", tmp_path / "b", "--data", tmp_path / "back")
    assert back["sha256"] == said["sha256"]
    assert back["databaseUrl"] is None
    again = read_json("backup", tmp_path / "again", "--data", tmp_path / "back")
    assert again["rows"] == said["rows"]


def test_what_only_the_log_of_a_running_service_holds_is_in_it(data: Path, tmp_path: Path) -> None:
    with open_store(data) as store, store.operate() as hand:
        create_agency(hand, Agency(id=0, name="Vila"), 0)
        assert read_json("backup", tmp_path / "before", "--data", data)["rows"]["agency"] == 1
    with open_store(data) as store:
        with store.operate() as hand:
            create_agency(hand, Agency(id=0, name="Parc"), 0)
        assert (data / "rentix.db-wal").stat().st_size > 0
        assert read_json("backup", tmp_path / "after", "--data", data)["rows"]["agency"] == 3


def test_a_database_comes_back(
    admin_url: str,
    new_admin_url: Callable[[], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RENTIX_ADMIN_URL", admin_url)
    said = read_json("backup", tmp_path / "b", "--database", migrate_postgres(admin_url))
    assert (said["kind"], said["schema"], said["rows"]["portal_user"]) == ("postgres", 3, 1)
    assert "app_password" not in said["rows"], "a restored service has a password of its own"
    fresh = new_admin_url()
    back = read_json("restore", tmp_path / "b", "--admin-url", fresh)
    assert read_json("db", "status", "--database", back["databaseUrl"])["servable"]
    with psycopg.connect(back["databaseUrl"]) as app:
        assert app.execute("SELECT * FROM portal_user").fetchall() == [], "rows are still guarded"
    again = read_json("backup", tmp_path / "again", "--admin-url", fresh)
    assert again["rows"] == said["rows"]


def test_only_the_owner_may_look(made: Path) -> None:
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    for file in made.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


def test_a_dump_is_its_owners_alone_too(admin_url: str, tmp_path: Path) -> None:
    run("backup", tmp_path / "b", "--admin-url", admin_url)
    for file in (tmp_path / "b").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


def test_where_there_is_something_no_backup_goes(data: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter").write_text("dear")
    assert "new or empty" in run("backup", tmp_path / "full", "--data", data, ends=2)
    (tmp_path / "empty").mkdir()
    run("backup", tmp_path / "empty", "--data", data)


def test_a_damaged_database_is_not_backed_up(data: Path, tmp_path: Path) -> None:
    file = apsw.Connection(str(data / "rentix.db"))
    file.execute("PRAGMA writable_schema = on")
    file.execute("UPDATE sqlite_schema SET rootpage = 2 WHERE name = 'user_by_agency'")
    file.close()
    assert "no backup was made" in run("backup", tmp_path / "b", "--data", data, ends=2)
    assert [path.name for path in tmp_path.iterdir()] == ["data"], "nothing half done is left"


SPOILS: dict[str, tuple[Callable[[Path], Any], str]] = {
    "no manifest": (lambda made: (made / "manifest.json").unlink(), "is no backup"),
    "half a manifest": (lambda made: (made / "manifest.json").write_text("{"), "cannot be read"),
    "no data": (lambda made: (made / "rentix.db").unlink(), "is missing"),
    "half the data": (lambda made: os.truncate(made / "rentix.db", 4096), "is damaged"),
    "another byte": (lambda made: flip_byte(made / "rentix.db"), "is damaged"),
    "a later schema": (lambda made: alter(made, schema=999), "upgrade it"),
}


@pytest.mark.parametrize(("spoil", "word"), SPOILS.values(), ids=SPOILS)
def test_a_spoilt_backup_is_refused(
    made: Path, tmp_path: Path, spoil: Callable[[Path], Any], word: str
) -> None:
    spoil(made)
    said = run("restore", made, "--data", tmp_path / "back", ends=2)
    assert "nothing was restored" in said
    assert word in said
    assert not (tmp_path / "back").exists()


def flip_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_nothing_is_restored_over_data(
    made: Path, data: Path, admin_url: str, tmp_path: Path
) -> None:
    before = (data / "rentix.db").read_bytes()
    assert "a new directory" in run("restore", made, "--data", data, ends=2)
    assert (data / "rentix.db").read_bytes() == before
    run("backup", tmp_path / "b", "--admin-url", admin_url)
    said = run("restore", tmp_path / "b", "--admin-url", admin_url, ends=2)
    assert "the database holds tables" in said


def test_each_kind_goes_where_it_came_from(made: Path, fresh_admin_url: str) -> None:
    said = run("restore", made, "--admin-url", fresh_admin_url, ends=2)
    assert "restore it with --data" in said


def test_a_role_that_sees_one_agency_makes_no_backup(admin_url: str, tmp_path: Path) -> None:
    app_url = migrate_postgres(admin_url)
    assert "BYPASSRLS" in run("backup", tmp_path / "b", "--admin-url", app_url, ends=2)
    said = run("backup", tmp_path / "b", "--database", app_url, ends=2)
    assert "RENTIX_ADMIN_URL" in said


def test_a_restore_that_fails_leaves_nothing_and_shows_no_secret(
    admin_url: str, new_admin_url: Callable[[], str], tmp_path: Path
) -> None:
    backup, dump = tmp_path / "b", tmp_path / "b" / "rentix.dump"
    run("backup", backup, "--admin-url", admin_url)
    dump.write_bytes(dump.read_bytes()[:-2000])
    digest = hashlib.sha256(dump.read_bytes()).hexdigest()
    alter(backup, bytes=dump.stat().st_size, sha256=digest)
    fresh = new_admin_url()
    said = run("restore", backup, "--admin-url", fresh, ends=2)
    assert "nothing was restored: pg_restore: error" in said
    assert fresh.partition("@")[0].rpartition(":")[2] not in said
    assert "no data" in run("backup", tmp_path / "c", "--admin-url", fresh, ends=2)


def test_data_is_named_once(tmp_path: Path) -> None:
    said = run("backup", tmp_path / "b", "--data", "x", "--admin-url", "postgresql://h/d", ends=2)
    assert "either --data or --admin-url" in said
    assert "no data in" in run("backup", tmp_path / "b", "--data", tmp_path / "none", ends=2)


def test_a_backup_goes_into_the_folder_that_one_is_in(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    run("backup", ".", "--data", data)
    run("restore", tmp_path / "here", "--data", tmp_path / "back")


def test_a_log_that_was_left_behind_is_not_read_into_what_is_restored(
    made: Path, tmp_path: Path
) -> None:
    back = tmp_path / "back"
    back.mkdir()
    (back / "rentix.db-wal").write_bytes(b"writes of a service that was killed")
    said = run("restore", made, "--data", back, ends=2)
    assert "there is data in" in said
    assert "rentix.db-wal" in said


def test_a_restore_that_was_cut_off_is_done_again(made: Path, tmp_path: Path) -> None:
    back = tmp_path / "back"
    back.mkdir()
    for ending in ("", "-wal"):
        (back / f"rentix.db.restoring{ending}").write_bytes(b"half")
    run("restore", made, "--data", back)
    assert sorted(path.name for path in back.iterdir()) == ["rentix.db", "serving.lock"]
    assert stat.S_IMODE((back / "rentix.db").stat().st_mode) == 0o600
    assert read_json("db", "status", "--data", back)["servable"]


def test_a_directory_that_is_served_is_not_restored_into(made: Path, tmp_path: Path) -> None:
    with claimed(tmp_path / "back"):
        said = run("restore", made, "--data", tmp_path / "back", ends=2)
    assert "another process serves" in said


def test_an_older_schema_is_migrated(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    file = apsw.Connection(str(tmp_path / "old" / "rentix.db"))
    file.execute("PRAGMA journal_mode = wal")
    file.close()
    assert read_json("backup", tmp_path / "b", "--data", tmp_path / "old")["schema"] == 0
    run("restore", tmp_path / "b", "--data", tmp_path / "back")
    assert read_json("db", "status", "--data", tmp_path / "back")["schema"] == 3
