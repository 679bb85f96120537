"""A proxy on loopback that loses three in ten requests, and is seeded in how.

It takes one request a connection and decides what becomes of it: passed on, at once or slowly; lost
before the server has it, or after the server has answered; the answer torn; the connection closed,
or reset. Or it is `late`: the client is cut off, and the server gets the request only when others
have overtaken it, or when all is over.

It ends with its block, and by itself: beyond a number of connections, or a time, it takes none.
"""

from __future__ import annotations

import random
import re
import socket
import socketserver
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Final, cast

FATES: Final = {
    "passed": 50,
    "slow": 15,
    "lost before": 8,
    "reset before": 7,
    "lost after": 6,
    "reset after": 5,
    "torn": 4,
    "late": 5,
}
"""What becomes of a request, in percent."""

SLOW_S: Final = 0.1
OVERTAKERS: Final = 3
MOST_CONNECTIONS: Final = 20_000
LONGEST_S: Final = 900.0
TIMEOUT_S: Final = 20.0

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CONNECTION: Final = re.compile(rb"\r\nconnection:[^\r]*", re.IGNORECASE)


class BadProxy(socketserver.ThreadingTCPServer):
    """The proxy in front of a port of this machine."""

    daemon_threads = False
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, port: int, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.fates: Counter[str] = Counter()
        self._target = ("127.0.0.1", port)
        self._fate = random.Random(seed)  # noqa: S311 - faults, not secrets
        self._chance = random.Random(seed + 1)  # noqa: S311 - as above
        self._until_s = time.monotonic() + LONGEST_S
        self._late: list[tuple[int, bytes]] = []
        self._changed = threading.Condition()
        self._aside = ThreadPoolExecutor(4)

    @property
    def requests(self) -> int:
        """How many requests came."""
        return self.fates.total()

    def await_requests(self, number: int, *, at_most_s: float) -> bool:
        """Wait until so many came; whether they did in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self.requests >= number, at_most_s)

    def verify_request(self, request: object, client_address: object) -> bool:  # noqa: ARG002
        """Take no more than is bounded."""
        return self.requests < MOST_CONNECTIONS and time.monotonic() < self._until_s

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients are killed, and servers are not there, as a matter of course."""

    def choose(self, request: bytes) -> tuple[str, float]:
        """Choose what becomes of a request, and a number below one for how much."""
        with self._changed:
            # A generator of its own: so many requests meet the same fates, in whatever order.
            [fate] = self._fate.choices([*FATES], [*FATES.values()])
            share = self._chance.random()
            if fate == "late":
                self._late.append((self._chance.randint(1, OVERTAKERS), request))
            self.fates[fate] += 1
            self._changed.notify_all()
        return fate, share

    def pass_on(self, request: bytes) -> bytes:
        """Have the server answer a request, and those that it was the last to overtake."""
        with self._changed:
            due = [late for left, late in self._late if left <= 1]
            self._late = [(left - 1, late) for left, late in self._late if left > 1]
            beside = self._chance.random() < 0.5
        coming = [self._aside.submit(self.ask, late) for late in due if beside]
        answer = self.ask(request)
        for late in () if beside else due:
            self.ask(late)
        for one in coming:
            one.result()
        return answer

    def ask(self, request: bytes) -> bytes:
        """Send a request to the server and read its answer to the end."""
        head, _, body = request.partition(b"\r\n\r\n")
        closing = _CONNECTION.sub(b"", head) + b"\r\nConnection: close\r\n\r\n"
        with socket.create_connection(self._target, TIMEOUT_S) as server:
            server.sendall(closing + body)
            return b"".join(iter(lambda: server.recv(65536), b""))

    def deliver_late(self) -> None:
        """Deliver what is held back still: later than all else."""
        for _, late in self._late:
            self.ask(late)
        self._late.clear()

    def server_close(self) -> None:
        """Wait for what is under way, and close."""
        super().server_close()
        self._aside.shutdown()


class _Exchange(socketserver.BaseRequestHandler):
    """One connection: a request, and what becomes of it."""

    def handle(self) -> None:
        client: socket.socket = self.request
        client.settimeout(TIMEOUT_S)
        request = _read_request(client)
        if request is None:
            return
        proxy = cast("BadProxy", self.server)
        fate, share = proxy.choose(request)
        if fate == "slow":
            threading.Event().wait(share * SLOW_S)
        answer = b"" if fate == "late" or "before" in fate else proxy.pass_on(request)
        if fate in ("passed", "slow"):
            client.sendall(answer)
        elif fate == "torn":
            client.sendall(answer[: int(share * len(answer))])
        elif "reset" in fate:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()


def _read_request(client: socket.socket) -> bytes | None:
    """Read a request, or None if the client went away before its end."""
    read = b""
    while True:
        head, end, body = read.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if end and len(body) >= (int(length[1]) if length else 0):
            return read
        more = client.recv(65536)
        if not more:
            return None
        read += more


@contextmanager
def bad_proxy(port: int, seed: int) -> Iterator[BadProxy]:
    """Run a bad proxy in front of a port while the block runs."""
    with BadProxy(port, seed) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.05,), name="bad proxy")
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()
            with suppress(OSError):
                proxy.deliver_late()
