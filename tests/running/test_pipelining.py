"""Who asks ahead waits for the answers, and who takes none is heard no more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvloop

from rentix.api.call import Reply
from rentix.api.exchange import Exchange
from rentix.api.outbox import Outbox
from rentix.api.protocol import HttpProtocol
from rentix.api.proxies import Proxies

TURNS = 20  # of the event loop: more than any of these requests takes
REQUEST = b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n"


class Impatient(HttpProtocol):
    idle_timeout_s = 0.02
    stall_timeout_s = 0.02
    head_timeout_s = 600


class Client:
    """A transport to a client that takes nothing, or all, as a test says."""

    def __init__(self) -> None:
        self.answers: list[bytes] = []
        self.is_heard = True
        self.left_bytes = 0
        self.cut = asyncio.Event()

    def write(self, data: bytes) -> None:
        """Take an answer: here it is only its body."""
        assert not self.cut.is_set()
        self.answers.append(data.partition(b"\r\n\r\n")[2])

    def close(self) -> None:
        """End it."""
        self.cut.set()

    abort = write_eof = close

    def pause_reading(self) -> None:
        """Hear the client no more."""
        self.is_heard = False

    def resume_reading(self) -> None:
        """Hear it again."""
        self.is_heard = True

    def get_extra_info(self, _: str) -> tuple[str, int]:
        """Tell an address."""
        return ("127.0.0.1", 1)

    def is_closing(self) -> bool:
        """Tell whether it is gone."""
        return self.cut.is_set()

    def get_write_buffer_size(self) -> int:
        """Tell how much was written that the client has not taken."""
        return self.left_bytes


async def echo(exchange: Exchange) -> None:
    """Answer with the path: at once, after a turn of the loop (3), or piece by piece (4)."""
    if exchange.path.endswith(b"4"):
        reply = Reply(body=b"")
        await exchange.stream(reply, pieces(exchange.path))
        return
    if exchange.path.endswith(b"3"):
        await asyncio.sleep(0)
    exchange.answer(Reply(body=exchange.path))


async def pieces(path: bytes) -> AsyncIterator[bytes]:
    yield path


@contextmanager
def connected() -> Iterator[tuple[HttpProtocol, Client]]:
    line, client = Impatient(echo, Proxies(()), set(), Outbox()), Client()
    transport: Any = client
    line.connection_made(transport)
    yield line, client
    line.connection_lost(None)


async def turn_around() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)


def run(case: Callable[[HttpProtocol, Client], Any]) -> None:
    async def serve() -> None:
        with connected() as (line, client):
            await case(line, client)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())


def requests(first: int, last: int) -> bytes:
    return b"".join(REQUEST % number for number in range(first, last + 1))


def paths(first: int, last: int) -> list[bytes]:
    return [b"/%d" % number for number in range(first, last + 1)]


def test_who_asks_ahead_is_heard_when_all_is_answered() -> None:
    async def case(line: HttpProtocol, client: Client) -> None:
        line.data_received(requests(5, 9))
        assert not client.is_heard
        await turn_around()
        assert client.answers == paths(5, 9)
        assert client.is_heard

    run(case)


def test_who_takes_no_answers_gets_no_more_of_them() -> None:
    async def case(line: HttpProtocol, client: Client) -> None:
        line.data_received(requests(1, 1))
        await turn_around()
        line.pause_writing()
        line.data_received(requests(5, 8))
        await turn_around()
        assert client.answers == paths(1, 1)
        assert not client.is_heard
        with connected() as (idle, other):
            idle.data_received(requests(1, 1))
            await other.cut.wait()  # so long nobody may be idle: who waits for answers is not
        assert not client.cut.is_set()
        line.resume_writing()
        await turn_around()
        assert client.answers == paths(1, 1) + paths(5, 8)
        assert client.is_heard

    run(case)


@pytest.mark.parametrize("number", [1, 3, 4], ids=["at once", "later", "in pieces"])
def test_who_takes_no_answer_is_cut_in_time(number: int) -> None:
    async def case(line: HttpProtocol, client: Client) -> None:
        line.data_received(requests(number, number) + requests(number, number)[:-2])
        client.left_bytes = 1
        await asyncio.wait_for(client.cut.wait(), 10)

    run(case)


def test_an_answer_that_is_held_leaves_before_a_refusal_and_the_end() -> None:
    async def case(line: HttpProtocol, client: Client) -> None:
        line.data_received(requests(1, 1))
        line.data_received(b"nonsense\r\n\r\n")
        assert client.answers[0] == b"/1"
        assert b"Invalid HTTP" in client.answers[1]

    run(case)


@pytest.mark.parametrize("end", [HttpProtocol.finish, HttpProtocol.eof_received])
def test_an_answer_that_is_held_leaves_before_the_connection_ends(
    end: Callable[[HttpProtocol], object],
) -> None:
    async def case(line: HttpProtocol, client: Client) -> None:
        line.data_received(requests(1, 1))
        end(line)
        assert client.cut.is_set()
        assert client.answers == paths(1, 1)

    run(case)
