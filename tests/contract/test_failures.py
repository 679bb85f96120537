"""Contract 3: our own failures, and bytes that are no request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from rentix import writer
from rentix.api import gate
from rentix.api.call import Call, Reply
from rentix.api.protocol import HttpProtocol
from rentix.api.routes import ROUTES, Route
from rentix.store import sqlite_connections
from tests.contract.wire import ERROR, PERSON, exchange, head, lasting, parse, refused
from tests.service import Service, Tenant


@contextmanager
def own_service(directory: Path) -> Iterator[Tenant]:
    """Serve a database of the test's own, to be broken at will."""
    service = Service(directory)
    with service.running():
        tenant = service.new_tenant()
        yield tenant
        tenant.close()


async def crash(_: Call) -> Reply:
    raise RuntimeError("secret of the inside")


def test_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Contract 3: 500: "Nothing internal in the body"; the envelope and the request's id."""
    monkeypatch.setattr(gate, "ROUTES", (*ROUTES, Route("GET", "/crash", crash, "agency:read")))
    with own_service(tmp_path) as tenant:
        answer = tenant.get("/crash")
        body = refused(answer, 500, "Internal server error", "internal")
        assert (body.keys(), body["error"], body["details"]) == (
            ERROR,
            "Internal Server Error",
            [],
        )
        assert "secret" not in answer.text + str(answer.headers)
        problem = tenant.get("/crash", Accept="application/problem+json")
        assert (problem.status_code, problem.json()["detail"]) == (500, "Internal server error")
        assert tenant.get("/agency").status_code == 200


def test_a_locked_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Contract 3: 503: "database away", with `Retry-After`; reads go on meanwhile."""
    monkeypatch.setattr(sqlite_connections, "_BUSY_TIMEOUT_MS", 20)
    with own_service(tmp_path) as tenant:
        tenant.create("before")
        other = apsw.Connection(str(tmp_path / "rentix.db"))
        other.execute("BEGIN IMMEDIATE")
        answer = tenant.put(externalId="during", **PERSON)
        body = answer.json()
        assert (answer.status_code, body["code"]) == (503, "unavailable")
        assert (body["error"], body.keys()) == ("Service Unavailable", ERROR)
        assert int(answer.headers["Retry-After"]) >= 1
        assert not [
            word for word in ("sql", "busy", "apsw") if word in str(body["details"]).lower()
        ]
        assert tenant.get("/users/external/before").status_code == 200
        other.execute("ROLLBACK")
        other.close()
        assert tenant.put(externalId="during", **PERSON).json()["created"] is True


def test_too_much_is_waiting(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Contract 3: 503: "overloaded", with `Retry-After`."""
    monkeypatch.setattr(writer, "QUEUE_OPERATIONS", 0)
    answer = tenant.put(externalId="a", **PERSON)
    assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.json().keys() == ERROR
    assert tenant.get("/users").json() == {"items": []}


def test_shutting_down(tmp_path: Path) -> None:
    """Contract 3: 503: "shutting down", with `Retry-After`."""
    with own_service(tmp_path) as tenant:
        tenant.service.app.portal.writer.close()
        answer = tenant.put(externalId="a", **PERSON)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert int(answer.headers["Retry-After"]) >= 1


