"""HTTP/1.1 on a socket: uvicorn's protocol with the limits that it leaves to a proxy."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from rentix.api.request_ids import new_request_id
from rentix.errors import Code, Problem
from rentix.wire.answers import encode
from rentix.wire.errors import envelope

HEAD_MAX_BYTES = 64 * 1024
CONNECTIONS_MAX = 2000


class GuardedProtocol(HttpToolsProtocol):
    """Cuts connections that are slow or endless, and answers bytes that are no HTTP.

    A client may not be slow over a request's line and headers, over the rest of a body that was
    answered without it, nor over taking an answer in. Refusals have the envelope of contract 3.
    """

    head_timeout_s = 10.0
    stall_timeout_s = 60.0

    _head_timer: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _message_ended = False
    _stall_timer: asyncio.TimerHandle | None = None
    _unsent_bytes = 0
    _resumed = False

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a request."""
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS_MAX:
            self._refuse(Problem(Code.OVERLOADED, "too many connections", retry_after_s=1))
        else:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._head_done()
        if self._stall_timer is not None:
            self._stall_timer.cancel()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """The first byte of a request, perhaps not the connection's first."""
        super().on_message_begin()
        if self._head_timer is None:
            self._await_head()

    def on_headers_complete(self) -> None:
        """The request can be answered; its body has a limit of its own."""
        self._head_done()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The end of a body, even of one that was answered before."""
        self.cycle.more_body = False
        self._message_ended = True
        super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        """Take bytes in, up to the limit while the headers are not complete."""
        self._message_ended = False
        super().data_received(data)
        if self.transport.is_closing():
            return
        cycle: RequestResponseCycle | None = self.cycle
        answered = cycle is not None and cycle.response_complete
        if answered and self._head_timer is None:
            self._await_head()  # uvicorn has ended its keep-alive timeout, whatever came
        owes_body = cycle is not None and answered and cycle.more_body
        if self._head_timer is None or owes_body or self._message_ended:
            return  # these bytes were a body, or its end and little more
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_MAX_BYTES:
            message = f"request line and headers must be at most {HEAD_MAX_BYTES // 1024} KB"
            self._refuse(Problem(Code.HEAD_TOO_LARGE, message))

    def pause_writing(self) -> None:
        """The client takes an answer more slowly than it is made."""
        super().pause_writing()
        self._watch_stall()

    def resume_writing(self) -> None:
        """The client has taken most of what was written."""
        super().resume_writing()
        self._resumed = True

    def on_response_complete(self) -> None:
        """All of an answer is written, though perhaps not taken."""
        super().on_response_complete()
        self._watch_stall()

    def _watch_stall(self) -> None:
        if self._stall_timer is None:
            self._unsent_bytes = self.transport.get_write_buffer_size()
            self._resumed = False
            self._stall_timer = self.loop.call_later(self.stall_timeout_s, self._check_stall)

    def _check_stall(self) -> None:
        self._stall_timer = None
        left = self.transport.get_write_buffer_size()
        if left and left >= self._unsent_bytes and not self._resumed:
            self.transport.abort()  # closing would wait for the client
        elif left:
            self._watch_stall()

    def send_400_response(self, msg: str) -> None:
        """What is sent when the bytes are no HTTP; `msg` is uvicorn's."""
        self._head_done()
        cycle: Any = self.cycle  # None before the first request
        if cycle is not None and not cycle.more_body and not cycle.response_complete:
            cycle.keep_alive = False  # the request before them is whole: it gets its answer
            return
        self._refuse(Problem(Code.HTTP_INVALID, msg))

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._head_timer = self.loop.call_later(self.head_timeout_s, self._too_slow)

    def _head_done(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _too_slow(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self.transport.close()

    def _refuse(self, problem: Problem) -> None:
        error = envelope(problem, new_request_id())
        body = encode(error)
        wait_s = problem.retry_after_s
        retry = "" if wait_s is None else f"retry-after: {wait_s}\r\n"
        head = (
            f"HTTP/1.1 {error.status_code} {error.error}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
            f"{retry}x-request-id: {error.request_id}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
