"""Where a page ended: a letter for what is listed, and the last id."""

from __future__ import annotations

import base64
import binascii

from rentix.errors import Code, Fault, invalid

_BYTES_MAX = 20  # of a letter and 64 bits


def print_cursor(kind: str, last_id: int) -> str:
    """The `nextCursor` of a page that ends with this id."""
    return base64.urlsafe_b64encode(f"{kind}{last_id}".encode()).decode().rstrip("=")


def read_cursor(kind: str, text: str) -> int:
    """The id in `text`.

    Raises:
        Problem: 400, it is no cursor of this kind.
    """
    try:
        plain = base64.b64decode(f"{text}{'=' * (-len(text) % 4)}", b"-_", validate=True)
    except (ValueError, binascii.Error):
        plain = b""
    if plain[:1] == kind.encode() and plain[1:].isdigit() and len(plain) < _BYTES_MAX:
        return int(plain[1:])
    message = "cursor must be the nextCursor of a page; leave it out to begin anew"
    raise invalid([Fault(Code.CURSOR_INVALID, message, parameter="cursor")])
