"""The embedded database: how it is opened, migrated, written and asked."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw
import pytest

from rentix.model import Agency
from rentix.operations import Caller, Idempotency, Patch, PutUser, Request
from rentix.rules.phones import read_phones
from rentix.store import StoreError
from rentix.store.agencies import create_agency
from rentix.store.migrate import SchemaTooNew
from rentix.store.sqlite import SqliteStore
from rentix.writer import commit
from tests.service import operated

PHONE = read_phones("+37369123456", "MD").phone


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "data")
    operated(store, create_agency, Agency(id=0, name="Casa Test"), 0)
    yield store
    store.close()


def test_a_commit_is_durable(store: SqliteStore) -> None:
    read = {p: store._writer.execute(f"PRAGMA {p}").get for p in ("journal_mode", "foreign_keys")}
    assert read == {"journal_mode": "wal", "foreign_keys": 1}
    assert store._writer.execute("PRAGMA synchronous").get == 2  # FULL


def test_only_the_owner_may_look(store: SqliteStore, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    for file in (tmp_path / "data").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


def test_readers_cannot_write(store: SqliteStore) -> None:
    with pytest.raises(apsw.ReadOnlyError):
        store._reader.execute("DELETE FROM portal_user")


def test_a_version_lasts_until_somebody_commits(store: SqliteStore, tmp_path: Path) -> None:
    seen = [store.version()]
    put = PutUser(external_id="a", patch=Patch(name="Ana", phone=PHONE))
    for requests in ([Request(caller=Caller(1, 1), operations=(put,))], []):
        commit(store, requests, 1)
        seen.append(store.version())
    with SqliteStore(tmp_path / "data").operate() as hand:  # as another process would
        hand.run("set_agency_active", 1, active=False)
    seen += [store.version(), store.version()]
    assert [seen.index(version) for version in seen] == [0, 1, 1, 3, 3]


def test_an_old_library_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: "3.51.2")
    with pytest.raises(StoreError, match=r"3\.51\.3 or later"):
        SqliteStore(tmp_path / "data")


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    SqliteStore(tmp_path).close()
    connection = apsw.Connection(str(tmp_path / "rentix.db"))
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    with pytest.raises(SchemaTooNew, match="upgrade"):
        SqliteStore(tmp_path)


def test_opened_many_times_at_once_it_is_migrated_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: SqliteStore(tmp_path / "data"), range(8)))
    for store in stores:
        store.ping()
        store.close()


def _statements(store: SqliteStore, external_ids: list[str]) -> tuple[int, set[str]]:
    traced: list[str] = []

    def trace(_: object, statement: str, __: object) -> bool:
        traced.append(statement)
        return True

    operations = tuple(
        PutUser(external_id=external_id, patch=Patch(name="Ana", phone=PHONE))
        for external_id in external_ids
    )
    memory = Idempotency(external_ids[0], b"")
    request = Request(
        caller=Caller(1), operations=operations, idempotency=memory, render=lambda _: b"{}"
    )
    store._writer.exec_trace = trace
    commit(store, [request], 0)
    store._writer.exec_trace = None
    return sum(s.startswith("SELECT") for s in traced), set(traced)


def test_a_batch_has_the_same_statements_whatever_its_size(store: SqliteStore) -> None:
    small = _statements(store, ["a"])
    large = _statements(store, [f"b{n}" for n in range(100)])
    assert small == large
    assert len(large[1]) < 20
