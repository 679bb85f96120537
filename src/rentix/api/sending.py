"""Replies as bytes (RFC 9112)."""

from __future__ import annotations

import time
from email.utils import formatdate
from http import HTTPStatus

from rentix.api.call import Reply

_STARTS = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n"
    "x-content-type-options: nosniff\r\n".encode()
    for status in HTTPStatus
}
_CLOSE = b"connection: close\r\n"
_NOT_MODIFIED = 304
LAST_CHUNK = b"0\r\n\r\n"


class _Date:
    """The line that says what time it is, made once a second."""

    def __init__(self) -> None:
        self._second = 0
        self._line = b""

    def __call__(self) -> bytes:
        second = int(time.time())
        if second != self._second:
            self._second = second
            self._line = f"date: {formatdate(second, usegmt=True)}\r\n".encode()
        return self._line


_date_line = _Date()


def print_reply(reply: Reply, extra: bytes, *, close: bool, bodiless: bool = False) -> bytes:
    """A reply whose body is bytes, from its first line to its last; with `bodiless` for HEAD."""
    body = reply.body
    assert isinstance(body, bytes)  # noqa: S101 - the others are streamed
    parts = _begin(reply, extra, close=close)
    if reply.status == _NOT_MODIFIED:  # it has no content
        parts.append(b"\r\n")
    else:
        length = len(body) if reply.length is None else reply.length
        parts.append(
            b"content-type: %b\r\ncontent-length: %d\r\n\r\n" % (reply.content_type, length)
        )
        if not bodiless:
            parts.append(body)
    return b"".join(parts)


def print_head(reply: Reply, extra: bytes, *, close: bool, chunked: bool) -> bytes:
    """The head of a reply that is streamed."""
    parts = _begin(reply, extra, close=close)
    parts.append(b"content-type: %b\r\n" % reply.content_type)
    parts.append(b"transfer-encoding: chunked\r\n\r\n" if chunked else b"\r\n")
    return b"".join(parts)


def chunk(piece: bytes) -> bytes:
    """A piece of a streamed body; an empty one would look like its end."""
    return b"%x\r\n%b\r\n" % (len(piece), piece) if piece else b""


def _begin(reply: Reply, extra: bytes, *, close: bool) -> list[bytes]:
    parts = [_STARTS[reply.status], _date_line(), extra]
    if reply.headers:
        parts += [b"%b: %b\r\n" % header for header in reply.headers]
    if close and (b"connection", b"close") not in reply.headers:
        parts.append(_CLOSE)
    return parts
