"""A connection: requests are answered one after the other, and nobody may be slow at it.

A client has so long for a request's line and headers, for the rest of a body that was answered
without it, and for taking an answer in. Refusals have the envelope of contract 3.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from enum import Enum, auto
from typing import Any

from rentix.api.deadlines import Deadline, StallWatch
from rentix.api.eager import run_eagerly
from rentix.api.exchange import Exchange
from rentix.api.outbox import Outbox
from rentix.api.proxies import Proxies
from rentix.api.reader import FIELDS_MAX, HEAD_MAX_BYTES, HeadTooLarge, Malformed, RequestReader
from rentix.api.refusals import refuse_unread
from rentix.api.sending import print_reply
from rentix.errors import Code, Problem

CONNECTIONS_MAX = 2000
_LONG_BYTES = 16 * 1024  # a body that takes milliseconds

Application = Callable[[Exchange], Coroutine[Any, Any, None]]


class _Phase(Enum):
    """What a connection waits for."""

    REQUEST = auto()
    REST = auto()  # of a head, or of a body that was answered without it
    BODY = auto()
    ANSWER = auto()


class HttpProtocol(asyncio.Protocol):
    """One connection. `connections` are all that are open, this one among them.

    They share an `outbox`: what is answered at once leaves through it, and before whatever is sent
    later, on this connection or another.
    """

    head_timeout_s = 10.0
    idle_timeout_s = 5.0
    stall_timeout_s = 60.0
    linger_timeout_s = 2.0

    _transport: asyncio.Transport
    _stall: StallWatch

    def __init__(
        self,
        app: Application,
        proxies: Proxies,
        connections: set[HttpProtocol],
        outbox: Outbox,
    ) -> None:
        self.client: tuple[str, int] = ("", 0)
        self._app = app
        self._proxies = proxies
        self._connections = connections
        self._outbox = outbox
        self._loop = asyncio.get_running_loop()
        self._reader = RequestReader(self)
        self._deadline = Deadline(self._loop, self._too_slow)
        self._phase = _Phase.REQUEST
        self._serving: Exchange | None = None
        self._task: asyncio.Task[None] | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._reading = True
        self._at_once = False
        self._blocked = False
        self._closed = False

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a request."""
        self._transport = transport
        self._stall = StallWatch(transport, self.stall_timeout_s)
        self.client = (transport.get_extra_info("peername") or ("", 0))[:2]
        self._connections.add(self)
        if len(self._connections) > CONNECTIONS_MAX:
            self._refuse(Problem(Code.OVERLOADED, "too many connections", retry_after_s=1))
        else:
            self._deadline.set(self.head_timeout_s)

    def connection_lost(self, _: Exception | None) -> None:
        """Forget the connection; what is being done for it is done to its end."""
        self._connections.discard(self)
        self._deadline.close()
        self._stall.close()
        self._reader.requests.clear()
        self._wake()

    def data_received(self, data: bytes) -> None:
        """Take bytes in, and serve what has become whole."""
        if self._closed:
            return
        try:
            self._reader.feed(data)
        except Malformed:
            self._refuse_unless_busy(Problem(Code.HTTP_INVALID, "Invalid HTTP request received."))
        except HeadTooLarge:
            message = (
                f"request line and headers must be at most {HEAD_MAX_BYTES // 1024} KB "
                f"and {FIELDS_MAX} lines"
            )
            self._refuse_unless_busy(Problem(Code.HEAD_TOO_LARGE, message))
        if self._phase is _Phase.BODY and self._serving and self._serving.settled:
            self._wake()
        self._serve()

    def eof_received(self) -> bool:
        """The client sends no more, and may still wait for answers; one who breaks off does not."""
        if self._reader.arriving is None:
            self.finish()
        else:
            self.close()
        return True

    def pause_writing(self) -> None:
        """The client takes an answer more slowly than it is made."""
        self._blocked = True
        self._stall.begin()

    def resume_writing(self) -> None:
        """The client has taken most of what was written."""
        self._blocked = False
        self._stall.note_taken()
        if self._phase is not _Phase.BODY:
            self._wake()
        self._serve()

    def finish(self) -> None:
        """Close when what has been asked is answered."""
        requests = self._reader.requests
        last = requests[-1] if requests else self._serving
        if last is None:
            self.close()
        else:
            last.keep_alive = False

    def abort(self) -> None:
        """Close at once, whatever is being done."""
        if self._task is not None:
            self._task.cancel()
        self._transport.abort()

    # What an exchange asks of its line.

    @property
    def is_open(self) -> bool:
        """Whether what is written goes anywhere."""
        return not (self._closed or self._transport.is_closing())

    def write(self, data: bytes) -> None:
        """Write, without waiting."""
        self._outbox.flush()
        if self.is_open:
            self._transport.write(data)

    def answer(self, data: bytes) -> None:
        """Write a whole answer; one that is ready at once leaves together with others."""
        if self._at_once:
            self._outbox.hold(self._send, data)
        else:
            self.write(data)
            self.end()

    def end(self) -> None:
        """All of an answer is written: from now on its client must take it."""
        if self.is_open:
            self._stall.begin()

    async def drain(self) -> None:
        """Wait until the client has taken most of what was written, or went away."""
        if self._blocked and self.is_open:
            await self._wait()

    async def await_body(self, timeout_s: float) -> None:
        """Wait until the body is whole, too large or too late, or the client gone."""
        if self.is_open:
            self._phase = _Phase.BODY
            self._deadline.set(timeout_s)
            await self._wait()
            self._phase = _Phase.ANSWER
            self._deadline.clear()

    def name_client(self, forwarded: bytes | None) -> str:
        """The client's address."""
        return self._proxies.find_client(self.client[0], forwarded)

    def close(self, *, at_once: bool = False) -> None:
        """Close, when what was written is taken or without waiting for that."""
        if at_once:
            self._transport.abort()
        else:
            self._outbox.flush()
            self._transport.close()

    # Serving.

    def _serve(self) -> None:
        requests = self._reader.requests
        if requests and self._serving is None and self.is_open and not self._blocked:
            self._start(requests.popleft())
            if requests and self._serving is None:  # others have their turn before the next one
                self._loop.call_soon(self._serve)
        if self.is_open:
            self._pause_reading(wanted=bool(requests))
            self._set_deadline()

    def _start(self, exchange: Exchange) -> None:
        self._serving = exchange
        self._phase = _Phase.ANSWER
        if exchange.size > _LONG_BYTES:
            self._outbox.flush()  # or those who asked before would wait for this one, too
        self._at_once = True
        try:
            task = run_eagerly(self._app(exchange))
        finally:
            self._at_once = False
        if task is None:
            self._answered(exchange)
        else:
            self._task = task
            task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        exchange, self._task = self._serving, None
        assert exchange is not None  # noqa: S101 - it is what the task served
        self._answered(exchange)
        self._serve()
        if not task.cancelled():
            task.result()

    def _answered(self, exchange: Exchange) -> None:
        self._serving = None
        if not (exchange.answered and exchange.keep_alive):
            self._close()

    def _pause_reading(self, *, wanted: bool) -> None:
        if wanted is self._reading:
            self._reading = not wanted
            if wanted:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()

    def _refuse_unless_busy(self, problem: Problem) -> None:
        # Whoever asked before gets an answer; its connection ends with it.
        if self._reader.requests:
            return
        serving = self._serving
        if serving is None or (serving is self._reader.arriving and not serving.answered):
            self._refuse(problem)
        else:
            serving.keep_alive = False

    def _refuse(self, problem: Problem) -> None:
        self.write(print_reply(*refuse_unread(problem), close=True))
        self.end()
        self._close()

    def _close(self) -> None:
        reader = self._reader
        if reader.arriving is None and not reader.is_last:
            self.close()
        elif self.is_open:
            # The client still sends. To close now would reset the connection, which may take the
            # answer away before it is read: so its bytes are taken in for a while, and dropped.
            self._outbox.flush()
            self._transport.write_eof()
            self._closed = True
            reader.requests.clear()
            self._pause_reading(wanted=False)
            self._deadline.set(self.linger_timeout_s)

    def _send(self, data: bytes) -> None:
        if self.is_open:
            self._transport.write(data)
            self.end()

    # Waiting.

    def _set_deadline(self) -> None:
        reader = self._reader
        if self._serving is not None or reader.requests:
            if self._phase is not _Phase.BODY:
                self._deadline.clear()
        elif reader.in_head or reader.arriving is not None:
            if self._phase is not _Phase.REST or reader.ended:
                self._phase = _Phase.REST
                self._deadline.set(self.head_timeout_s)
        elif self._phase is not _Phase.REQUEST:
            self._phase = _Phase.REQUEST
            self._deadline.set(self.idle_timeout_s)

    def _too_slow(self) -> None:
        if self._phase is _Phase.BODY and self._serving is not None and not self._closed:
            self._serving.late = True
            self._wake()
        else:
            self.close()

    async def _wait(self) -> None:
        self._waiter = self._loop.create_future()
        await self._waiter

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
