"""`rentix serve --database … --workers 2`: real processes on a real PostgreSQL."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rentix.model import SCOPES, Agency
from rentix.store.agencies import create_agency, create_key, set_active
from rentix.store.postgres import PostgresStore
from tests.process import Served, serving_postgres
from tests.service import operated

pytestmark = pytest.mark.slow  # starts processes
CLIENTS, PUTS = 8, 25


@pytest.fixture
def store(fresh_url: str) -> Iterator[PostgresStore]:
    store = PostgresStore(fresh_url)
    yield store
    store.close()


def make_key(store: PostgresStore) -> str:
    agency = Agency(id=0, name="Casa Test", requests_per_minute=0, bulk_per_minute=0)
    agency_id = operated(store, create_agency, agency, 0)
    _, key = operated(store, create_key, agency_id, frozenset(SCOPES), 0)
    return str(key)


def put_many(served: Served, key: str, client_number: int) -> list[int]:
    with served.client(key) as client:
        return [
            client.put(
                "/users",
                json={
                    "externalId": f"crm-{number % 10}",
                    "name": f"Ana {client_number} {number}",
                    "phone": "+37369123456",
                },
            ).status_code
            for number in range(PUTS)
        ]


def test_two_workers_write_one_history(
    fresh_url: str, store: PostgresStore, tmp_path: Path
) -> None:
    key = make_key(store)
    with serving_postgres(tmp_path, fresh_url, "--workers", "2") as served:
        with ThreadPoolExecutor(CLIENTS) as pool:
            codes = list(pool.map(lambda n: put_many(served, key, n), range(CLIENTS)))
        assert {code for of_one in codes for code in of_one} == {200}
        assert served.end() == 0
    changes = store.changes(1, 0, 1000)
    assert [change.seq for change in changes] == list(range(1, CLIENTS * PUTS + 1))
    names: dict[int, object] = {}
    for change in changes:
        before, after = change.fields["name"]
        assert before == names.get(change.subject_id), "each change was decided on the last one"
        names[change.subject_id] = after
    assert len(names) == 10


def test_the_address_is_in_no_list_of_processes_and_no_log(fresh_url: str, tmp_path: Path) -> None:
    password = fresh_url.split(":")[2].split("@", maxsplit=1)[0]
    with serving_postgres(tmp_path, fresh_url, "--workers", "2") as served:
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                assert password.encode() not in process.read_bytes()
            except (FileNotFoundError, ProcessLookupError):
                continue
        assert served.end() == 0
    assert password not in served.log.read_text("utf-8") + served.said


def test_a_suspended_agency_is_refused_by_every_worker(
    fresh_url: str, store: PostgresStore, tmp_path: Path
) -> None:
    key = make_key(store)
    with serving_postgres(tmp_path, fresh_url, "--workers", "2") as served:
        operated(store, set_active, 1, active=False)
        for _ in range(10):  # a connection each: they reach both
            with served.client(key) as client:
                assert client.get("/agency").status_code == 403


def test_a_killed_worker_is_back_and_nothing_answered_is_lost(
    fresh_url: str, store: PostgresStore, tmp_path: Path
) -> None:
    key = make_key(store)
    with serving_postgres(tmp_path, fresh_url, "--workers", "2") as served:
        put_many(served, key, 0)
        lines = map(json.loads, served.log.read_text("utf-8").splitlines())
        pid = next(line["pid"] for line in lines if "pid" in line)
        os.kill(pid, signal.SIGKILL)
        assert set(put_many(served, key, 1)) == {200}
    assert len(store.changes(1, 0, 1000)) == 2 * PUTS
