"""What is asked for, and what becomes of answers."""

from __future__ import annotations

import pytest

from rentix.media.fetch import Fetched, Fetcher
from rentix.media.fetch.failures import FetchCode
from tests.media.attempts import failure_of
from tests.media.servers import PICTURE, answer_with, found, serving


def test_a_picture_comes_as_it_is() -> None:
    with serving(found(PICTURE, "Content-Type: image/jpeg")) as server:
        fetched = Fetcher(allow=server.allowed).fetch(server.url())
    assert fetched == Fetched(PICTURE, "image/jpeg")


def test_a_request_tells_no_more_than_it_must(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:1")
    with serving(found()) as server:
        Fetcher(allow=server.allowed).fetch(server.url("/ü b.jpg?size=l#top"))
    line, *headers = server.requests[0].decode().removesuffix("\r\n\r\n").split("\r\n")
    assert line == "GET /%C3%BC%20b.jpg?size=l HTTP/1.1"
    assert headers == [
        f"Host: 127.0.0.1:{server.port}",
        "User-Agent: Rentix",
        "Accept: image/jpeg, image/png, image/webp, */*;q=0.1",
        "Accept-Encoding: identity",
        "Connection: close",
    ]


@pytest.mark.parametrize(
    "answer",
    [
        answer_with(
            "200 OK", "Transfer-Encoding: chunked", body=b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        ),
        answer_with("200 OK", body=b"abcde"),
        answer_with("100 Continue") + answer_with("103 Hints") + found(b"abcde"),
        found(b"abcde", "Content-Encoding: identity"),
        found(b"abcde") + b"and more than was said",
        b"HTTP/1.0 200 OK\r\n\r\nabcde",
    ],
    ids=["chunked", "until the end", "after others", "identity", "excess", "old"],
)
def test_every_sound_way_to_send_is_understood(answer: bytes) -> None:
    with serving(answer) as server:
        assert Fetcher(allow=server.allowed).fetch(server.url()) == Fetched(b"abcde", None)


@pytest.mark.parametrize("status", [201, 204, 206, 300, 304, 400, 401, 403, 404, 408, 410, 451])
def test_another_status_stays_one(status: int) -> None:
    with serving(answer_with(f"{status} Other")) as server:
        failed = failure_of(Fetcher(allow=server.allowed), server.url())
    assert (failed.code, failed.heals) == (FetchCode.ANSWER_REFUSED, False)
    assert f"answered {status}" in failed.message


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 599])
def test_a_failing_server_may_heal(status: int) -> None:
    with serving(answer_with(f"{status} Other")) as server:
        failed = failure_of(Fetcher(allow=server.allowed), server.url())
    assert (failed.code, failed.heals) == (FetchCode.SERVER_FAILED, True)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        answer_with("200 OK", "Content-Length: 9", body=b"short"),
        answer_with("200 OK", "Transfer-Encoding: chunked", body=b"9\r\nshort"),
        answer_with("200 OK", "Transfer-Encoding: chunked", body=b"5\r\nwhole\r\n"),
    ],
)
def test_half_an_answer_is_none(answer: bytes) -> None:
    with serving(answer) as server:
        failed = failure_of(Fetcher(allow=server.allowed), server.url())
    assert (failed.code, failed.heals) == (FetchCode.CONNECTION_LOST, True)


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        answer_with("101 Switching Protocols", "Upgrade: x", "Connection: upgrade"),
        answer_with("200 OK", "Content-Length: 1", "Content-Length: 2", body=b"ab"),
        answer_with("200 OK", "Content-Length: -1"),
        answer_with("200 OK", "Content-Length: " + "9" * 5000),
        answer_with("200 OK", "Transfer-Encoding: gzip, chunked"),
        answer_with("200 OK", "Transfer-Encoding: chunked", body=b"zz\r\n"),
        answer_with("200 OK", "No colon"),
    ],
)
def test_what_is_no_sound_http_is_refused(answer: bytes) -> None:
    with serving(answer) as server:
        failed = failure_of(Fetcher(allow=server.allowed), server.url())
    assert (failed.code, failed.heals) == (FetchCode.HTTP_INVALID, False)


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "br", "identity, gzip", "x", "deflate,"])
def test_what_is_packed_is_refused(encoding: str) -> None:
    with serving(found(PICTURE, f"Content-Encoding: {encoding}")) as server:
        failed = failure_of(Fetcher(allow=server.allowed), server.url())
    assert (failed.code, failed.heals) == (FetchCode.ENCODING_REFUSED, False)


def test_encodings_are_read_from_all_their_headers() -> None:
    with serving(found(PICTURE, "Content-Encoding: identity", "Content-Encoding: br")) as server:
        failed = failure_of(Fetcher(allow=server.allowed), server.url())
    assert failed.code == FetchCode.ENCODING_REFUSED
