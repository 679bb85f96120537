"""What tests of the contract share: bytes on a socket, and the members that errors have."""

from __future__ import annotations

import json
import socket
from typing import Any

import httpx2

from tests.service import Service, Tenant

ERROR = {"statusCode", "message", "error", "code", "requestId", "details"}
"""The members of every error; a 412 has `etag` as well."""

JSON = {"Content-Type": "application/json"}
PERSON = {"name": "Ana Rusu", "phone": "+37369123456"}


def exchange(service: Service, *pieces: bytes, timeout_s: float = 10) -> bytes:
    """Send bytes as they are and return all that comes back until the server closes."""
    host, _, port = service.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=timeout_s) as connection:
        for piece in pieces:
            connection.sendall(piece)
        received = b""
        while data := connection.recv(65536):
            received += data
    return received


def head(method: str, path: str, tenant: Tenant | None = None, *headers: str) -> bytes:
    """Spell the first lines of a request, after whose answer the server closes."""
    keys = [f"X-API-Key: {tenant.key}"] if tenant else []
    lines = [f"{method} /api/v1{path} HTTP/1.1", "Host: test", "Connection: close", *keys, *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def lasting(raw: bytes) -> bytes:
    """The same request without the wish that the server closes."""
    return raw.replace(b"Connection: close\r\n", b"")


def parse(received: bytes) -> tuple[int, dict[str, str], Any]:
    """Split one answer into status, headers in lower case, and its JSON."""
    top, _, body = received.partition(b"\r\n\r\n")
    first, *lines = top.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, json.loads(body)


def refused(answer: httpx2.Response, status: int, message: object, code: str | None = None) -> Any:
    """Check a refusal and return its body."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["message"] == message
    assert code in (None, body["code"])
    assert body["requestId"] == answer.headers["X-Request-Id"]
    return body
