"""URLs of pictures, read as browsers read them: what is checked is what is connected to."""

from __future__ import annotations

import re

import ada_url
import msgspec

Origin = tuple[str, int]
"""A host as a URL spells it once normalised (an IPv6 address without brackets), and a port."""

_PORTS = {"http:": 80, "https:": 443}
_HOST_AND_PORT = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\s/?#@:,*\\\[\]]+):[0-9]{1,5}")
"""Stricter than URLs are: what looks like a pattern or a list must not pass for a host."""
_NAME_MAX = 253
_LABEL_MAX = 63
_URL_MAX = 8_192


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
    if len(text) > _URL_MAX:
        raise BadUrl(f"must have at most {_URL_MAX} characters")
    try:
        url = ada_url.URL(text, against.href if against else None)
    except ValueError:
        raise BadUrl(_REASON) from None
    # Any port: the address rule is what keeps the inside closed, CRMs do serve pictures on odd
    # ports, and no protocol takes harm from a GET whose every byte is ours or percent-encoded.
    if url.protocol not in _PORTS or not url.hostname:
        raise BadUrl(_REASON)
    if url.username or url.password:
        raise BadUrl("must not carry a user name or password")
    numeric = url.host_type != ada_url.HostType.DEFAULT
    if not numeric and not _is_name(url.hostname):
        raise BadUrl("must name a host of the DNS: at most 63 characters between dots, 253 in all")
    url.hash = ""
    return Target(
        href=url.href,
        secure=url.protocol == "https:",
        host=url.hostname.strip("[]"),
        port=int(url.port) if url.port else _PORTS[url.protocol],
        numeric=numeric,
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


def _is_name(host: str) -> bool:
    name = host.removesuffix(".")
    labels = name.split(".")
    return len(name) <= _NAME_MAX and all(0 < len(label) <= _LABEL_MAX for label in labels)


_REASON = "must be an absolute http or https URL, such as https://crm.example/photos/7.jpg"
