"""`rentix sandbox --postgres`: a database server comes and goes with it, its data stays."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from rentix.model import SANDBOX_KEY
from rentix.store.cluster_place import claim_place
from tests.process import Served, rentix, run_served

pytestmark = pytest.mark.slow  # starts processes


def names(served: Served) -> set[str]:
    with served.client(SANDBOX_KEY) as client:
        return {user["name"] for user in client.get("/users").json()["items"]}


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    data = tmp_path / "data"
    yield data
    shutil.rmtree(claim_place(data / "postgres"))  # it may lie outside of pytest's own folder


def postgres_lock(said: str) -> Path:
    found = re.search(r"PostgreSQL's files are in (\S+)", said)
    assert found
    return Path(found[1]) / "data" / "postmaster.pid"


def test_it_serves_and_comes_back_with_its_data(data: Path) -> None:
    command = rentix("sandbox", "--postgres", "--data", data)
    with run_served(data, command, {}) as served:
        assert "Ana Munteanu" in names(served)
        with served.client(SANDBOX_KEY) as client:
            body = {"externalId": "crm-1", "name": "Ana Nouă"}
            assert client.put("/users", json=body).status_code == 200
        assert postgres_lock(served.said).exists()
        assert served.end() == 0
    assert not postgres_lock(served.said).exists(), "it ends with the sandbox"
    with run_served(data, command, {}) as served:
        assert "Ana Nouă" in names(served)
        served.end()
    with run_served(data, [*command, "--reset"], {}) as served:
        assert "Ana Nouă" not in names(served)
        assert served.end() == 0


def test_told_to_end_before_it_serves_it_leaves_no_server(data: Path) -> None:
    command = rentix("sandbox", "--postgres", "--data", data, "--port", 0)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lock = postgres_lock(process.stdout.readline())
        assert lock.exists()
        process.terminate()
        assert process.wait(30) == 0
    assert not lock.exists()


def test_a_used_database_becomes_no_sandbox(fresh_url: str, tmp_path: Path) -> None:
    with psycopg.connect(fresh_url) as connection:
        connection.execute("SELECT nextval('key_id')")
    command = rentix("sandbox", "--database", fresh_url)
    with (
        pytest.raises(AssertionError, match="needs a fresh database"),
        run_served(tmp_path / "data", command, {}),
    ):
        pass
