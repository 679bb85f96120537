"""Limits of size, time and number, against servers that keep to none."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable, Iterator
from itertools import count

import pytest

from rentix.media.fetch import Fetcher, Limits
from rentix.media.fetch.deadline import Deadline
from rentix.media.fetch.failures import FetchCode, FetchFailed
from rentix.media.fetch.names import Lookups
from rentix.media.fetch.slots import HostSlots
from tests.media.attempts import code_of, failure_of
from tests.media.networks import Names, Network
from tests.media.servers import PICTURE, Server, answer_with, found, redirect_to, serving

SMALL = Limits(body_bytes=1000, head_bytes=2000, total_s=20)
BRIEF = Limits(total_s=0.3)
CHUNKED = answer_with("200 OK", "Transfer-Encoding: chunked")


def endlessly(server: Server, first: bytes, piece: bytes) -> Iterator[bytes]:
    """Yield a beginning and then a piece again and again, until nobody listens."""
    yield first
    while not server.closing.is_set():
        yield piece


def drip(server: Server, first: bytes, piece: bytes) -> Iterator[bytes]:
    """Yield a beginning and then a byte now and then: far sooner than any one wait would end."""
    yield first
    for place in range(2000):
        if server.closing.wait(0.01):
            return
        yield piece[place % len(piece) :][:1]


def test_what_fits_exactly_comes() -> None:
    with serving(found(b"x" * 1000)) as server:
        fetcher = Fetcher(allow=server.allowed, limits=SMALL)
        assert len(fetcher.fetch(server.url()).content) == 1000


@pytest.mark.parametrize("size", [1001, 10**15])
def test_a_size_that_is_told_is_believed(size: int) -> None:
    with serving(answer_with("200 OK", f"Content-Length: {size}")) as server:
        failed = failure_of(Fetcher(allow=server.allowed, limits=SMALL), server.url())
    assert (failed.code, failed.heals) == (FetchCode.TOO_LARGE, False)
    assert "1,000 bytes" in failed.message


@pytest.mark.parametrize(
    ("first", "piece"),
    [(CHUNKED, b"3\r\nabc\r\n"), (answer_with("200 OK"), b"x" * 99), (CHUNKED, b"1\r\nx\r\n")],
)
def test_a_size_that_is_not_told_is_counted(first: bytes, piece: bytes) -> None:
    def answer(_: bytes) -> Iterable[bytes]:
        return endlessly(server, first, piece)

    with serving(answer) as server:
        assert code_of(Fetcher(allow=server.allowed, limits=SMALL), server.url()) == "too_large"


@pytest.mark.parametrize(
    ("first", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"y"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"", b"x"),
        (CHUNKED + b"1;", b"x"),
        (CHUNKED + b"0\r\n", b"X: y\r\n"),
    ],
    ids=["headers", "header", "interim answers", "status line", "chunk header", "trailers"],
)
def test_heads_have_an_end(first: bytes, piece: bytes) -> None:
    def answer(_: bytes) -> Iterable[bytes]:
        return endlessly(server, first, piece)

    with serving(answer) as server:
        failed = failure_of(Fetcher(allow=server.allowed, limits=SMALL), server.url())
    assert (failed.code, failed.heals) == (FetchCode.HEAD_TOO_LARGE, False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "piece"),
    [
        (b"", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 2000),
        (answer_with("200 OK", "Content-Length: 5000"), b"x"),
        (answer_with("200 OK"), b"x"),
        (CHUNKED, b"1\r\nx\r\n"),
    ],
    ids=["head", "body of known size", "body until the end", "chunks"],
)
def test_a_server_that_drips_gains_no_time(first: bytes, piece: bytes) -> None:
    def answer(_: bytes) -> Iterable[bytes]:
        return drip(server, first, piece)

    with serving(answer) as server:
        failed = failure_of(Fetcher(allow=server.allowed, limits=BRIEF), server.url())
    assert (failed.code, failed.heals) == (FetchCode.TIMED_OUT, True)
    assert "0.3 s" in failed.message


@pytest.mark.slow
def test_a_handshake_that_drips_gains_no_time() -> None:
    def answer(_: bytes) -> Iterable[bytes]:  # the header of a record, and of a message in it
        return drip(server, b"\x16\x03\x03\x40\x00\x02\x00\x3f\xf0", b"\x03")

    with serving(answer) as server:
        url = server.url().replace("http:", "https:")
        assert code_of(Fetcher(allow=server.allowed, limits=BRIEF), url) == "timed_out"


def test_redirects_share_the_time_of_one() -> None:
    ticks = count()

    def clock() -> float:  # passes whenever somebody looks at it
        return float(next(ticks))

    with serving(redirect_to("/7.jpg")) as server:
        limits = Limits(total_s=60, redirects=99)
        fetcher = Fetcher(allow=server.allowed, limits=limits, clock=clock)
        assert code_of(fetcher, server.url()) == "timed_out"
    assert 1 < server.connections < 60


def test_a_lookup_that_hangs_is_left_behind() -> None:
    answered = threading.Event()

    def resolve(_: str) -> list[str]:
        answered.wait()
        return ["127.0.0.1"]

    try:
        fetcher = Fetcher(resolve=resolve, limits=Limits(total_s=0.1))
        assert code_of(fetcher, "http://hangs.example/") == "timed_out"
    finally:
        answered.set()


def test_lookups_that_hang_do_not_pile_up() -> None:
    answered, asked = threading.Event(), []

    def resolve(host: str) -> list[str]:
        asked.append(host)
        answered.wait()
        return ["127.0.0.1"]

    lookups = Lookups(resolve, at_once=1)
    for name in ("a.example", "b.example"):
        with pytest.raises(FetchFailed, match="did not arrive"):
            lookups.find(name, Deadline(0.1, clock=count(0, 0.01).__next__), absolutely=False)
    answered.set()
    assert lookups.find("c.example", Deadline(20, clock=lambda: 0), absolutely=False) == [
        "127.0.0.1"
    ]
    assert asked == ["a.example", "c.example"]


def test_connecting_has_a_time_of_its_own_within_the_whole() -> None:
    with serving(found()) as server:
        for limits in (Limits(), Limits(total_s=2)):
            network = Network(posing=False)
            Fetcher(allow=server.allowed, limits=limits, connect=network.connect).fetch(
                server.url()
            )
            assert 0 < network.timeouts_s[0] <= min(limits.connect_s, limits.total_s)


def test_a_host_gets_so_many_fetches_at_once_and_others_theirs() -> None:
    codes: list[FetchCode | None] = []
    network = Network(posing=False)

    def connect(address: str, port: int, timeout_s: float) -> socket.socket:
        if not codes:  # while the first fetch is under way
            codes.append(None)
            codes.append(code_of(fetcher, server.url(host="other.example")))
            codes.append(code_of(fetcher, server.url(host="busy.example")))
        return network.connect(address, port, timeout_s)

    with serving(found()) as server:
        allow = frozenset({("busy.example", server.port), ("other.example", server.port)})
        limits, names = Limits(total_s=1, per_host=1), Names(["127.0.0.1"])
        fetcher = Fetcher(
            allow=allow,
            limits=limits,
            resolve=names.resolve,
            connect=connect,
        )
        code_of(fetcher, server.url(host="busy.example"))
        assert codes == [None, None, FetchCode.HOST_BUSY]
        assert fetcher.fetch(server.url(host="busy.example")).content == PICTURE


def test_slots_are_counted_for_each_host() -> None:
    slots = HostSlots(per_host=2)
    with slots.hold("a"), slots.hold("a"):
        with slots.hold("b"):
            pass
        with pytest.raises(FetchFailed) as caught, slots.hold("a"):
            pass
    assert (caught.value.code, caught.value.heals) == (FetchCode.HOST_BUSY, True)
    with slots.hold("a"):
        pass
