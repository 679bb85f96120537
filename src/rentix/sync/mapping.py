"""A map laid over a source: rows become operations.

An empty cell sends nothing, so it changes nothing. With `empty = "clear"` it sends null, which
clears the field, where the field can be cleared (`targets.CLEARABLE`) and has no constant. A
member that an object of JSON does not have at all is never taken for an empty one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import msgspec
from msgspec import UNSET

from rentix.sync.cells import Take, take_column, take_template, take_value
from rentix.sync.checks import by_name, check_tables, find_unused
from rentix.sync.map_tables import Constant, MapTables
from rentix.sync.records import Cells, Record, Rejection, Row, Skipped
from rentix.sync.skips import Skip, read_rule
from rentix.sync.sources import Source
from rentix.sync.targets import CLEARABLE, TARGETS
from rentix.sync.values import CellError, Convert, converter, is_text
from rentix.wire.bodies import MAX_BODY_BYTES

LARGEST_OPERATION_BYTES: Final = MAX_BODY_BYTES - 1024
"""The rest of what a request may hold is for the object around a lone operation."""

_ENCODE: Final = msgspec.json.Encoder(order="deterministic").encode


@dataclass(frozen=True, slots=True)
class Step:
    """How one field is filled: where its cell is, what is made of it, what stands in for it."""

    outer: str
    inner: str
    take: Take
    convert: Convert
    constant: object
    clears: bool


@dataclass(frozen=True, slots=True)
class FieldMap:
    """Which column of one source fills which field; `unused` are the columns that fill none."""

    columns: Mapping[str, str]
    constants: Mapping[str, Constant]
    unused: tuple[str, ...]
    steps: tuple[Step, ...]
    skips: tuple[Skip, ...]

    def read(self, row: Row) -> Record | Rejection | Skipped:
        """Return a row as an operation, or why it isn't or can't be one."""
        cells = row.cells
        for skip in self.skips:
            if reason := skip(cells):
                told = self._told("name", cells), self._told("phone", cells)
                return Skipped(row.line, self.name_of(cells), reason, *told)
        try:
            fields = self._fields(cells)
        except CellError as fault:
            return Rejection(row.line, self.name_of(cells), str(fault), fault.code)
        return self._record(row.line, fields)

    def name_of(self, cells: Cells) -> str | None:
        """Return what a report may call a row: its external id if that can be written."""
        return self._told("externalId", cells)

    def _told(self, target: str, cells: Cells) -> str | None:
        """Return the text of one field, if there is one and it can be written."""
        step = next((step for step in self.steps if step.outer == target), None)
        if step is None:
            return None
        try:
            found = step.convert(step.take(cells))
        except CellError:
            return None
        found = step.constant if found is None else found
        return found if isinstance(found, str) and is_text(found) else None

    def _record(self, line: int, fields: dict[str, object]) -> Record | Rejection:
        external_id = fields.get("externalId")
        if type(external_id) is not str:
            if external_id is None:
                return Rejection(line, None, "externalId is empty", "external_id_missing")
            reason = "externalId must be text or a whole number"
            return Rejection(line, None, reason, "type_invalid")
        user_id = fields.pop("userId", None)
        operation = _ENCODE(fields)
        if len(operation) > LARGEST_OPERATION_BYTES:
            reason = f"the row takes {len(operation) // 1024} KB, a request at most 512"
            return Rejection(line, external_id, reason, "row_too_large")
        return Record(line, external_id, operation, user_id if isinstance(user_id, int) else None)

    def _fields(self, cells: Cells) -> dict[str, object]:
        fields: dict[str, object] = {"op": "upsert"}
        for step in self.steps:
            cell = step.take(cells)
            value = step.convert(cell)
            if value is None:
                value = step.constant
                if value is None and not (step.clears and cell is not UNSET):
                    continue
            if not step.inner:
                fields[step.outer] = value
            elif isinstance(members := fields.setdefault(step.outer, {}), dict):
                members[step.inner] = value
        return fields


def lay_over(
    tables: MapTables, source: Source, empty: Literal["keep", "clear"] = "keep"
) -> FieldMap:
    """Check a map against what a source has; without columns, fields are found by their names."""
    columns = by_name(source) if tables.columns is None else tables.columns
    check_tables(tables, columns, source)
    steps = (
        _step(target, _find_take(target, columns, tables), tables, empty)
        for target in TARGETS
        if target in columns or target in tables.templates or target in tables.constants
    )
    return FieldMap(
        columns,
        tables.constants,
        find_unused(tables, columns, source),
        tuple(steps),
        tuple(map(read_rule, tables.skips)),
    )


def _step(target: str, take: Take | None, tables: MapTables, empty: str) -> Step:
    outer, _, inner = target.partition(".")
    convert = converter(target)
    constant = convert(tables.constants.get(target))
    clears = empty == "clear" and target in CLEARABLE
    if take is None:
        return Step(outer, inner, _nothing, convert, constant, clears=False)
    if values := tables.values.get(target):
        take = take_value(take, values)
    return Step(outer, inner, take, convert, constant, clears)


def _find_take(target: str, columns: Mapping[str, str], tables: MapTables) -> Take | None:
    if target in columns:
        return take_column(columns[target])
    if target in tables.templates:
        return take_template(target, tables.templates[target])
    return None


def _nothing(_: Cells) -> object:
    return UNSET
