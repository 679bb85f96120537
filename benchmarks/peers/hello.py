"""The least that an ASGI application can do: answer a constant of the size of a profile."""

from __future__ import annotations

from typing import Any

BODY = b'{"id":1,"externalId":"agent-1","name":"Ana Munteanu","description":"' + b"a" * 600 + b'"}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]


async def app(scope: dict[str, Any], _receive: Any, send: Any) -> None:
    """Answer 200."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": BODY})
