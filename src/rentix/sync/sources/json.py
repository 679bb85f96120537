"""Rosters as one JSON document: an array of objects, or an object that holds one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from rentix.client import SetupError
from rentix.sync.records import Rejection, Row
from rentix.sync.sources.encoding import read_mark
from rentix.sync.sources.faults import SeveralArrays, cut_short, no_rows
from rentix.sync.sources.paths import find_paths

_CUT: Final = "Input data was truncated"
_DEPTHS: Final = (2, 4)
"""So many objects deep an array is looked for that nobody has named; deeper if there is none."""

Json = list[msgspec.Raw] | dict[str, msgspec.Raw]
_OUTER: Final = msgspec.json.Decoder(Json)
_ITEM: Final = msgspec.json.Decoder()


class JsonSource:
    """A JSON document whose items are read one by one. Columns are dotted paths.

    It stays in memory as it is written; each item becomes objects only while it is read. `items` is
    the dotted path to the array, empty if the document is one.
    """

    nested = True

    def __init__(self, path: Path, items: str | None = None) -> None:
        self._path = path
        self.items, self._items = _find_items(path, items)
        self.form = f"JSON, {self.items}" if self.items else "JSON"
        self.lines = len(self._items)
        names: dict[str, None] = {}
        for row in self.rows():
            if isinstance(row, Row):
                names.update(dict.fromkeys(find_paths(row.cells)))
        self.columns = tuple(names)

    def rows(self) -> Iterator[Row | Rejection]:
        """Yield every item of the array."""
        for number, raw in enumerate(self._items, start=1):
            try:
                cells = _ITEM.decode(raw)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
                yield Rejection(number, None, f"the item is not JSON: {fault}", "row_broken")
                continue
            if isinstance(cells, dict):
                yield Row(number, cells)
            else:
                yield Rejection(number, None, "the item is not a JSON object", "row_broken")

    def check_whole(self) -> None:
        """Raise HalfRead for an empty array; one that ends midway was never opened."""
        if not self._items:
            raise no_rows(self._path)


def _find_items(path: Path, items: str | None) -> tuple[str, list[msgspec.Raw]]:
    content = path.read_bytes()
    if mark := read_mark(content[:4]):
        content = content.decode(mark, "replace").removeprefix("\ufeff").encode()
    try:
        found = _OUTER.decode(content)
        if items is not None:
            return items, _follow(path, found, items)
        return _guess(path, found)
    except msgspec.DecodeError as fault:
        if str(fault) == _CUT:
            raise cut_short(path, "its JSON is not closed") from None
        raise SetupError(f"{path} is not a JSON document of agents: {fault}") from None
    except (UnicodeDecodeError, RecursionError) as fault:
        raise SetupError(f"{path} is not JSON: {fault}") from None


def _follow(path: Path, found: Json, items: str) -> list[msgspec.Raw]:
    for step in items.split(".") if items else ():
        if not isinstance(found, dict) or step not in found:
            there = ", ".join(list(found)[:40]) if isinstance(found, dict) else "an array"
            raise SetupError(f"[source] items: {path} has nothing at {items!r}; it has: {there}")
        found = _OUTER.decode(found[step])
    if not isinstance(found, list):
        raise SetupError(f"[source] items: what {path} has at {items!r} is not an array")
    return found


def _guess(path: Path, found: Json) -> tuple[str, list[msgspec.Raw]]:
    if isinstance(found, list):
        return "", found
    arrays = next((arrays for depth in _DEPTHS if (arrays := dict(_arrays(found, depth)))), {})
    if not arrays and len(found) == 1:  # a name with a dot cannot be said, and need not be
        [raw] = found.values()
        arrays = {"": items} if (items := dict(_arrays({"it": raw}, 1)).get("it")) else {}
    if len(arrays) == 1:
        return next(iter(arrays.items()))
    if not arrays:
        raise SetupError(f"{path} holds no array of objects, so no agents")
    raise SeveralArrays(path, tuple(arrays), path)


def _arrays(
    found: Mapping[str, msgspec.Raw], depth: int, prefix: str = ""
) -> Iterator[tuple[str, list[msgspec.Raw]]]:
    """Yield the arrays of objects, with their paths; nobody can name one whose name has a dot."""
    for name, raw in found.items():
        if "." in name:
            continue
        first = bytes(memoryview(raw)[:1])
        if first == b"[":
            items = msgspec.json.decode(raw, type=list[msgspec.Raw])
            if all(bytes(memoryview(item)[:1]) == b"{" for item in items[:1]):
                yield f"{prefix}{name}", items
        elif first == b"{" and depth > 1:
            inner = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
            yield from _arrays(inner, depth - 1, f"{prefix}{name}.")
