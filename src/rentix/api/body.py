"""Request bodies: of the right kind, of bounded size, in bounded time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from rentix.errors import Code, Problem
from rentix.wire.bodies import MAX_BODY_BYTES

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class Disconnected(Exception):
    """The client went away before its request was whole."""


def check_kind(headers: dict[bytes, bytes]) -> None:
    """415 unless a body, if there is one, is plain `application/json`."""
    if headers.get(b"content-length", b"0") == b"0" and b"transfer-encoding" not in headers:
        return
    if b"upgrade" in headers:  # the parser stops there, and the body never arrives
        message = "send HTTP/1.1 without Upgrade (in Java: HttpClient.Version.HTTP_1_1)"
        raise Problem(Code.HTTP_INVALID, message)
    kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
    if kind != b"application/json":
        message = "body must be sent with Content-Type: application/json"
        raise Problem(Code.MEDIA_TYPE_UNSUPPORTED, message)
    if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
        message = "body must be sent without Content-Encoding"
        raise Problem(Code.MEDIA_TYPE_UNSUPPORTED, message)


async def read_body(headers: dict[bytes, bytes], receive: Receive, timeout_s: float) -> bytes:
    """The whole body.

    Raises:
        Problem: 413 over 512 KB, announced or sent; 408 when it takes longer than `timeout_s`.
        Disconnected: the client went away.
    """
    announced = headers.get(b"content-length", b"")
    if announced.isdigit() and int(announced[:20]) > MAX_BODY_BYTES:
        raise _too_large()
    try:
        async with asyncio.timeout(timeout_s):
            return await _collect(receive)
    except TimeoutError:
        message = f"body must be sent within {timeout_s:g} s"
        raise Problem(Code.BODY_TIMEOUT, message) from None


async def _collect(receive: Receive) -> bytes:
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_BODY_BYTES:
            raise _too_large()
    return bytes(body)


def _too_large() -> Problem:
    message = f"body must be at most {MAX_BODY_BYTES // 1024} KB; send fewer operations at a time"
    return Problem(Code.BODY_TOO_LARGE, message)
