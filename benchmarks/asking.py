"""Single requests to a contender, beside what wrk sends."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from benchmarks.contenders import Contender


def ask(
    contender: Contender, method: str, path: str, key: str, body: bytes | None = None
) -> tuple[int, dict[str, Any]]:
    """One request to the API: status and JSON."""
    status, content = send(contender, method, f"/api/v1{path}", key, body)
    return status, json.loads(content)


def send(
    contender: Contender, method: str, path: str, key: str = "", body: bytes | None = None
) -> tuple[int, bytes]:
    """One request, without a key if none is given: status and body."""
    headers = {"Content-Type": "application/json"} if body else {}
    if key:
        headers["X-API-Key"] = key
    place = urlsplit(contender.address)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=60)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
