"""What a connection may send as the head of a request, and behind its body."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat
from typing import Any

import pytest

from rentix.api.reader import FIELDS_MAX, HEAD_MAX_BYTES, HeadTooLarge, Malformed, RequestReader

BEGINNING = b"GET /livez HTTP/1.1\r\nHost: x\r\n"
CHUNKED = BEGINNING + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"
LINE: Any = None  # nothing is answered here


@pytest.fixture
def reader() -> RequestReader:
    return RequestReader(LINE)


def feed_all(reader: RequestReader, pieces: Iterable[bytes]) -> None:
    for piece in pieces:
        reader.feed(piece)


def lines(count: int, name: bytes = b"a") -> bytes:
    return b"%b: b\r\n" % name * count


def test_a_hundred_lines_are_read_and_not_one_more(reader: RequestReader) -> None:
    reader.feed(BEGINNING + lines(FIELDS_MAX - 1) + b"\r\n")
    assert reader.requests[-1].headers[b"a"].count(b"b") == FIELDS_MAX - 1
    with pytest.raises(HeadTooLarge):
        reader.feed(BEGINNING + lines(FIELDS_MAX) + b"\r\n")
    assert len(reader.requests) == 1


@pytest.mark.parametrize("pieces", [1, 50])
def test_a_long_head_is_refused_however_it_comes(reader: RequestReader, pieces: int) -> None:
    head = BEGINNING + b"a: " + b"b" * HEAD_MAX_BYTES + b"\r\n\r\n"
    size = len(head) // pieces
    with pytest.raises(HeadTooLarge):
        feed_all(reader, (head[start : start + size] for start in range(0, len(head), size)))


@pytest.mark.parametrize("endless", [lines(10), b"a: ", b"b" * 1000], ids=["lines", "name", "line"])
def test_what_comes_behind_a_body_has_an_end(reader: RequestReader, endless: bytes) -> None:
    reader.feed(CHUNKED)
    with pytest.raises(HeadTooLarge):
        feed_all(reader, repeat(endless, 4 * HEAD_MAX_BYTES // len(endless)))
    assert not reader.requests


def test_a_request_behind_trailers_is_read(reader: RequestReader) -> None:
    reader.feed(CHUNKED + lines(3) + b"\r\n" + BEGINNING + lines(FIELDS_MAX - 1) + b"\r\n")
    assert len(reader.requests) == 2
    assert b"a" not in reader.requests[0].headers


@pytest.mark.parametrize(
    ("head", "is_read"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", False),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", False),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", True),
        (b"GET / HTTP/1.0\r\n\r\n", True),
        (b"GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n", False),
    ],
)
def test_a_request_names_one_host(reader: RequestReader, head: bytes, *, is_read: bool) -> None:
    if is_read:
        reader.feed(head)
    else:
        with pytest.raises(Malformed):
            reader.feed(head)
    assert len(reader.requests) == is_read


def test_who_asked_before_a_head_without_end_gets_an_answer(reader: RequestReader) -> None:
    with pytest.raises(HeadTooLarge):
        reader.feed(BEGINNING + b"\r\n" + BEGINNING + lines(FIELDS_MAX + 1))
    [request] = reader.requests
    assert not request.keep_alive
