"""Heads of requests that were read before: a client sends the same lines again and again.

Only the request line, the body and its length are new in its next request, so that its headers need
not be taken apart again. What a head means is still told by the parser alone: a head is remembered
with every other byte behind the request line, and only after the parser has read it as that of a
whole request that came in one piece.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

import msgspec

HEADS_MAX, _HEAD_MAX_BYTES, _LINE_MAX_BYTES = 1000, 2048, 2048
_METHODS = {method.encode(): method for method in ("GET", "PUT", "POST", "DELETE", "HEAD")}
_LINE = re.compile(rb'(%b) (/[!-"$-~]*) HTTP/1\.1\r\n' % b"|".join(_METHODS))
_LINE_END, _HEAD_END = b"\r\n", b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\n(?i:content-length): (0|[1-9][0-9]{0,8})\r\n")
_LENGTH_NAME = b"content-length"
_MEANS_MORE = (b"transfer-encoding", b"upgrade", b"expect")  # than lines to be kept
_NEW_EACH_TIME = (
    b"idempotency-key",
    b"if-match",
    b"if-none-match",
    b"traceparent",
    b"x-request-id",
)
_CUT_OUT = b"\0"  # which no head has: without a length it is another one than with any


class Head(msgspec.Struct, frozen=True):
    """Headers as they were read, whatever the length of the body."""

    headers: dict[bytes, bytes]
    repeated: tuple[bytes, ...]


Whole = tuple[str, bytes, Head, bytes]
"""Method, target, head and body of a request that came in one piece."""

_known: dict[bytes, Head] = {}


def recall(data: bytes) -> Whole | None:
    """The request that `data` is, if its head is known."""
    lines, length, head_end = _split(data)
    head = _known.get(lines)
    if head is None or len(data) - head_end != int(length or 0):
        return None
    line = _LINE.match(data, 0, _LINE_MAX_BYTES)  # the parser counts what is longer
    if line is None:
        return None
    if length is not None:
        head = Head(head.headers | {_LENGTH_NAME: length}, head.repeated)
    return _METHODS[line[1]], line[2], head, data[head_end:]


def remember(data: bytes, headers: dict[bytes, bytes], repeated: tuple[bytes, ...]) -> None:
    """Keep the head of the one request that `data` was found to be."""
    lines, length, head_end = _split(data)
    is_plain = not any(name in headers for name in (*_MEANS_MORE, *_NEW_EACH_TIME))
    is_plain = is_plain and _LINE.match(data) is not None
    is_whole = len(data) - head_end == int(length or 0) and headers.get(_LENGTH_NAME) == length
    if is_plain and is_whole and len(lines) <= _HEAD_MAX_BYTES:
        if len(_known) >= HEADS_MAX:
            del _known[next(iter(_known))]
        _known[lines] = Head(headers, repeated)


def _split(data: bytes) -> tuple[bytes, bytes | None, int]:
    """What stands behind the request line, the length of the body that was cut out, and its end."""
    line_end = data.find(_LINE_END)
    head_end = data.find(_HEAD_END, line_end) + len(_HEAD_END)
    length = _LENGTH.search(data, line_end, head_end)
    if length is None:
        return data[line_end:head_end], None, head_end
    lines = data[line_end : length.start(1)] + _CUT_OUT + data[length.end(1) : head_end]
    return lines, length[1], head_end


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
