"""Several processes on one address: who answers, who comes back, and how all of them end."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from rentix.api.addresses import listen
from rentix.api.workers import PAUSE_MAX_S, pause_after
from rentix.logs import LOGGED
from rentix.model import SCOPES, Agency
from rentix.store.agencies import create_agency, create_key
from rentix.store.sqlite import SqliteStore
from tests.process import STOP_TIMEOUT_S, Served, rentix

slow = pytest.mark.slow  # starts processes
ROOT = Path(__file__).parents[2]
PATIENCE_S = 20
Line = dict[str, Any]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    directory = tmp_path / "data"
    SqliteStore(directory).close()
    return directory


def command(data: Path, workers: int, port: int = 0, metrics_port: int = 0) -> list[str]:
    numbers = map(str, (workers, port, metrics_port))
    return [sys.executable, "-m", "tests.several", str(data), *numbers]


@contextmanager
def several(data: Path, workers: int = 2) -> Iterator[Served]:
    """Serve from several processes while the block runs."""
    log = data.with_name("several.log")
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            command(data, workers),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            process_group=0,
        ) as process,
    ):
        try:
            yield Served(process, log)
        finally:
            process.kill()
            process.communicate(timeout=STOP_TIMEOUT_S)  # its workers hold the pipe while they live


def lines(served: Served, event: str) -> list[Line]:
    """Lines of the log about one event, oldest first."""
    whole = [text for text in served.log.read_text("utf-8").splitlines() if text.endswith("}")]
    return [line for text in whole if (line := json.loads(text))["event"] == event]


def wait_until(holds: Callable[[], bool]) -> None:
    """Ask until it holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, f"does not come to hold within {PATIENCE_S} s"
        threading.Event().wait(0.02)


def answers(served: Served) -> bool:
    """Ask on a new connection; nothing may hang, though a killed worker's connections are lost."""
    try:
        return httpx2.get(f"{served.url}/api/v1/users", timeout=5).status_code == 401
    except (httpx2.NetworkError, httpx2.RemoteProtocolError):
        return False


def answered(worker: Line) -> int:
    """How many requests a worker has answered, by its own metrics."""
    try:
        metrics = httpx2.get(worker["metrics"]).text
    except httpx2.NetworkError:
        return 0
    return sum(
        int(float(n))
        for n in re.findall(r"^rentix_requests_total{.*} (\S+)$", metrics, re.MULTILINE)
    )


@slow
def test_every_worker_answers_and_shows_its_own_metrics(data: Path) -> None:
    with several(data, 3) as served:
        workers = lines(served, "serving")
        assert sorted(line["worker"] for line in workers) == [0, 1, 2]
        assert len({line["pid"] for line in workers} | {served.process.pid}) == 4
        assert {line["url"] for line in workers} == {served.url}
        asked = 0

        def all_asked() -> bool:
            nonlocal asked
            asked += answers(served)
            return all(answered(line) for line in workers)

        wait_until(all_asked)
        wait_until(lambda: sum(answered(line) for line in workers) == asked)
        assert served.said.count("http://") == 1
        assert served.end() == 0
    assert all(set(json.loads(line)) <= LOGGED for line in served.log.read_text().splitlines())


@slow
def test_a_killed_worker_comes_back_while_the_others_serve(data: Path) -> None:
    with several(data) as served:
        [killed] = [line for line in lines(served, "serving") if line["worker"] == 1]
        os.kill(killed["pid"], signal.SIGKILL)
        wait_until(lambda: answers(served) and len(lines(served, "serving")) == 3)
        back = lines(served, "serving")[2]
        assert back["worker"] == 1
        assert back["pid"] != killed["pid"]
        [ended] = lines(served, "worker ended")
        assert (ended["worker"], ended["exit_code"]) == (1, -signal.SIGKILL)
        wait_until(lambda: answers(served) and answered(back) > 0)
        assert served.end() == 0


@slow
def test_a_worker_that_cannot_come_back_is_tried_again_while_the_others_serve(data: Path) -> None:
    with several(data) as served:
        refusal = data / "refuse"
        refusal.touch()
        os.kill(lines(served, "serving")[0]["pid"], signal.SIGKILL)
        wait_until(lambda: answers(served) and len(lines(served, "worker ended")) == 3)
        assert lines(served, "worker ended")[2]["kind"] == "SchemaTooNew"
        refusal.unlink()
        wait_until(lambda: answers(served) and len(lines(served, "serving")) == 3)
        assert served.end() == 0


def make_key(data: Path) -> str:
    store = SqliteStore(data)
    with store.operate() as hand:
        agency = Agency(id=0, name="Casa Test", requests_per_minute=0, bulk_per_minute=0)
        _, key = create_key(hand, create_agency(hand, agency, 0), frozenset(SCOPES), 0)
    store.close()
    return key


@contextmanager
def begun_put(served: Served, key: str, length: int) -> Iterator[socket.socket]:
    """Begin a PUT; a worker waits for its body."""
    url = urlsplit(served.url)
    head = ["PUT /api/v1/users HTTP/1.1", "Host: x", f"X-API-Key: {key}", "Expect: 100-continue"]
    head += ["Content-Type: application/json", f"Content-Length: {length}", "", ""]
    with socket.create_connection((url.hostname, url.port), timeout=PATIENCE_S) as client:
        client.sendall("\r\n".join(head).encode())
        assert client.recv(65536).startswith(b"HTTP/1.1 100 ")
        yield client


