"""Who asks ahead waits for the answers, and who takes none is heard no more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvloop

from rentix.api.call import Reply
from rentix.api.exchange import Exchange
from rentix.api.outbox import Outbox
from rentix.api.protocol import HttpProtocol
from rentix.api.proxies import Proxies

TURNS = 20  # of the event loop: more than any of these requests takes
REQUEST = b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n"


class Client:
    """A transport to a client that takes nothing, or all, as a test says."""

    def __init__(self) -> None:
        self.answers: list[bytes] = []
        self.is_heard = True

    def write(self, data: bytes) -> None:
        """Take an answer: here it is only its body."""
        self.answers.append(data.partition(b"\r\n\r\n")[2])

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
        """Tell that it is there."""
        return False

    def get_write_buffer_size(self) -> int:
        """Tell that nothing is kept."""
        return 0


async def echo(exchange: Exchange) -> None:
    """Answer with the path, some of them only after a turn of the loop."""
    if exchange.path.endswith(b"3"):
        await asyncio.sleep(0)
    exchange.answer(Reply(body=exchange.path))


@contextmanager
def connected() -> Iterator[tuple[HttpProtocol, Client]]:
    line, client = HttpProtocol(echo, Proxies(()), set(), Outbox()), Client()
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
        line.data_received(requests(1, 5))
        assert not client.is_heard
        await turn_around()
        assert client.answers == paths(1, 5)
        assert client.is_heard

    run(case)


def test_who_takes_no_answers_gets_no_more_of_them() -> None:
    async def case(line: HttpProtocol, client: Client) -> None:
        line.data_received(requests(1, 1))
        await turn_around()
        line.pause_writing()
        line.data_received(requests(2, 5))
        await turn_around()
        assert client.answers == paths(1, 1)
        assert not client.is_heard
        line.resume_writing()
        await turn_around()
        assert client.answers == paths(1, 5)
        assert client.is_heard

    run(case)