def test_a_slow_body(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Contract 3: a body that never comes whole is answered with 408, and the connection cut."""
    monkeypatch.setattr(tenant.service.app.portal, "body_timeout_s", 0.05)
    raw = head("PUT", "/users", tenant, "Content-Type: application/json", "Content-Length: 99")
    status, headers, body = parse(exchange(tenant.service, lasting(raw), b'{"externalId":'))
    assert (status, body["code"], headers["connection"]) == (408, "body_timeout", "close")
    assert body.keys() == ERROR


@pytest.mark.parametrize("sent", [b"", b"GET /api/v1/agency HTTP/1.1\r\nX-A: b\r\n"])
def test_slow_headers(service: Service, monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    """Contract 3: who sends no request keeps no connection."""
    monkeypatch.setattr(HttpProtocol, "head_timeout_s", 0.05)
    assert exchange(service, *filter(None, [sent])) == b""


@pytest.mark.parametrize(
    "start",
    [
        b"GET /api/v1/agency HTTP/1.1\r\nX-Long: ",
        b"GET /api/v1/agency?",
        b"GET /api/v1/users/external/",
    ],
)
def test_oversized_headers(service: Service, start: bytes) -> None:
    """Contract 3: one envelope, for a request line or headers without end as well (431)."""
    status, headers, body = parse(exchange(service, start + b"a" * 70_000))
    assert (status, body["code"]) == (431, "head_too_large")
    assert (body.keys(), headers["x-request-id"]) == (ERROR, body["requestId"])


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"hello\r\n\r\n",
        b"get /api/v1/agency HTTP/1.1\r\n\r\n",
        b"BREW /api/v1/agency HTTP/1.1\r\n\r\n",
        b"GET /api/v1/agency HTTP/9.9\r\n\r\n",
        b"GET /api/v1/agency HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /api/v1/agency HTTP/1.1\r\nHost: a\r\nX-A: \x00\r\n\r\n",
        "GET /api/v1/ă HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
        b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"PUT /api/v1/users HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"PUT /api/v1/users HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"PUT /api/v1/users HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0",
    ],
)
def test_bytes_that_are_no_request(service: Service, sent: bytes) -> None:
    """Contract 3: one envelope; the connection ends, for what follows cannot be trusted."""
    status, headers, body = parse(exchange(service, sent))
    assert (status, body["statusCode"], body["code"]) == (400, 400, "http_invalid")
    assert (body.keys(), headers["x-request-id"]) == (ERROR, body["requestId"])
    assert (headers["content-type"], headers["connection"]) == ("application/json", "close")


def answers(received: bytes) -> Iterator[tuple[int, dict[str, object]]]:
    """Split answers on one connection by their lengths."""
    while received:
        top, _, rest = received.partition(b"\r\n\r\n")
        length = int(top.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        yield int(top.split()[1]), json.loads(rest[:length])
        received = rest[length:]


def test_requests_in_a_row(tenant: Tenant) -> None:
    """Contract 3: pipelined requests are answered each by itself and in order."""
    first = lasting(head("GET", "/users/x", tenant))
    middle = lasting(head("GET", "/nowhere"))
    got = list(answers(exchange(tenant.service, first + middle + head("GET", "/agency", tenant))))
    assert [status for status, _ in got] == [400, 404, 200]
    assert got[2][1]["id"] == tenant.agency_id


def test_garbage_after_a_request(tenant: Tenant) -> None:
    """Contract 3: a refusal belongs to its request: a good one before keeps its own answer."""
    good = lasting(head("GET", "/agency", tenant))
    got = list(answers(exchange(tenant.service, good + b"\x00\x01\x02")))
    assert [status for status, _ in got] == [200]


def test_a_body_beside_an_upgrade_is_told_how_to_come(tenant: Tenant) -> None:
    """Contract 3: errors say what to do; Java asks for HTTP/2 unless it is told not to."""
    body = b'{"externalId": "a"}'
    lines = f"Content-Type: application/json|Content-Length: {len(body)}|Upgrade: h2c".split("|")
    raw = head("PUT", "/users", tenant, *lines)
    raw = raw.replace(b"Connection: close", b"Connection: Upgrade, close")
    status, _, error = parse(exchange(tenant.service, raw, body))
    assert (status, error["code"]) == (400, "http_invalid")
    assert "without Upgrade" in error["message"]


@pytest.mark.parametrize(
    ("path", "status"), [("/agency", 200), ("/users", 200), ("/users/0", 404), ("/nowhere", 404)]
)
def test_head_is_get_without_the_body(tenant: Tenant, path: str, status: int) -> None:
    """Contract 3: HEAD is answered as GET is, errors included, and has no body."""
    received = exchange(tenant.service, head("HEAD", path, tenant))
    top, _, body = received.partition(b"\r\n\r\n")
    assert (int(top.split()[1]), body) == (status, b"")
    assert b"x-request-id: " in top.lower()


@pytest.mark.parametrize("method", ["PROPFIND", "TRACE", "SEARCH", "OPTIONS"])
def test_methods_that_no_route_has(tenant: Tenant, method: str) -> None:
    """Contract 2 and 3: a method that HTTP knows and the route doesn't is a 405 with `Allow`."""
    status, headers, body = parse(exchange(tenant.service, head(method, "/job/status", tenant)))
    assert (status, headers["allow"], body.keys()) == (405, "get, head", ERROR)
