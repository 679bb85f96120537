"""One request as it came, and the way back for its answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

import msgspec

from rentix.api.call import Reply
from rentix.api.sending import LAST_CHUNK, chunk, print_head, print_reply
from rentix.wire.bodies import MAX_BODY_BYTES


class Disconnected(Exception):
    """The client went away before its request was whole."""


class BodyTooSlow(Exception):
    """The body did not come in time."""


class BodyTooLarge(Exception):
    """More than the largest body was sent."""


class Line(Protocol):
    """The connection, as an exchange uses it."""

    @property
    def is_open(self) -> bool:
        """Whether what is written goes anywhere."""

    def write(self, data: bytes) -> None:
        """Write, without waiting."""

    def answer(self, data: bytes) -> None:
        """Write a whole answer, without waiting."""

    def end(self) -> None:
        """All of an answer is written."""

    async def drain(self) -> None:
        """Wait until the client has taken most of what was written, or went away."""

    async def await_body(self, timeout_s: float) -> None:
        """Wait until the body is whole, too large or too late, or the client gone."""

    def name_client(self, forwarded: bytes | None) -> str:
        """The client's address."""

    def close(self, *, at_once: bool = False) -> None:
        """Close, when what was written is taken or without waiting for that."""


class Exchange(msgspec.Struct, eq=False):
    """A request, as far as it has come, and its answer.

    `path` is as sent, `plain_path` is percent-decoded; of a header that came more than once
    (`repeated`) `headers` has one list. `extra` are lines of headers that any answer to it has.
    """

    line: Line
    method: str
    path: bytes
    plain_path: str
    query: bytes
    headers: dict[bytes, bytes]
    repeated: tuple[bytes, ...]
    keep_alive: bool
    is_1_0: bool = False
    pieces: list[bytes] = []
    size: int = 0
    whole: bool = False
    late: bool = False
    body_max_bytes: int = MAX_BODY_BYTES
    answered: bool = False
    extra: bytes = b""

    @property
    def client(self) -> str:
        """The address of who asks; a trusted proxy names it."""
        return self.line.name_client(self.headers.get(b"x-forwarded-for"))

    def add(self, piece: bytes) -> None:
        """Take in a part of the body. Once it is too large, or answered, nothing is kept."""
        self.size += len(piece)
        if self.answered or self.size > self.body_max_bytes:
            self.pieces.clear()
        else:
            self.pieces.append(piece)

    @property
    def settled(self) -> bool:
        """Whether waiting longer makes nothing of the body better."""
        return self.whole or self.late or self.size > self.body_max_bytes

    def take_body(self) -> bytes:
        """The whole body.

        Raises:
            Disconnected, BodyTooSlow, BodyTooLarge: it is not whole.
        """
        if self.size > self.body_max_bytes:
            raise BodyTooLarge
        if not self.whole:
            raise BodyTooSlow if self.late else Disconnected
        return self.pieces[0] if len(self.pieces) == 1 else b"".join(self.pieces)

    async def read_body(self, timeout_s: float) -> bytes:
        """The whole body, once it has come; `Expect: 100-continue` is told to send it.

        Raises:
            Disconnected, BodyTooSlow, BodyTooLarge: it does not become whole.
        """
        if not self.settled:
            if self.headers.get(b"expect", b"").lower() == b"100-continue" and not self.size:
                self.line.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            await self.line.await_body(timeout_s)
        return self.take_body()

    def answer(self, reply: Reply) -> None:
        """Send a reply whose body is bytes."""
        self._begin(reply)
        close, bodiless = not self.keep_alive, self.method == "HEAD"
        self.line.answer(print_reply(reply, self.extra, close=close, bodiless=bodiless))

    async def stream(self, reply: Reply, pieces: AsyncIterator[bytes]) -> None:
        """Send a reply piece by piece, as fast as the client takes it.

        The connection is cut when it takes nothing. With HEAD nothing is streamed.
        """
        self.keep_alive = self.keep_alive and not self.is_1_0
        self._begin(reply)
        chunked = not self.is_1_0
        self.line.write(print_head(reply, self.extra, close=not self.keep_alive, chunked=chunked))
        if self.method == "HEAD":
            return
        async for piece in pieces:
            if not self.line.is_open:
                return
            self.line.write(chunk(piece) if chunked else piece)
            await self.line.drain()
        if chunked:
            self.line.write(LAST_CHUNK)
        self.line.end()

    def break_off(self) -> None:
        """End a stream so that it does not look whole."""
        self.line.close(at_once=self.is_1_0)

    def _begin(self, reply: Reply) -> None:
        self.answered = True
        self.pieces = []
        if (b"connection", b"close") in reply.headers:
            self.keep_alive = False
