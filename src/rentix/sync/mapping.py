"""A map laid over a source: rows become operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from rentix.client import SetupError
from rentix.sync.map_file import TARGETS, Constant, MapFile, suggest
from rentix.sync.records import Cells, Record, Rejection, Row
from rentix.sync.sources import Source
from rentix.sync.values import CellError, convert, is_text
from rentix.wire.bodies import MAX_BODY_BYTES

LARGEST_OPERATION_BYTES: Final = MAX_BODY_BYTES - 1024
"""The rest of what a request may hold is for the object around a lone operation."""


@dataclass(frozen=True, slots=True)
class FieldMap:
    """Which column of one source fills which field; `unused` are the columns that fill none."""

    columns: Mapping[str, str]
    constants: Mapping[str, Constant]
    unused: tuple[str, ...]

    def read(self, row: Row) -> Record | Rejection:
        """Return a row as an operation, or why it can't be one."""
        try:
            fields = self._fields(row.cells)
        except CellError as fault:
            return Rejection(row.line, self.name_of(row.cells), str(fault), fault.code)
        external_id = fields.get("externalId")
        if external_id is None:
            return Rejection(row.line, None, "externalId is empty", "external_id_missing")
        if not isinstance(external_id, str):
            reason = "externalId must be text or a whole number"
            return Rejection(row.line, None, reason, "type_invalid")
        operation = msgspec.json.encode({"op": "upsert", **fields}, order="deterministic")
        if len(operation) > LARGEST_OPERATION_BYTES:
            reason = f"the row takes {len(operation) // 1024} KB, a request at most 512"
            return Rejection(row.line, external_id, reason, "row_too_large")
        return Record(row.line, external_id, operation)

    def name_of(self, cells: Cells) -> str | None:
        """Return what a report may call a row: its external id if that can be written."""
        found = find_cell(cells, self.columns["externalId"])
        return str(found) if isinstance(found, str | int) and is_text(str(found)) else None

    def _fields(self, cells: Cells) -> dict[str, object]:
        fields: dict[str, object] = {}
        for target in TARGETS:
            column = self.columns.get(target)
            value = convert(target, find_cell(cells, column)) if column is not None else None
            if value is None and target in self.constants:
                value = convert(target, self.constants[target])
            if value is not None:
                place(fields, target, value)
        return fields


def find_cell(cells: Cells, column: str) -> object:
    """Return the cell of a column; a dotted name leads into objects unless a column has it."""
    if column in cells:
        return cells[column]
    found: object = cells
    for step in column.split("."):
        if not isinstance(found, dict) or step not in found:
            return None
        found = found[step]
    return found


def place(fields: dict[str, object], target: str, value: object) -> None:
    """Set a field, a dotted one inside the object that its first part names."""
    outer, _, inner = target.partition(".")
    if not inner:
        fields[outer] = value
        return
    members = fields.setdefault(outer, {})
    if isinstance(members, dict):
        members[inner] = value


def lay_over(map_file: MapFile, source: Source) -> FieldMap:
    """Check a map against what a source has; without columns, fields are found by their names."""
    columns = map_file.columns
    if columns is None:
        columns = _by_name(source)
    _check_columns(columns, source)
    _check_description({*columns, *map_file.constants})
    return FieldMap(columns, map_file.constants, _unused(set(columns.values()), source))


def _by_name(source: Source) -> dict[str, str]:
    found = {target: target for target in TARGETS if target in source.columns}
    if source.nested:
        # A description that is an object goes as it is, not once more by its members.
        return {
            name: name for name in found if name.partition(".")[0] not in found or "." not in name
        }
    return found


def _check_columns(columns: Mapping[str, str], source: Source) -> None:
    if "externalId" not in columns:
        raise SetupError(
            "no column is mapped to externalId, so no row says which agent it is; name it in a "
            f'map: [columns] externalId = "…". There are: {", ".join(source.columns[:40])}'
        )
    for target, column in columns.items():
        times = source.columns.count(column)
        if not times:
            known = suggest(column, source.columns)
            raise SetupError(f"{target}: the file has no column {column!r}{known}")
        if times > 1:
            raise SetupError(
                f"{target}: the file has {times} columns {column!r}; rename all but one"
            )


def _check_description(targets: set[str]) -> None:
    if "description" in targets and any(name.startswith("description.") for name in targets):
        raise SetupError(
            "description is mapped both as one text and by language; keep one of the two"
        )


def _unused(used: set[str], source: Source) -> tuple[str, ...]:
    if not source.nested:
        return tuple(name for name in source.columns if name not in used)
    prefixes = {name[:end] for name in used for end in _ends(name)}
    unused = (n for n in source.columns if n not in prefixes and not _under(n, used))
    # Of an object that nothing is taken from, its own name says enough.
    return tuple(name for name in unused if name.rpartition(".")[0] in {"", *prefixes})


def _ends(name: str) -> list[int]:
    return [i for i, letter in enumerate(name) if letter == "."] + [len(name)]


def _under(name: str, used: set[str]) -> bool:
    return any(name.startswith(f"{outer}.") for outer in used)
