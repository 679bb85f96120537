"""A head that is known is read as it was the first time, and only where it means the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rentix.api import heads
from rentix.api.reader import HEAD_MAX_BYTES, HeadTooLarge, Malformed, RequestReader

LINE: Any = None  # nothing is answered here
BLOCKS = [
    b"Host: a\r\n\r\n",
    b"Host: a\r\nX-Run-Id: 7\r\nX-Run-Id: 8\r\n\r\n",
    b"Host: a\r\nConnection: close\r\n\r\n",
    b"Host: a\r\nContent-Length: 4\r\n\r\n",
    b"Host: a\r\nContent-Length: 0\r\n\r\n",
    b"Host: a\r\nContent-Length: 5\r\n\r\n",
    b"Host: a\r\ncontent-length: 5\r\nX-Content-Length: 4\r\n\r\n",
    b"Host: a\r\nContent-Length: 04\r\n\r\n",
    b"Host: a\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\n",
    b"Host: a\r\nContent-Length: \r\n\r\n",
    b"GET /a:b HTTP/1.1\r\nHost: a\r\n\r\n",
    b"Host: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"Host: a\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n",
    b"Host: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n",
    b"Host: a\r\n folded\r\n\r\n",
    b"Host: a\n\n\r\n\r\n",
    b"\r\n\r\n",
]
LINES = [
    b"GET /a?b=%20 HTTP/1.1\r\n",
    b"GET /a%2fb HTTP/1.1\r\n",
    b"HEAD /a HTTP/1.1\r\n",
    b"PUT /a HTTP/1.1\r\n",
    b"POST /a#b HTTP/1.1\r\n",
    b"CONNECT /a HTTP/1.1\r\n",
    b"GET /a HTTP/1.0\r\n",
    b"GET /\xc3\xa9 HTTP/1.1\r\n",
    b"GET  /a HTTP/1.1\r\n",
    b"GET http://a/b HTTP/1.1\r\n",
    b"GET /a\r\n",
    b"get /a HTTP/1.1\r\n",
    b"\r\nGET /a HTTP/1.1\r\n",
    b"\r\nGET /a:b HTTP/1.1\r\n",
    b"GET /" + b"a" * HEAD_MAX_BYTES + b" HTTP/1.1\r\n",
]
BODIES = [b"", b"1234", b"12345", b"4\r\nabcd\r\n0\r\n\r\n", b"GET /b HTTP/1.1\r\nHost: b\r\n\r\n"]
requests = st.builds(
    lambda *parts: b"".join(parts),
    st.sampled_from(LINES),
    st.sampled_from(BLOCKS),
    st.sampled_from(BODIES),
)
Seen = list[Any]


def read(data: bytes, more: bytes = b"") -> Seen:
    """All that a new connection makes of it."""
    reader = RequestReader(LINE)
    seen: Seen = []
    for piece in (data, more):
        try:
            reader.feed(piece)
        except (Malformed, HeadTooLarge) as refusal:
            seen.append(type(refusal))
        seen += [reader.in_head, reader.arriving is None, reader.is_last]
    for request in reader.requests:
        seen += [request.method, request.path, request.plain_path, request.query, request.headers]
        seen += [request.repeated, request.keep_alive, request.is_1_0, request.whole, request.size]
        seen.append(b"".join(request.pieces))
    return seen


@given(st.lists(requests, max_size=4), requests, requests)
@example([LINES[0] + BLOCKS[3] + b"1234"], LINES[3] + BLOCKS[3] + b"1234", LINES[0] + BLOCKS[0])
def test_memory_makes_no_difference(before: list[bytes], data: bytes, more: bytes) -> None:
    heads.forget()
    expected = read(data, more)
    heads.forget()
    for each in (*before, data, more):
        read(each)
    assert read(data, more) == expected


@pytest.mark.parametrize(
    ("data", "is_known"),
    [
        (LINES[0] + BLOCKS[0], True),
        (LINES[3] + BLOCKS[3] + b"1234", True),
        (LINES[0] + BLOCKS[2], False),
        (LINES[3] + BLOCKS[7] + BODIES[3], False),
        (LINES[3] + BLOCKS[9] + b"1234", False),
        (LINES[3] + b"Host: a\r\nIdempotency-Key: 7\r\n\r\n", False),
        (LINES[0] + b"Host: a\r\nCookie: " + b"b" * 4000 + b"\r\n\r\n", False),
    ],
)
def test_plain_heads_of_usual_length_are_known(data: bytes, *, is_known: bool) -> None:
    heads.forget()
    assert heads.recall(data) is None
    read(data)
    assert (heads.recall(data) is not None) == is_known


def test_memory_is_bounded() -> None:
    heads.forget()
    for number in range(3 * heads.HEADS_MAX):
        read(b"GET / HTTP/1.1\r\nHost: a\r\nTraceparent: %d\r\n\r\n" % number)
        assert heads.count() <= heads.HEADS_MAX
