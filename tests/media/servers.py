"""Servers on loopback that say whatever a test wants said, byte by byte."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any

Answer = Callable[[bytes], Iterable[bytes]]
"""The head of a request to what is sent, piece by piece."""

PICTURE = b"\xff\xd8\xff the bytes of a picture"


def answer_with(status: str, *headers: str, body: bytes = b"") -> bytes:
    """Return a whole answer; nothing but `headers` is in its head."""
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode() + body


def found(body: bytes = PICTURE, *headers: str) -> bytes:
    """Return an answer with a picture."""
    return answer_with("200 OK", f"Content-Length: {len(body)}", *headers, body=body)


def redirect_to(location: str, status: str = "302 Found") -> bytes:
    """Return a redirect; its body is never to be asked for."""
    return answer_with(status, f"Location: {location}", "Content-Length: 5", body=b"moved")


class Server(ThreadingTCPServer):
    """Answers each connection once, and remembers what it was asked."""

    daemon_threads = False  # closing waits for them: what was heard is known by then
    request_queue_size = 128

    def __init__(self, answer: Answer, host: str, tls: ssl.SSLContext | None) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, 0), _Handler)
        self.answer = answer
        self.tls = tls
        self.connections = 0
        self.requests: list[bytes] = []
        self.closing = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def url(self, path: str = "/7.jpg", host: str = "127.0.0.1") -> str:
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    @property
    def allowed(self) -> frozenset[tuple[str, int]]:
        """What the operator would allow, for the server to be reached."""
        return frozenset({("127.0.0.1", self.port)})

    def get_request(self) -> tuple[socket.socket, Any]:
        accepted = super().get_request()
        self.connections += 1
        return accepted

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves is what most of these tests are about."""


class _Handler(BaseRequestHandler):
    server: Server

    def handle(self) -> None:
        peer: socket.socket = self.request
        if self.server.tls:
            peer = self.server.tls.wrap_socket(peer, server_side=True)
        with suppress(OSError), peer:
            head = b""
            while not _is_whole(head) and (more := peer.recv(65_536)):
                head += more
            self.server.requests.append(head)
            for piece in self.server.answer(head):
                peer.sendall(piece)


def _is_whole(head: bytes) -> bool:
    return b"\r\n\r\n" in head or head.startswith(b"\x16")  # or one that wants to talk TLS


@contextmanager
def serving(
    answer: Answer | bytes, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> Iterator[Server]:
    """Serve on a free port; bytes are the answer to everything."""
    say: Answer = (lambda _: [answer]) if isinstance(answer, bytes) else answer
    with Server(say, host, tls) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()