def is_refused(served: Served) -> bool:
    url = urlsplit(served.url)
    try:
        socket.create_connection((url.hostname, url.port), timeout=5).close()
    except ConnectionRefusedError:
        return True
    except ConnectionError:
        pass
    return False


def tell_parent(served: Served, stop: signal.Signals) -> None:
    os.kill(served.process.pid, stop)


def tell_terminal(served: Served, stop: signal.Signals) -> None:
    os.killpg(served.process.pid, stop)  # Ctrl-C is for every process of a terminal


@slow
@pytest.mark.parametrize(
    ("tell", "stop"),
    [
        (tell_parent, signal.SIGTERM),
        (tell_parent, signal.SIGINT),
        (tell_terminal, signal.SIGINT),
    ],
)
def test_what_is_in_flight_is_finished(
    data: Path, tell: Callable[[Served, signal.Signals], None], stop: signal.Signals
) -> None:
    key = make_key(data)
    body = json.dumps({"externalId": "a", "name": "Ana Rusu", "phone": "+37369123456"}).encode()
    with several(data) as served, begun_put(served, key, len(body)) as client:
        tell(served, stop)
        wait_until(lambda: is_refused(served))
        client.sendall(body)
        answer = b"".join(iter(lambda: client.recv(65536), b""))
        assert served.process.wait(STOP_TIMEOUT_S) == 0
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert "Traceback" not in served.log.read_text("utf-8")


def children(process: subprocess.Popen[str]) -> int:
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return len(listed.read_text("ascii").split())


@slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_workers_that_only_begin_to_start_end_in_good_order(
    data: Path, stop: signal.Signals
) -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command(data, 2), cwd=ROOT, stdout=pipe, stderr=pipe, text=True, process_group=0
    ) as process:
        wait_until(lambda: children(process) == 3)  # Python's own tracker is one
        os.killpg(process.pid, stop)
        said, log = process.communicate(timeout=STOP_TIMEOUT_S)
    assert process.returncode == 0
    assert said == ""
    assert [json.loads(line)["exit_code"] for line in log.splitlines()] == [0, 0]


@slow
def test_a_second_ctrl_c_waits_for_nobody(data: Path) -> None:
    with several(data) as served, begun_put(served, make_key(data), 100):
        tell_parent(served, signal.SIGINT)
        wait_until(lambda: is_refused(served))
        tell_parent(served, signal.SIGINT)
        assert served.process.wait(STOP_TIMEOUT_S) == 0
    assert -signal.SIGKILL in [line["exit_code"] for line in lines(served, "worker ended")]


@slow
def test_workers_end_when_their_parent_is_killed(data: Path) -> None:
    with several(data, 3) as served:
        workers = lines(served, "serving")
        served.process.kill()
        served.process.communicate(timeout=PATIENCE_S)  # until no process holds the pipe
        assert is_refused(served)
        for line in workers:
            with pytest.raises(httpx2.ConnectError):
                httpx2.get(line["metrics"])


def refused(*words: str | Path) -> str:
    """Run a command that must end with 2, and give what it said."""
    ended = subprocess.run(
        list(map(str, words)), cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert ended.returncode == 2, ended
    assert "Traceback" not in ended.stderr
    return ended.stderr


@slow
def test_nothing_is_served_when_a_worker_cannot_start(data: Path) -> None:
    (data / "refuse").touch()
    assert "error: the data is of schema 9, this program knows 8: upgrade it" in refused(
        *command(data, 2)
    )


@slow
def test_metrics_ports_follow_each_other_and_a_taken_one_is_told(data: Path) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        said = refused(*command(data, 2, 0, port - 1))
    assert f"cannot show metrics on 127.0.0.1:{port}" in said


@slow
def test_an_address_is_not_shared_with_another_service(data: Path, tmp_path: Path) -> None:
    with several(data) as served:
        port = urlsplit(served.url).port
        assert port
        assert "cannot listen" in refused(*command(data, 2, port))
        alone = rentix("serve", "--data", tmp_path / "other", "--port", str(port))
        assert "cannot listen" in refused(*alone)


@slow
def test_a_database_that_is_away_is_told() -> None:
    database = "postgresql://nobody:kwyjibo@127.0.0.1:1/none"
    said = refused(*rentix("serve", "--database", database, "--workers", "2"))
    assert "the database cannot be used" in said
    assert "kwyjibo" not in said


@pytest.mark.slow
def test_sqlite_is_served_by_one_process(data: Path) -> None:
    said = refused(*rentix("serve", "--data", data, "--workers", "2"))
    assert "SQLite is served by one process" in said
    assert "--database postgresql://" in said
    assert "at least 1" in refused(*rentix("serve", "--data", data, "--workers", "0"))


def test_pauses_grow_to_a_bound_and_end_with_a_worker_that_served_long() -> None:
    pauses = [0.0]
    for _ in range(10):
        pauses.append(pause_after(0.5, pauses[-1]))
    assert all(0 < early <= late for early, late in pairwise(pauses[1:]))
    assert pauses[-1] == PAUSE_MAX_S
    assert pause_after(3600, PAUSE_MAX_S) == 0
