"""Pictures from any address that an integrator names, and from none that is not public.

Meant for worker threads: a fetch blocks until its picture is there or its deadline has passed.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from contextlib import closing
from functools import cache
from http import HTTPStatus

import msgspec

from rentix.media.fetch.deadline import Clock, Deadline
from rentix.media.fetch.failures import FetchCode, FetchFailed
from rentix.media.fetch.http import Exchange, Head, too_large
from rentix.media.fetch.names import Lookups, Resolve, resolve_name
from rentix.media.fetch.slots import HostSlots
from rentix.media.fetch.sockets import Connect, Dialer, Stream, open_socket
from rentix.media.fetch.urls import BadUrl, Origin, Target, read_url

_REDIRECTS = {301, 302, 303, 307, 308}


class Limits(msgspec.Struct, frozen=True):
    """What a fetch may take at most."""

    body_bytes: int = 10 * 1024 * 1024
    head_bytes: int = 32 * 1024
    connect_s: float = 3
    """For each address of a host."""
    total_s: float = 15
    """For everything: DNS, connections, TLS, answers, redirects."""
    redirects: int = 3
    per_host: int = 4


class Fetched(msgspec.Struct, frozen=True):
    """A picture as it came. What it really is, only its bytes tell."""

    content: bytes
    content_type: str | None
    """What the server claims it to be."""


class Fetcher:
    """Fetches pictures; one for the whole process, shared by its threads.

    `allow` is the operator's: hosts and ports whose addresses are not asked to be public.
    """

    def __init__(
        self,
        *,
        allow: frozenset[Origin] = frozenset(),
        limits: Limits | None = None,
        resolve: Resolve = resolve_name,
        connect: Connect = open_socket,
        tls: ssl.SSLContext | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        self._limits = limits or Limits()
        self._clock = clock
        self._slots = HostSlots(self._limits.per_host)
        lookups, tls = Lookups(resolve), tls or _system_tls()
        self._dialer = Dialer(allow, lookups, connect, tls, self._limits.connect_s)

    def fetch(self, url: str) -> Fetched:
        """Fetch what is at `url`, or where it redirects to.

        Raises:
            FetchFailed: there is none to be had, now (`heals`) or ever. With HOST_BUSY nobody has
                asked the host yet: that is for later, and no failure.
        """
        deadline = Deadline(self._limits.total_s, self._clock)
        target = _read(lambda: read_url(url), FetchCode.URL_INVALID, "the URL")
        for _ in range(1 + self._limits.redirects):
            with self._slots.hold(target.host):
                answer = self._ask(target, deadline)
            if isinstance(answer, Fetched):
                return answer
            target = answer  # from here on a new fetch: own slot, own lookup, own rule
        message = (
            f"the URL redirects more than {self._limits.redirects} times;"
            " give the one that it leads to"
        )
        raise FetchFailed(FetchCode.REDIRECTS_EXCEEDED, message, heals=False)

    def _ask(self, target: Target, deadline: Deadline) -> Fetched | Target:
        with closing(self._dialer.dial(target, deadline)) as opened:
            stream = Stream(opened, target.host, deadline)
            exchange = Exchange(stream, target, self._limits.head_bytes)
            head = exchange.ask()
            if head.status in _REDIRECTS:
                return _follow(target, head)
            self._check(target, head)
            return Fetched(exchange.read_body(self._limits.body_bytes), head.content_type)

    def _check(self, target: Target, head: Head) -> None:
        if head.status != HTTPStatus.OK:
            raise _refusal(target, head.status)
        if head.encodings:
            message = (
                f"{target.host} sent the picture packed, though asked not to;"
                " it must send it without Content-Encoding"
            )
            raise FetchFailed(FetchCode.ENCODING_REFUSED, message, heals=False)
        if head.size_bytes is not None and head.size_bytes > self._limits.body_bytes:
            raise too_large(self._limits.body_bytes)


@cache  # reading all authorities takes longer than many a fetch
def _system_tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _follow(target: Target, head: Head) -> Target:
    # Browsers read the header as UTF-8, and resolve it against the URL that was asked for.
    location = (head.location or "").encode("latin-1").decode("utf-8", "replace")
    what = f"{target.host} redirects, but the new URL"
    if not location:
        raise FetchFailed(FetchCode.REDIRECT_REFUSED, f"{what} is missing", heals=False)
    return _read(lambda: read_url(location, target), FetchCode.REDIRECT_REFUSED, what)


def _read(read: Callable[[], Target], code: FetchCode, what: str) -> Target:
    try:
        return read()
    except BadUrl as bad:
        raise FetchFailed(code, f"{what} {bad}", heals=False) from None


def _refusal(target: Target, status: int) -> FetchFailed:
    said = f"{target.host} answered {status}"
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return FetchFailed(
            FetchCode.SERVER_FAILED, f"{said}; import the picture again later", heals=True
        )
    message = f"{said} where a picture was expected; check that the URL opens without a login"
    return FetchFailed(FetchCode.ANSWER_REFUSED, message, heals=False)
