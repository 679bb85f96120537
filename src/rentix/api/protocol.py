"""HTTP/1.1 on a socket: uvicorn's protocol with the limits that it leaves to a proxy."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from rentix.errors import Code, Problem
from rentix.wire.answers import encode
from rentix.wire.errors import envelope

HEAD_TIMEOUT_S = 10.0
HEAD_MAX_BYTES = 64 * 1024
CONNECTIONS_MAX = 2000


class GuardedProtocol(HttpToolsProtocol):
    """Cuts a connection whose request line and headers are slow or endless.

    What is wrong with bytes that are no HTTP is said in the envelope of contract 3.
    """

    _head_timer: asyncio.TimerHandle | None = None
    _head_bytes = 0

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

    def data_received(self, data: bytes) -> None:
        """Take bytes in, up to the limit while the headers are not complete."""
        super().data_received(data)
        if self._head_timer is None:
            return
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_MAX_BYTES and not self.transport.is_closing():
            message = f"request line and headers must be at most {HEAD_MAX_BYTES // 1024} KB"
            self._refuse(Problem(Code.HEAD_TOO_LARGE, message))

    def send_400_response(self, msg: str) -> None:
        """What is sent when the bytes are no HTTP; `msg` is uvicorn's."""
        self._head_done()
        self._refuse(Problem(Code.HTTP_INVALID, msg))

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._head_timer = self.loop.call_later(HEAD_TIMEOUT_S, self._too_slow)

    def _head_done(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _too_slow(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self.transport.close()

    def _refuse(self, problem: Problem) -> None:
        error = envelope(problem, secrets.token_hex(12))
        body = encode(error)
        head = (
            f"HTTP/1.1 {error.status_code} {error.error}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
            f"x-request-id: {error.request_id}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
