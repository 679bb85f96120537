"""Etags in headers: If-Match and If-None-Match (RFC 9110, 13.1)."""

from __future__ import annotations

import re

from rentix.errors import Code, Fault, Problem, invalid

_ETAG = re.compile(r'\s*(?:(W/)?"([^"]*)"|([^",\s]+))\s*(?:,|$)')


def read_if_match(headers: dict[bytes, bytes]) -> tuple[str, ...] | None:
    """The etags of If-Match (RFC 9110, 13.1.1). Weak ones never match; bare ones are forgiven.

    Raises:
        Problem: 400, when it is no list of etags.
    """
    header = headers.get(b"if-match")
    if header is None:
        return None
    return tuple(tag for weak, tag in _read_etags(header, "If-Match") if not weak)


def is_current(etag: str, headers: dict[bytes, bytes]) -> bool:
    """Whether If-None-Match names `etag`. Comparison is weak (RFC 9110, 13.1.2): W/"5" is "5".

    Raises:
        Problem: 400, when it is no list of etags.
    """
    header = headers.get(b"if-none-match")
    if header is None:
        return False
    return any(tag in ("*", etag) for _, tag in _read_etags(header, "If-None-Match"))


def _read_etags(header: bytes, name: str) -> list[tuple[bool, str]]:
    """(is weak, etag) for each etag in a header."""
    text, at, tags = header.decode("latin-1").strip(), 0, []
    while at < len(text):
        match = _ETAG.match(text, at)
        if match is None:
            raise _refused(name)
        tags.append((match[1] is not None, match[2] if match[2] is not None else match[3]))
        at = match.end()
    if not tags:
        raise _refused(name)
    return tags


def _refused(name: str) -> Problem:
    message = f'{name} must be "*" or a list of etags in double quotes'
    return invalid([Fault(Code.HEADER_INVALID, message, parameter=name)])
