"""Blobs as HTTP hands them out, header by header."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from rentix.errors import Code, Problem
from rentix.media.blobs import Blobs
from rentix.media.blobs.keys import blob_key, name_of_key
from rentix.media.serving import Served, serve_blob

PICTURE = bytes(range(256)) * 4
SIZE = len(PICTURE)
ETAG = f'"{sha256(PICTURE).hexdigest()}"'.encode()
NAME = name_of_key(blob_key(PICTURE))
CACHED = ((b"etag", ETAG), (b"cache-control", b"public, max-age=31536000, immutable"))
SHOWN = (*CACHED, (b"accept-ranges", b"bytes"), (b"content-disposition", b"inline"))
WHOLE = Served(200, b"image/webp", SHOWN, PICTURE)


@pytest.fixture
def filled(blobs: Blobs) -> Blobs:
    blobs.put(blob_key(PICTURE), PICTURE)
    return blobs


def ask(blobs: Blobs, method: str = "GET", **headers: bytes) -> Served:
    named = {name.replace("_", "-").encode(): value for name, value in headers.items()}
    return serve_blob(blobs, NAME, named, method)


def test_a_picture_is_kept_for_ever(filled: Blobs) -> None:
    assert ask(filled) == WHOLE


@pytest.mark.parametrize(("suffix", "kind"), [("jpg", b"image/jpeg"), ("png", b"image/png")])
def test_its_type_is_that_of_its_name(blobs: Blobs, suffix: str, kind: bytes) -> None:
    key = blob_key(PICTURE, suffix)
    blobs.put(key, PICTURE)
    assert serve_blob(blobs, name_of_key(key), {}).content_type == kind


@pytest.mark.parametrize(
    "header", [ETAG, b"*", b"W/" + ETAG, b'"other", ' + ETAG, ETAG + b',"other"', b" " + ETAG]
)
def test_who_has_it_is_told_so(filled: Blobs, header: bytes) -> None:
    assert ask(filled, if_none_match=header) == Served(304, b"image/webp", CACHED)
    # If-None-Match comes before Range (RFC 9110, 13.2.2).
    assert ask(filled, if_none_match=header, range=b"bytes=0-1").status == 304


@pytest.mark.parametrize(
    "header", [b'"other"', b'W/"other"', b"", b'"', b"nonsense", ETAG[:-1], b"abc*", b'"other", *']
)
def test_who_has_another_gets_it(filled: Blobs, header: bytes) -> None:
    assert ask(filled, if_none_match=header) == WHOLE


@pytest.mark.parametrize(
    ("header", "start", "stop"),
    [
        (b"bytes=0-0", 0, 1),
        (b"bytes=10-19", 10, 20),
        (b"bytes=1000-", 1000, SIZE),
        (b"bytes=1000-999999", 1000, SIZE),
        (b"bytes=-24", SIZE - 24, SIZE),
        (b"bytes=-999999", 0, SIZE),
        (b"Bytes=0-", 0, SIZE),
    ],
)
def test_a_part_is_a_part(filled: Blobs, header: bytes, start: int, stop: int) -> None:
    place = (b"content-range", b"bytes %d-%d/%d" % (start, stop - 1, SIZE))
    part = Served(206, b"image/webp", (*SHOWN, place), PICTURE[start:stop])
    assert ask(filled, range=header) == part
    assert ask(filled, range=header, if_range=ETAG) == part


@pytest.mark.parametrize(
    "header",
    [
        b"bytes=-",
        b"bytes=5-4",
        b"bytes=0-1,5-6",
        b"bytes=0-1, bytes=5-6",
        b"bytes=a-b",
        b"lines=0-1",
        b"bytes 0-1",
        b"bytes=+1-2",
        b"bytes=" + 5000 * b"9" + b"-",
    ],
)
def test_what_is_no_range_we_know_is_ignored(filled: Blobs, header: bytes) -> None:
    assert ask(filled, range=header) == WHOLE


@pytest.mark.parametrize(
    "header", [b'"other"', b"W/" + ETAG, b"Wed, 21 Oct 2026 07:28:00 GMT", b"", b"*"]
)
def test_a_range_of_another_state_is_ignored(filled: Blobs, header: bytes) -> None:
    assert ask(filled, range=b"bytes=0-1", if_range=header) == WHOLE


@pytest.mark.parametrize("header", [b"bytes=1024-", b"bytes=1024-2000", b"bytes=-0"])
def test_a_range_beyond_the_end_is_refused(filled: Blobs, header: bytes) -> None:
    with pytest.raises(Problem) as refused:
        ask(filled, range=header)
    assert (refused.value.code, refused.value.size_bytes) == (Code.RANGE_OUTSIDE, SIZE)


def test_an_empty_file_has_no_range(blobs: Blobs) -> None:
    key = blob_key(b"")
    blobs.put(key, b"")
    assert serve_blob(blobs, name_of_key(key), {}).body == b""
    with pytest.raises(Problem, match="0 bytes"):
        serve_blob(blobs, name_of_key(key), {b"range": b"bytes=0-"})


def test_head_knows_no_ranges(filled: Blobs) -> None:
    told = Served(200, b"image/webp", SHOWN, length=SIZE)
    assert ask(filled, "HEAD", range=b"bytes=0-1") == told
    assert ask(filled, "HEAD", if_none_match=ETAG).status == 304


class Counted:
    """Blobs that note what they are asked: each question is a trip to S3."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.asked.append(name)
        return getattr(self._blobs, name)


@pytest.mark.parametrize(
    ("method", "headers", "asked"),
    [
        ("GET", {}, ["get"]),
        ("GET", {"range": b"bytes=0-9"}, ["get"]),
        ("GET", {"range": b"bytes=9-"}, ["get"]),
        ("GET", {"range": b"bytes=-9"}, ["size", "get"]),
        ("GET", {"if_none_match": ETAG}, ["size"]),
        ("HEAD", {}, ["size"]),
    ],
)
def test_trips_to_the_place(
    filled: Blobs, method: str, headers: dict[str, bytes], asked: list[str]
) -> None:
    counted: Any = Counted(filled)
    ask(counted, method, **headers)
    assert counted.asked == asked


@pytest.mark.parametrize("headers", [{}, {b"if-none-match": ETAG}, {b"range": b"bytes=0-1"}])
def test_what_is_not_there_is_unknown(blobs: Blobs, headers: dict[bytes, bytes]) -> None:
    with pytest.raises(Problem, match="not found") as refused:
        serve_blob(blobs, NAME, headers)
    assert refused.value.code is Code.FILE_UNKNOWN


@pytest.mark.parametrize(
    "name", ["", "..", "../../etc/passwd", NAME[:-1], f"{NAME[:2]}/{NAME}", "a" * 5000]
)
def test_what_cannot_be_there_is_unknown(filled: Blobs, name: str) -> None:
    with pytest.raises(Problem) as refused:
        serve_blob(filled, name, {})
    assert refused.value.code is Code.FILE_UNKNOWN
    assert len(str(refused.value)) < 120
