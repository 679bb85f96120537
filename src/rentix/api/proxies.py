"""Who a request's client is: X-Forwarded-For says it, when a trusted proxy sends it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import ip_address, ip_network

LOOPBACK = ("127.0.0.1", "::1")

_ADDRESS_MAX = 253  # a name of the DNS; what is longer is not worth remembering


class Proxies:
    """Addresses and networks that are trusted to name whom they forward."""

    def __init__(self, trusted: Sequence[str] = LOOPBACK) -> None:
        self._networks = [ip_network(text) for text in trusted]
        self._is_trusted = lru_cache(4096)(self._look_up)

    def find_client(self, peer: str, forwarded: bytes | None) -> str:
        """The address of the client of a request that `peer` sent.

        Each proxy appends whom it heard, so the last one that is no proxy is the client.
        """
        if forwarded is None or not self._is_trusted(peer):
            return peer
        hosts = [_strip_port(part.strip()) for part in forwarded.decode("latin-1").split(",")]
        strangers = [host for host in hosts if not self._is_trusted(host[:_ADDRESS_MAX])]
        return (strangers[-1] if strangers else hosts[0]) or peer

    def _look_up(self, host: str) -> bool:
        try:
            address = ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in self._networks)


def _strip_port(host: str) -> str:
    if host.startswith("["):  # [2001:db8::1]:443
        return host[1:].partition("]")[0]
    return host.partition(":")[0] if host.count(":") == 1 else host
