"""`rentix serve` as its operator sees it: start, health, metrics, logs, end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from rentix.logs import LOGGED, Answered
from rentix.model import SCOPES, Agency
from rentix.operations import Caller, PutUser, Request
from rentix.rules.puts import read_put
from rentix.rules.steering import Terms
from rentix.store.agencies import create_agency, create_key
from rentix.store.sqlite import SqliteStore
from rentix.writer import commit
from tests.process import Served, rentix, serving
from tests.service import Service, operated

pytestmark = pytest.mark.slow  # each test starts processes, or waits for limits to pass

ANA = {"externalId": "crm-1", "name": "Ana Rusu", "phone": "+37369123456"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def make_key(data: Path) -> str:
    """Make an agency without a budget and give its key."""
    store = SqliteStore(data)
    agency = Agency(id=0, name="Casa Test", requests_per_minute=0, bulk_per_minute=0)
    agency_id = operated(store, create_agency, agency, 0)
    _, key = operated(store, create_key, agency_id, frozenset(SCOPES), 0)
    store.close()
    return str(key)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_server_ends_with_0_as_soon_as_it_has_said_its_address(
    data: Path, stop: signal.Signals
) -> None:
    with serving(data) as served:
        assert served.end(stop) == 0


TOLD_IN_A_FINALISER = """
import os, signal, sys
from pathlib import Path
from rentix.api.server import serve
from rentix.wiring import serving

class Finalised:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        sum(range(100_000))  # the handler runs in here, and Python ignores what it raises

with serving(Path(sys.argv[1])) as app:
    serve(app, "127.0.0.1", 0, 0, lambda _: Finalised() and None)
