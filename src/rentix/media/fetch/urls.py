"""URLs of pictures, read as browsers read them: what is checked is what is connected to."""

from __future__ import annotations

import re

import ada_url
import msgspec

from rentix.rules.pictures import read_picture_url

Origin = tuple[str, int]
"""A host as a URL spells it once normalised (an IPv6 address without brackets), and a port."""

_PORTS = {"http:": 80, "https:": 443}
_HOST_AND_PORT = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\s/?#@:,*\\\[\]]+):[0-9]{1,5}")
"""Stricter than URLs are: what looks like a pattern or a list must not pass for a host."""


class BadUrl(ValueError):
    """A URL that nothing is fetched from; the message completes "the URL …"."""


class Target(msgspec.Struct, frozen=True):
    """Where to connect, and what to ask for there."""

    href: str
    secure: bool
    host: str
    port: int
    numeric: bool
    """The host is an address already, not a name."""
    authority: str
    """The value of the Host header."""
    path: str
    """With the query."""

    @property
    def origin(self) -> Origin:
        """What the operator's list of allowed ones is compared with."""
        return self.host, self.port


def read_url(text: str, against: Target | None = None) -> Target:
    """Read a URL; a redirect's may be relative, `against` the one that was asked for.

    Raises:
        BadUrl: nothing is fetched from it.
    """
    try:
        url = read_picture_url(text, against.href if against else None)
    except ValueError as error:
        raise BadUrl(str(error)) from None
    return Target(
        href=url.href,
        secure=url.protocol == "https:",
        host=url.hostname.strip("[]"),
        port=int(url.port) if url.port else _PORTS[url.protocol],
        numeric=url.host_type != ada_url.HostType.DEFAULT,
        authority=url.host,
        path=url.pathname + url.search,
    )


def read_allowed(text: str) -> Origin:
    """Read the operator's `--fetch-allow HOST:PORT`.

    Raises:
        ValueError: it is none; the message completes "--fetch-allow …".
    """
    reason = "must be HOST:PORT, such as pictures.lan:8080 or [fd00::7]:80"
    if not _HOST_AND_PORT.fullmatch(text):
        raise ValueError(reason)
    try:
        return read_url(f"http://{text}").origin
    except BadUrl:
        raise ValueError(reason) from None
