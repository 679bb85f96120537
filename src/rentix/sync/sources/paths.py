"""Names of what is in an object of JSON: dotted paths, with numbers for places in a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rentix.sync.records import Cells

MAX_DEPTH: Final = 4
"""Levels of nesting that columns are named in."""

MAX_PLACES: Final = 3
"""Of a list of objects, such as a person's telephones, so many have names: `phones.0.value`."""


def find_paths(cells: Cells, prefix: str = "", depth: int = 1) -> Iterator[str]:
    """Yield the path of every member, outer ones first."""
    for name, value in cells.items():
        yield f"{prefix}{name}"
        if isinstance(inner := _members(value), dict) and depth < MAX_DEPTH:
            yield from find_paths(inner, f"{prefix}{name}.", depth + 1)


def _members(value: object) -> object:
    if isinstance(value, list):
        return {str(place): each for place, each in enumerate(value[:MAX_PLACES])}
    return value
