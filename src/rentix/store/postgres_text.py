"""Queries and values as libpq takes them: parameters by number, values in PostgreSQL's text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

_PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?s")
_BETWEEN = "\0"  # PostgreSQL's text cannot hold it


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
    """A value, or a list of values of one type, in PostgreSQL's text format.

    Raises:
        ValueError: a text holds U+0000.
    """
    if isinstance(value, list):
        return _dump_list(value).encode()
    return None if value is None else _dump_one(value).encode()


def _dump_one(value: Any) -> str:
    if isinstance(value, str):
        if _BETWEEN in value:
            raise ValueError("text for PostgreSQL cannot hold U+0000")
        return value
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)  # True is a boolean's


def _dump_list(values: Sequence[Any]) -> str:
    first = next((value for value in values if value is not None), None)
    if isinstance(first, str):
        return _dump_texts(values)
    if isinstance(first, bytes):
        return _dump_texts([None if value is None else f"\\x{value.hex()}" for value in values])
    return "{" + str(values)[1:-1].replace("None", "NULL") + "}"  # numbers, truth values


def _dump_texts(values: Sequence[str | None]) -> str:
    if None in values:
        texts = ["NULL" if text is None else f'"{_escape(text)}"' for text in values]
        if _BETWEEN in "".join(texts):
            raise ValueError("text for PostgreSQL cannot hold U+0000")
        return "{" + ",".join(texts) + "}"
    joined = _BETWEEN.join(values)  # type: ignore[arg-type]
    if joined.count(_BETWEEN) != len(values) - 1:
        raise ValueError("text for PostgreSQL cannot hold U+0000")
    return '{"' + _escape(joined).replace(_BETWEEN, '","') + '"}'


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