"""


def test_a_signal_that_comes_at_an_awkward_moment_is_obeyed(data: Path) -> None:
    command = [sys.executable, "-c", TOLD_IN_A_FINALISER, str(data)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0
    assert "SystemExit" in done.stderr, "its exception was ignored indeed"


def test_sigterm_finishes_what_is_in_flight(data: Path) -> None:
    key = make_key(data)
    body = json.dumps(ANA).encode()
    with serving(data) as served, begun_put(served, key, len(body)) as client:
        os.kill(served.process.pid, signal.SIGTERM)
        wait_until_refused(served.url)
        client.sendall(body)
        answer = b"".join(iter(lambda: client.recv(65536), b""))
        assert served.process.wait(10) == 0
    assert answer.startswith(b"HTTP/1.1 200 ")
    store = SqliteStore(data)
    found = store.find_users([(1, "crm-1")])[0]
    store.close()
    assert found is not None
    assert found.name == "Ana Rusu"


def begun_put(served: Served, key: str, length: int) -> socket.socket:
    """Begin a PUT, and return when the server waits for its body."""
    url = urlsplit(served.url)
    client = socket.create_connection((url.hostname, url.port), timeout=10)
    lines = ["PUT /api/v1/users HTTP/1.1", "Host: x", f"X-API-Key: {key}", "Expect: 100-continue"]
    lines += ["Content-Type: application/json", f"Content-Length: {length}", "", ""]
    client.sendall("\r\n".join(lines).encode())
    assert client.recv(65536).startswith(b"HTTP/1.1 100 ")
    return client


def wait_until_refused(address: str) -> None:
    """Connect until nobody listens there any more."""
    url = urlsplit(address)
    for _ in range(1000):
        try:
            socket.create_connection((url.hostname, url.port), timeout=1).close()
        except ConnectionError:
            return
        threading.Event().wait(0.01)
    raise AssertionError("the server still takes connections")


def test_health_and_metrics_have_their_places(data: Path) -> None:
    with serving(data) as served, httpx2.Client(base_url=served.url) as http:
        assert http.get("/livez").json() == {"status": "live"}
        assert http.get("/readyz").json() == {"status": "ready"}
        assert http.get("/metrics").status_code == 404
        assert urlsplit(served.metrics_url).hostname == "127.0.0.1"
        assert urlsplit(served.metrics_url).port != urlsplit(served.url).port
        metrics = httpx2.get(served.metrics_url).text
    assert 'rentix_requests_total{route="none",status="404"} 1.0' in metrics
    assert "rentix_write_backlog 0.0" in metrics


def test_a_server_that_stops_is_not_ready(tmp_path: Path) -> None:
    service = Service(tmp_path)
    with service.running():
        service.app.portal.stopping = True
        answer = httpx2.get(f"{service.url}/readyz")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert httpx2.get(f"{service.url}/livez").status_code == 200


def test_the_line_of_a_request_holds_nothing_but_what_is_listed() -> None:
    assert set(Answered.__struct_fields__) <= LOGGED


MARKS = ("Zefirina", "69777123", "777123", "xid-4711", "kwyjibo", "rtx_")


def stir(served: Served, key: str) -> None:
    """Make requests of every kind, whose secrets and persons would be seen in a log."""
    person = {"externalId": "xid-4711", "name": "Zefirina", "phone": "+37369777123"}
    with served.client(key) as http:
        headers = {"Idempotency-Key": "kwyjibo", "X-Run-Id": "kwyjibo"}
        user_id = http.put("/users", json=person, headers=headers).json()["id"]
        http.put("/users", json={**person, "phone": "Zefirina", "instagram": "kwyjibo!"})
        http.put("/users", json={**person, "mode": "create", "kwyjibo": 1})
        http.put("/users", content=b'{"kwyjibo', headers={"Content-Type": "application/json"})
        http.post("/users/bulk", json={"operations": [{"op": "kwyjibo"}, {**person, "op": "link"}]})
        http.post(f"/users/{user_id}/link", json={"externalId": "kwyjibo"})
        http.get("/users/external/xid-4711")
        http.get("/users/external/xid-4711/%FF")
        http.get("/users?search=Zefirina&phone=069777123&kwyjibo=1")
        http.get("/kwyjibo?name=Zefirina")
        http.request("KWYJIBO", "/users/kwyjibo")
        http.get("/users", headers={"X-API-Key": "rtx_live_1_kwyjibo"})
        http.get("/users", headers={"Authorization": "ApiKey kwyjibo"})
    url = urlsplit(served.url)
    with socket.create_connection((url.hostname, url.port), timeout=10) as client:
        client.sendall(b"Zefirina kwyjibo xid-4711\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 400 ")


def test_logs_are_lines_of_json_without_persons_or_secrets(data: Path) -> None:
    key = make_key(data)
    with serving(data) as served:
        stir(served, key)
        metrics = httpx2.get(served.metrics_url).text
        assert served.end() == 0
    log = served.log.read_text("utf-8")
    lines = [json.loads(line) for line in log.splitlines()]
    assert len(lines) > 12
    assert all(set(line) <= LOGGED for line in lines)
    for mark in (*MARKS, key):
        assert mark not in log + metrics + served.said, mark


def test_a_crash_is_logged_and_answered_without_its_message(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    service = Service(tmp_path)
    with service.running():
        tenant = service.new_tenant()

        def crash(*_: object) -> None:
            raise RuntimeError("kwyjibo")

        service.app.portal.store.job = crash  # type: ignore[assignment,method-assign]
        answer = tenant.get("/job/status?id=1")
        tenant.close()
    captured = capfd.readouterr()
    assert answer.status_code == 500
    assert answer.json()["message"] == "Internal server error"
    assert "kwyjibo" not in answer.text + captured.out + captured.err
    assert "RuntimeError" in captured.out + captured.err


def refused(*arguments: str | Path) -> str:
    """Run a command that must end with 2, and give what it said."""
    ended = subprocess.run(
        rentix(*arguments), capture_output=True, text=True, timeout=30, check=False
    )
    assert ended.returncode == 2, ended
    assert "Traceback" not in ended.stderr
    return ended.stderr


def test_one_process_serves_a_directory_and_a_port(data: Path, tmp_path: Path) -> None:
    with serving(data) as served:
        assert "another process serves" in refused("serve", "--data", data, "--port", "0")
        port = str(urlsplit(served.url).port)
        other = tmp_path / "other"
        assert "cannot listen" in refused("serve", "--data", other, "--port", port)
        said = refused("serve", "--data", other, "--port", "0", "--metrics-port", port)
        assert "metrics" in said
        with served.client() as http:
            assert http.get("/users").status_code == 401  # and goes on serving


def test_data_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "rentix.db").write_bytes(b"no database, but long enough to be read as one" * 100)
    assert "cannot be used" in refused("serve", "--data", tmp_path, "--port", "0")
    (tmp_path / "file").touch()
    assert "cannot be used" in refused("serve", "--data", tmp_path / "file", "--port", "0")


def fill(data: Path, agents: int) -> str:
    """Make an agency with many agents, of about a kilobyte each, and give its key."""
    key = make_key(data)
    store = SqliteStore(data)
    for at in range(0, agents, 1000):
        puts = tuple(_put(n) for n in range(at, at + 1000))
        commit(store, [Request(caller=Caller(1, 1), operations=puts)], 0)
    store.close()
    return key


def _put(number: int) -> PutUser:
    description = f"Agent {number}. " * 80
    return read_put(
        {**ANA, "externalId": f"a{number}", "description": description}, Terms("MD", "ro")
    )


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_memory_stays_bounded_while_20_000_agents_are_listed(data: Path) -> None:
    key = fill(data, 20_000)
    with serving(data) as served, served.client(key) as http:
        http.get("/users?limit=1000")
        before = peak_memory_mb(served)
        received = sum(len(piece) for piece in listed(http))
        assert received > 20_000_000
        assert peak_memory_mb(served) - before < 25


def listed(http: httpx2.Client) -> Iterator[bytes]:
    with http.stream("GET", "/users") as answer:
        assert answer.status_code == 200
        yield from answer.iter_raw()


def peak_memory_mb(served: Served) -> float:
    status = Path(f"/proc/{served.process.pid}/status").read_text("utf-8")
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024
