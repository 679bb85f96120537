"""How a field's cell is found in a row: by its column, by a path, or made by a template."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from msgspec import UNSET

from rentix.sync.map_tables import ANY_OTHER, Constant, fold
from rentix.sync.records import Cells
from rentix.sync.targets import PROSE
from rentix.sync.templates import Part

Take = Callable[[Cells], object]
"""UNSET stands for a member that an object of JSON does not have."""

_MISSING: Final = (None, UNSET, "")


def take_column(column: str) -> Take:
    """Return what finds a column's cell; a dotted name leads into objects unless one has it."""
    if "." not in column:
        return lambda cells: cells.get(column, UNSET)
    steps = column.split(".")

    def take(cells: Cells) -> object:
        if column in cells:
            return cells[column]
        found: object = cells
        for step in steps:
            found = _enter(found, step)
        return found

    return take


def _enter(outer: object, step: str) -> object:
    if isinstance(outer, Mapping):
        return outer.get(step, UNSET)
    if isinstance(outer, list) and step.isascii() and step.isdigit():
        return outer[int(step)] if int(step) < len(outer) else UNSET
    return UNSET


def take_template(target: str, parts: Sequence[Part]) -> Take:
    """Return what fills a template in.

    Where a column is empty, prose goes without it and without the blanks that it leaves; any
    other field goes without a value.
    """
    takes = [None if part.column is None else take_column(part.column) for part in parts]
    texts = [part.text for part in parts]
    partly = target in PROSE

    def take(cells: Cells) -> object:
        found = [None if each is None else each(cells) for each in takes]
        filled = [_written(value) for value in found]
        columns = [text for text, each in zip(filled, takes, strict=True) if each]
        if not (any(columns) if partly else all(columns)):
            absent = all(value is UNSET for value, each in zip(found, takes, strict=True) if each)
            return UNSET if absent else None
        made = "".join(
            text if each else literal
            for text, literal, each in zip(filled, texts, takes, strict=True)
        )
        return made if all(columns) else _close_gaps(made)

    return take


def _written(value: object) -> str:
    if value in _MISSING:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _close_gaps(text: str) -> str:
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip()


def take_value(take: Take, values: Mapping[str, Constant]) -> Take:
    """Return what finds a cell and exchanges it for what the map says it stands for."""
    others = values.get(ANY_OTHER, UNSET)

    def exchange(cells: Cells) -> object:
        cell = take(cells)
        if cell in _MISSING or (isinstance(cell, str) and cell.isspace()):
            return cell
        said = values.get(fold(cell), others)
        return cell if said is UNSET else said

    return exchange
