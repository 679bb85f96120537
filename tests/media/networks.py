"""Networks to connect through that are not what they seem: fakes of the fetcher's `connect`."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import Any

from rentix.media.fetch.sockets import open_socket

PUBLIC = "1.2.3.4"
"""An address that the rule lets through; nothing is ever sent to it."""


class PosingSocket(socket.socket):
    """Connected to loopback, as it says itself to somewhere else."""

    peer = PUBLIC
    own = ""

    def getpeername(self) -> Any:
        return (self.peer, super().getpeername()[1])

    def getsockname(self) -> Any:
        return (self.own or super().getsockname()[0], super().getsockname()[1])


class Network:
    """Leads every address to loopback, and notes which were asked for.

    With `posing` the socket says that it did get to where it was asked to go, as one in the real
    network would; without, it shows where it is. `at_home` it is one of this machine's addresses.
    """

    def __init__(self, *, posing: bool, at_home: bool = False) -> None:
        self._posing = posing
        self._at_home = at_home
        self.reached: list[tuple[str, int]] = []
        self.timeouts_s: list[float] = []

    def connect(self, address: str, port: int, timeout_s: float) -> socket.socket:
        self.reached.append((address, port))
        self.timeouts_s.append(timeout_s)
        opened = open_socket("127.0.0.1", port, timeout_s)
        if not self._posing:
            return opened
        posing = PosingSocket(fileno=opened.detach())
        posing.peer = address
        posing.own = address if self._at_home else ""
        return posing


class Names:
    """A DNS whose answers change: each lookup takes the next one, the last for good."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    def resolve(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
