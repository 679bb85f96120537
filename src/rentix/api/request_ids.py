"""Names for requests, to find one in the log by what its client was told."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

_DIGITS = 24
_DRAWN = 256


def _draw() -> Iterator[str]:
    # Many at a time: asking the system for randomness costs as much as parsing a profile.
    while True:
        digits = secrets.token_hex(_DIGITS * _DRAWN // 2)
        yield from (digits[at : at + _DIGITS] for at in range(0, len(digits), _DIGITS))


_ids = _draw()


def new_request_id() -> str:
    """96 random bits as 24 hexadecimal digits. Called from the event loop alone."""
    return next(_ids)


def request_id_line(request_id: str) -> bytes:
    """The header that tells it."""
    return b"x-request-id: %b\r\n" % request_id.encode()
