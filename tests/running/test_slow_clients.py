"""Clients that are slow or never end are cut; those that are merely slow are served."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from rentix.api.protocol import HttpProtocol
from tests.service import Service, Tenant

pytestmark = pytest.mark.slow  # each test starts processes, or waits for limits to pass

LIMIT_S = 0.3
PATIENCE_S = 15


class Impatient(HttpProtocol):
    head_timeout_s = LIMIT_S
    stall_timeout_s = LIMIT_S
    linger_timeout_s = LIMIT_S


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Serve with limits of a third of a second."""
    service = Service(tmp_path_factory.mktemp("impatient"), LIMIT_S, Impatient)
    with service.running():
        yield service


@pytest.fixture(scope="module")
def crowded(impatient: Service) -> Iterator[Tenant]:
    """Give an agency whose list is about 10 MB: more than the kernel holds for a client."""
    tenant = impatient.new_tenant()
    operations = [
        {"op": "upsert", "name": "Ana Rusu", "phone": "+37369123456", "description": "ă" * 2500}
    ] * 100
    for bulk in range(20):
        named = [{**o, "externalId": f"{bulk}-{n}"} for n, o in enumerate(operations)]
        assert tenant.bulk(*named).status_code == 200
    yield tenant
    tenant.close()


@contextmanager
def connected(service: Service, receive_bytes: int | None = None) -> Iterator[socket.socket]:
    with socket.socket() as client:
        if receive_bytes:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        client.settimeout(PATIENCE_S)
        url = urlsplit(service.url)
        client.connect((url.hostname, url.port))
        yield client


def read_all(client: socket.socket) -> bytes:
    """Read until the server closes; it must."""
    received = b""
    try:
        while piece := client.recv(65536):
            received += piece
    except ConnectionError:
        pass
    return received


def send_until_cut(client: socket.socket, piece: bytes) -> None:
    """Send over and over, as fast as a slow client does; the server must end it."""
    client.setblocking(True)
    deadline = time.monotonic() + PATIENCE_S
    client.settimeout(LIMIT_S / 10)
    while time.monotonic() < deadline:
        try:
            client.sendall(piece)
            if client.recv(65536) == b"":
                return
        except TimeoutError:
            continue
        except ConnectionError:
            return
    raise AssertionError("the server did not end the connection")


def head(method: str, key: str = "", *headers: str) -> bytes:
    lines = [f"{method} /api/v1/users HTTP/1.1", "Host: x", f"X-API-Key: {key}", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


CHUNKED = ("Content-Type: application/json", "Transfer-Encoding: chunked")


def test_a_client_that_says_nothing_is_cut(impatient: Service) -> None:
    with connected(impatient) as client:
        assert read_all(client) == b""


def test_headers_that_never_end_are_cut(impatient: Service) -> None:
    with connected(impatient) as client:
        client.sendall(b"GET /api/v1/agency HTTP/1.1\r\nHost: x\r\n")
        send_until_cut(client, b"X-Slow: y\r\n")


def test_headers_over_64_kb_are_refused(impatient: Service) -> None:
    with connected(impatient) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ")
        client.sendall(b"y" * 80_000)
        assert b"431 " in read_all(client)


def test_a_body_that_never_ends_is_refused_in_time(impatient: Service) -> None:
    tenant = impatient.new_tenant()
    with connected(impatient) as client:
        client.sendall(head("PUT", tenant.key, *CHUNKED) + b"1\r\n{\r\n")
        answer = read_all(client)
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b"body must be sent within 0.3 s" in answer


def test_a_body_over_512_kb_is_refused_while_it_comes(impatient: Service) -> None:
    tenant = impatient.new_tenant()
    with connected(impatient) as client:
        client.sendall(head("PUT", tenant.key, *CHUNKED))
        chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
        client.sendall(chunk * 9)
        assert b" 413 " in read_all(client)


@pytest.mark.parametrize("method", ["PUT", "GET", "DELETE", "BREW"])
def test_an_endless_body_of_a_request_that_was_answered_is_cut(
    impatient: Service, method: str
) -> None:
    with connected(impatient) as client:
        client.sendall(head(method, "", *CHUNKED))
        send_until_cut(client, b"1\r\n \r\n")


def test_line_ends_in_place_of_a_request_are_cut(impatient: Service) -> None:
    with connected(impatient) as client:
        client.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        send_until_cut(client, b"\r\n")


def test_a_connection_serves_on_after_a_body_it_had_no_use_for(impatient: Service) -> None:
    body = b" " * 200_000
    with connected(impatient) as client:
        length = f"Content-Length: {len(body)}"
        client.sendall(head("PUT", "", CHUNKED[0], length) + body)
        client.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answers = read_all(client)
        assert answers.startswith(b"HTTP/1.1 401 ")
        assert answers.endswith(b'{"status":"live"}')


@pytest.mark.parametrize("query", ["", "?limit=1000"])
def test_a_client_that_takes_nothing_is_cut(crowded: Tenant, query: str) -> None:
    request = head("GET", crowded.key).replace(b"/users", b"/users" + query.encode())
    with connected(crowded.service, receive_bytes=4096) as client:
        number = client.getsockname()[1]
        client.sendall(request)
        until(lambda: is_connected(crowded.service, number))
        until(lambda: not is_connected(crowded.service, number))
        answer = read_all(client)
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert not answer.endswith(b"}")
        assert not answer.endswith(b"0\r\n\r\n")


def is_connected(service: Service, client_port: int) -> bool:
    return client_port in [connection.client[1] for connection in list(service.server.connections)]


def test_a_connection_ends_whose_body_broke_while_it_was_awaited(impatient: Service) -> None:
    tenant = impatient.new_tenant()
    with connected(impatient) as client:
        port = client.getsockname()[1]
        client.sendall(head("PUT", tenant.key, *CHUNKED) + b"1\r\n{\r\n")
        until(lambda: awaits_body(impatient, port))
        client.sendall(b"zz\r\n")
        assert read_all(client).startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 408 "))
        until(lambda: not is_connected(impatient, port))  # though the client does not close


def awaits_body(service: Service, client_port: int) -> bool:
    return any(
        connection._waiter is not None
        for connection in list(service.server.connections)
        if connection.client[1] == client_port
    )


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_client_that_takes_its_time_is_served(crowded: Tenant) -> None:
    request = head("GET", crowded.key, "Connection: close")
    began = time.monotonic()
    with connected(crowded.service, receive_bytes=65536) as client:
        client.sendall(request)
        received = 0
        last = b""
        while piece := client.recv(131072):
            received += len(piece)
            last = (last + piece)[-5:]
            time.sleep(LIMIT_S / 30)  # the slow client itself, not a wait
    assert last == b"0\r\n\r\n"
    assert received > 10_000_000
    assert time.monotonic() - began > 2 * LIMIT_S
