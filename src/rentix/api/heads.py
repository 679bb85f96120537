"""Heads of requests that were read before: a client sends the same lines again and again.

Only the request line and the body of its next request are new, so that its headers need not be
taken apart again. What a head means is still told by the parser alone: a head is remembered with
every byte behind the request line, and only after the parser has read it as that of a whole request
that came in one piece.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

import msgspec

HEADS_MAX, _HEAD_MAX_BYTES = 1000, 2048
_METHODS = {method.encode(): method for method in ("GET", "PUT", "POST", "DELETE", "HEAD")}
_LINE = re.compile(rb'(%b) (/[!-"$-~]*) HTTP/1\.1\r\n' % b"|".join(_METHODS))
_LINE_END, _HEAD_END = b"\r\n", b"\r\n\r\n"
_MEANS_MORE = (b"transfer-encoding", b"upgrade", b"expect")  # than lines to be kept


class Head(msgspec.Struct, frozen=True):
    """Headers as they were read, and how long the body is that they announce."""

    headers: dict[bytes, bytes]
    repeated: tuple[bytes, ...]
    body_bytes: int


Whole = tuple[str, bytes, Head, bytes]
"""Method, target, head and body of a request that came in one piece."""

_known: dict[bytes, Head] = {}


def recall(data: bytes) -> Whole | None:
    """The request that `data` is, if its head is known."""
    line_end = data.find(_LINE_END)
    head_end = data.find(_HEAD_END, line_end) + len(_HEAD_END)
    head = _known.get(data[line_end:head_end])
    if head is None or len(data) - head_end != head.body_bytes:
        return None
    line = _LINE.match(data)
    if line is None:
        return None
    return _METHODS[line[1]], line[2], head, data[head_end:]


def remember(data: bytes, headers: dict[bytes, bytes], repeated: tuple[bytes, ...]) -> None:
    """Keep the head of the one request that `data` was found to be."""
    line_end = data.find(_LINE_END)
    head_end = data.find(_HEAD_END, line_end) + len(_HEAD_END)
    body_bytes = len(data) - head_end
    is_plain = not any(name in headers for name in _MEANS_MORE)
    announced = headers.get(b"content-length", b"0")
    if is_plain and announced == b"%d" % body_bytes and head_end - line_end <= _HEAD_MAX_BYTES:
        if len(_known) >= HEADS_MAX:
            _known.clear()
        _known[data[line_end:head_end]] = Head(headers, repeated, body_bytes)


def forget() -> None:
    """Know no head."""
    _known.clear()


def count() -> int:
    """How many heads are known."""
    return len(_known)


def split_target(target: bytes) -> tuple[bytes, str, bytes]:
    """The path as sent, percent-decoded, and the query."""
    path, _, query = target.partition(b"?")
    plain = path.decode("ascii")
    return path, unquote(plain) if "%" in plain else plain, query
