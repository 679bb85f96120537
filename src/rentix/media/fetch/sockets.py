"""Connections to public addresses only, every wait of which ends at the fetch's deadline."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Sequence
from functools import partial
from itertools import zip_longest
from typing import TypeVar

from rentix.media.fetch.addresses import is_public
from rentix.media.fetch.deadline import Deadline
from rentix.media.fetch.failures import FetchCode, FetchFailed, address_refused
from rentix.media.fetch.names import Lookups
from rentix.media.fetch.urls import Origin, Target

T = TypeVar("T")

Connect = Callable[[str, int, float], socket.socket]
"""Connects to a numeric address and port within so many seconds; raises OSError."""


def open_socket(address: str, port: int, timeout_s: float) -> socket.socket:
    """Connect to a numeric address: no name is looked up, no proxy asked."""
    opened = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    try:
        opened.settimeout(timeout_s)
        opened.connect((address, port))
    except BaseException:
        opened.close()
        raise
    return opened


class Dialer:
    """Opens connections under the address rule, which only `allow` leads past."""

    def __init__(
        self,
        allow: frozenset[Origin],
        lookups: Lookups,
        connect: Connect,
        tls: ssl.SSLContext,
        connect_s: float,
    ) -> None:
        self._allow = allow
        self._lookups = lookups
        self._connect = connect
        self._tls = tls
        self._connect_s = connect_s

    def dial(self, target: Target, deadline: Deadline) -> socket.socket:
        """Connect to a target, with TLS if it is secure.

        Raises:
            FetchFailed: its address is refused, or no connection came about.
        """
        ruled = target.origin not in self._allow
        found: Sequence[str] = [target.host]
        if not target.numeric:
            found = self._lookups.find(target.host, deadline, absolutely=ruled)
        addresses = [address for address in found if is_public(address)] if ruled else found
        if not addresses:
            raise address_refused()
        opened = self._connect_to_any(_alternate(addresses), target, deadline)
        try:
            if ruled:
                _check_peer(opened)
            return self._secure(opened, target, deadline) if target.secure else opened
        except OSError:
            opened.close()
            raise lost(target.host) from None
        except BaseException:
            opened.close()
            raise

    def _connect_to_any(
        self, addresses: Sequence[str], target: Target, deadline: Deadline
    ) -> socket.socket:
        for address in addresses:
            timeout_s = min(self._connect_s, deadline.left_s())
            try:
                return self._connect(address, target.port, timeout_s)
            except OSError:
                continue
        deadline.left_s()
        message = (
            f"no connection to {target.host}, port {target.port}, came about;"
            " make sure that it can be reached from the internet"
        )
        raise FetchFailed(FetchCode.UNREACHABLE, message, heals=True)

    def _secure(self, opened: socket.socket, target: Target, deadline: Deadline) -> socket.socket:
        opened.settimeout(deadline.left_s())  # Python holds a handshake to it as a whole
        name = target.host.removesuffix(".")
        try:
            return self._tls.wrap_socket(opened, server_hostname=name)
        except ssl.SSLCertVerificationError as error:
            message = (
                f"the certificate of {target.host} is not good ({error.verify_message});"
                " its server must send a valid one for this name, with the whole chain"
            )
            raise FetchFailed(FetchCode.CERTIFICATE_INVALID, message, heals=False) from None
        except TimeoutError:
            raise deadline.passed() from None


class Stream:
    """A connection's bytes, in both directions, until the deadline.

    Each wait gets what is left of the whole: a peer that sends a byte now and then gains nothing.
    """

    def __init__(self, opened: socket.socket, host: str, deadline: Deadline) -> None:
        self._socket = opened
        self._host = host
        self._deadline = deadline

    def send(self, data: bytes) -> None:
        """Send all of it."""
        left = memoryview(data)
        while left:
            left = left[self._wait(partial(self._socket.send, left)) :]

    def receive(self, size_bytes: int) -> bytes:
        """Up to so many bytes that have come; none when the peer has ended."""
        return self._wait(partial(self._socket.recv, size_bytes))

    def _wait(self, call: Callable[[], T]) -> T:
        self._socket.settimeout(self._deadline.left_s())
        try:
            return call()
        except TimeoutError:
            raise self._deadline.passed() from None
        except OSError:
            raise lost(self._host) from None


def lost(host: str) -> FetchFailed:
    """What to say when a connection ends before the picture does."""
    message = (
        f"the connection to {host} was lost before the whole picture came; import it again later"
    )
    return FetchFailed(FetchCode.CONNECTION_LOST, message, heals=True)


def _check_peer(opened: socket.socket) -> None:
    # The rule is for what the socket is connected to, not for what was asked for. Two equal ends
    # are this machine itself: what goes to a public address of its own passes no firewall.
    peer = str(opened.getpeername()[0])
    if not is_public(peer) or peer == str(opened.getsockname()[0]):
        raise address_refused()


def _alternate(addresses: Sequence[str]) -> list[str]:
    """Take turns between IPv6 and IPv4, so that one which leads nowhere costs one wait, not all."""
    unique = list(dict.fromkeys(addresses))
    first = [address for address in unique if (":" in address) == (":" in unique[0])]
    second = [address for address in unique if address not in first]
    pairs = zip_longest(first, second)
    return [address for pair in pairs for address in pair if address is not None]
