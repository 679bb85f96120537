"""What a connection does beyond one request: kept, ended, refused, and read in whatever pieces."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from tests.service import Service, Tenant

PERSON = {"externalId": "a", "name": "Ana Rusu", "phone": "+37369123456"}


def request(tenant: Tenant, method: str, path: str, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"{method} /api/v1{path} HTTP/1.1", "Host: x", f"X-API-Key: {tenant.key}", *headers]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def put(tenant: Tenant, external_id: str, *headers: str) -> bytes:
    body = json.dumps({**PERSON, "externalId": external_id}).encode()
    return request(tenant, "PUT", "/users", body, *headers)


@contextmanager
def connected(service: Service) -> Iterator[socket.socket]:
    url = urlsplit(service.url)
    with socket.create_connection((url.hostname, url.port), timeout=10) as client:
        yield client


def read_answers(client: socket.socket, count: int) -> list[tuple[int, bytes]]:
    """Read so many answers of known length: their statuses and bodies."""
    answers: list[tuple[int, bytes]] = []
    received = b""
    while len(answers) < count:
        top, end, rest = received.partition(b"\r\n\r\n")
        found = re.search(rb"content-length: (\d+)", top)
        if end and found and len(rest) >= int(found[1]):
            answers.append((int(top.split()[1]), rest[: int(found[1])]))
            received = rest[int(found[1]) :]
            continue
        piece = client.recv(65536)
        assert piece, "the server closed too early"
        received += piece
    assert not received
    return answers


def read_all(client: socket.socket) -> bytes:
    return b"".join(iter(lambda: client.recv(65536), b""))


def test_a_connection_is_kept_and_tells_the_date_but_not_the_server(
    service: Service, tenant: Tenant
) -> None:
    with connected(service) as client:
        for _ in range(3):
            client.sendall(request(tenant, "GET", "/agency"))
            assert read_answers(client, 1)[0][0] == 200
        client.sendall(request(tenant, "GET", "/agency", b"", "Connection: close"))
        top = read_all(client).partition(b"\r\n\r\n")[0].lower()
    assert b"\r\nconnection: close" in top
    assert re.search(rb"\r\ndate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d gmt", top)
    assert b"\r\nserver:" not in top


def test_requests_in_a_row_are_answered_in_order_though_some_wait(
    service: Service, tenant: Tenant
) -> None:
    wanted = [put(tenant, "a"), request(tenant, "GET", "/users/external/a")] * 40
    with connected(service) as client:
        client.sendall(b"".join(wanted))
        answers = read_answers(client, len(wanted))
    assert [status for status, _ in answers] == [200] * len(wanted)
    assert [b'"name"' in body for _, body in answers] == [False, True] * 40


def test_nothing_is_done_after_a_request_that_ends_the_connection(
    service: Service, tenant: Tenant
) -> None:
    with connected(service) as client:
        client.sendall(put(tenant, "a", "Connection: close") + put(tenant, "b"))
        assert read_all(client).count(b"HTTP/1.1 200") == 1
    assert tenant.get("/users/external/b").status_code == 404


def test_a_request_may_come_byte_by_byte(service: Service, tenant: Tenant) -> None:
    with connected(service) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in put(tenant, "a"):
            client.sendall(bytes([byte]))
        assert read_answers(client, 1)[0][0] == 200


def test_a_body_may_come_in_chunks(service: Service, tenant: Tenant) -> None:
    body = json.dumps(PERSON).encode()
    kinds = ("Content-Type: application/json", "Transfer-Encoding: chunked")
    with connected(service) as client:
        client.sendall(request(tenant, "PUT", "/users", b"", *kinds))
        for byte in body:
            client.sendall(b"1\r\n%c\r\n" % byte)
        client.sendall(b"0\r\n\r\n" + request(tenant, "GET", "/users/external/a"))
        assert [status for status, _ in read_answers(client, 2)] == [200, 200]


def test_headers_behind_a_body_are_not_believed(service: Service, tenant: Tenant) -> None:
    body = json.dumps(PERSON).encode()
    kinds = ("Content-Type: application/json", "Transfer-Encoding: chunked")
    raw = request(tenant, "PUT", "/users", b"", *kinds) + b"%x\r\n%b\r\n0\r\n" % (len(body), body)
    key = f"X-API-Key: {tenant.key}\r\n".encode()
    with connected(service) as client:
        client.sendall(raw.replace(key, b"") + key + b"\r\n")
        client.sendall(raw + key + b"Idempotency-Key: \r\n\r\n")
        assert [status for status, _ in read_answers(client, 2)] == [401, 200]


def test_a_body_that_breaks_off_leaves_nothing_behind(service: Service, tenant: Tenant) -> None:
    with connected(service) as client:
        client.sendall(put(tenant, "a")[:-5])
    with connected(service) as client:
        client.sendall(request(tenant, "GET", "/users/external/a"))
        assert read_answers(client, 1)[0][0] == 404


def test_who_sends_no_more_gets_all_answers(service: Service, tenant: Tenant) -> None:
    reading = request(tenant, "GET", "/agency")
    with connected(service) as client:
        client.sendall(reading * 2 + put(tenant, "last") + reading)
        client.shutdown(socket.SHUT_WR)
        assert [status for status, _ in read_answers(client, 4)] == [200] * 4
        assert read_all(client) == b""


def test_a_long_address_is_refused_behind_a_head_that_is_known(service: Service) -> None:
    with connected(service) as client:
        client.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        assert read_answers(client, 1)[0][0] == 200
        client.sendall(b"GET /livez?" + b"a" * 66_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b" 431 " in read_all(client)


def test_a_broken_chunk_is_a_400(service: Service, tenant: Tenant) -> None:
    kinds = ("Content-Type: application/json", "Transfer-Encoding: chunked")
    with connected(service) as client:
        client.sendall(request(tenant, "PUT", "/users", b"", *kinds) + b"1\r\n{\r\nzz\r\n")
        assert read_all(client).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_an_old_client_gets_a_list_without_chunks(
    service: Service, tenant: Tenant, version: str
) -> None:
    tenant.create("a")
    raw = request(tenant, "GET", "/users", b"", "Connection: close")
    with connected(service) as client:
        client.sendall(raw.replace(b"HTTP/1.1", f"HTTP/{version}".encode()))
        top, _, body = read_all(client).partition(b"\r\n\r\n")
    assert (b"chunked" in top) is (version == "1.1")
    if version == "1.0":
        assert len(json.loads(body)["items"]) == 1


def test_a_refusal_is_read_though_the_client_still_sends(service: Service, tenant: Tenant) -> None:
    kinds = ("Content-Type: application/json", "Content-Length: 50000000")
    with connected(service) as client:
        client.sendall(request(tenant, "PUT", "/users", b"", *kinds))
        for _ in range(20):
            client.sendall(b" " * 65536)
        assert read_all(client).startswith(b"HTTP/1.1 413 ")
