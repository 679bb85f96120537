"""Replies onto the connection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from rentix.api.call import Headers, Reply

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def send_reply(send: Send, reply: Reply, extra: Headers, *, head: bool = False) -> None:
    """Send a reply; a streamed one piece by piece, as fast as the client takes it.

    The connection is cut when it takes nothing (`protocol`). With `head` nothing is streamed.
    """
    headers = [*reply.headers, *extra, (b"x-content-type-options", b"nosniff")]
    body = reply.body
    if reply.status != 304:  # noqa: PLR2004 - Not Modified has no content
        headers.append((b"content-type", reply.content_type))
    if isinstance(body, bytes):
        if reply.status != 304:  # noqa: PLR2004 - as above
            headers.append((b"content-length", b"%d" % len(body)))
        await _begin(send, reply.status, headers)
        await send({"type": "http.response.body", "body": body})
        return
    await _begin(send, reply.status, headers)
    async for piece in body:
        if head:
            break
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _begin(send: Send, status: int, headers: Headers) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
