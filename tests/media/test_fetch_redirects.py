"""Redirects: few, each judged anew, and with nothing brought along."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from rentix.media.fetch import Fetcher, Limits
from rentix.media.fetch.failures import FetchCode
from tests.media.attempts import failure_of
from tests.media.servers import PICTURE, answer_with, found, redirect_to, serving


def count_down(request: bytes) -> list[bytes]:
    """Redirect /3 to /2 to /1 to the picture."""
    left = int(request.split()[1].strip(b"/"))
    return [redirect_to(f"/{left - 1}") if left else found()]


def test_three_redirects_are_followed() -> None:
    with serving(count_down) as server:
        assert Fetcher(allow=server.allowed).fetch(server.url("/3")).content == PICTURE
    assert server.connections == 4


@pytest.mark.parametrize("path", ["/4", "/999"])
def test_four_are_not(path: str) -> None:
    with serving(count_down) as server:
        failed = failure_of(Fetcher(allow=server.allowed), server.url(path))
    assert (failed.code, failed.heals) == (FetchCode.REDIRECTS_EXCEEDED, False)
    assert server.connections == 4


def test_a_circle_has_an_end() -> None:
    with serving(redirect_to("/7.jpg")) as server:
        failed = failure_of(Fetcher(allow=server.allowed), server.url())
    assert failed.code == FetchCode.REDIRECTS_EXCEEDED


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["b.jpg", "/a/b.jpg", "//127.0.0.1:{port}/a/b.jpg"])
def test_a_redirect_may_be_relative(status: int, location: str) -> None:
    def answer(request: bytes) -> list[bytes]:
        path = request.split()[1]
        there = location.format(port=server.port)
        return [found(path) if path == b"/a/b.jpg" else redirect_to(there, f"{status} Go")]

    with serving(answer) as server:
        assert Fetcher(allow=server.allowed).fetch(server.url("/a/7.jpg")).content == b"/a/b.jpg"


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://1.2.3.4/7.jpg",
        "data:image/png,x",
        "http://",
        "http://[::1",
        "",
        "http://u:hidden@1.2.3.4/",
        "javascript:hidden",
        "http://1.2.3.4:99999/",
        "/" * 9000,
    ],
)
def test_a_redirect_to_what_is_not_fetched_is_refused(location: str) -> None:
    with serving(redirect_to(location)) as server:
        failed = failure_of(Fetcher(allow=server.allowed), server.url())
    assert (failed.code, failed.heals) == (FetchCode.REDIRECT_REFUSED, False)
    assert "hidden" not in failed.message


def test_nothing_is_brought_along() -> None:
    def answer(request: bytes) -> list[bytes]:
        headers = ("Location: /end", "Set-Cookie: session=1; Path=/")
        return [found() if b"/end" in request else answer_with("302 Found", *headers)]

    with serving(answer) as server:
        Fetcher(allow=server.allowed).fetch(server.url("/start"))
    first, second = server.requests
    assert second == first.replace(b"/start", b"/end")


def test_the_body_of_a_redirect_is_left_alone() -> None:
    def answer(request: bytes) -> Iterable[bytes]:
        if b"/end" in request:
            yield found()
            return
        yield answer_with("302 Found", "Location: /end")
        while not server.closing.is_set():
            yield b"x" * 65_536

    with serving(answer) as server:
        assert Fetcher(allow=server.allowed).fetch(server.url()).content == PICTURE


def test_a_slot_is_free_again_for_the_next_hop() -> None:
    with serving(count_down) as server:
        fetcher = Fetcher(allow=server.allowed, limits=Limits(per_host=1))
        assert fetcher.fetch(server.url("/3")).content == PICTURE
