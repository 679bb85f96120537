"""Queries and values as libpq takes them: parameters by number, values as text, lists as JSON.

A list as JSON costs a fraction of an array for each column: one call in C writes it, and
PostgreSQL takes `jsonb` apart more quickly than it reads 25 arrays.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import msgspec

_PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?s")

_encode = msgspec.json.Encoder().encode


@lru_cache(256)
def numbered(query: str) -> tuple[bytes, tuple[str, ...] | None]:
    """The query with `$1` for psycopg's placeholders, and their names; None for `%s`."""
    names = tuple(dict.fromkeys(found[1] for found in _PLACEHOLDER.finditer(query) if found[1]))
    if names:
        return _PLACEHOLDER.sub(lambda m: f"${names.index(m[1]) + 1}", query).encode(), names
    pieces = _PLACEHOLDER.sub("\0", query).split("\0")
    first, rest = pieces[0], pieces[1:]
    text = first + "".join(f"${number}{piece}" for number, piece in enumerate(rest, 1))
    return text.encode(), None if rest else ()


def dump(value: Any) -> bytes | None:
    """A value in PostgreSQL's text format; a list as JSON, with bytes in it as base64.

    Raises:
        ValueError: a text holds U+0000.
    """
    if type(value) is list:
        return _encode(value)
    if type(value) is str:
        if "\0" in value:
            raise ValueError("text for PostgreSQL cannot hold U+0000")
        return value.encode()
    if value is None:
        return None
    return b"\\x" + value.hex().encode() if isinstance(value, bytes) else str(value).encode()
