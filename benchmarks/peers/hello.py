"""The least that an ASGI application can do: answer a constant, of a profile's size or another."""

from __future__ import annotations

import os
from typing import Any

BEGIN, END = b'{"id":1,"externalId":"agent-1","name":"Ana Munteanu","description":"', b'"}'
PROFILE_BYTES = 670
SIZE_BYTES = int(os.environ.get("PEER_ANSWER_BYTES", PROFILE_BYTES))
BODY = BEGIN + b"a" * (SIZE_BYTES - len(BEGIN + END)) + END
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]


async def app(scope: dict[str, Any], _receive: Any, send: Any) -> None:
    """Answer 200."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": BODY})
