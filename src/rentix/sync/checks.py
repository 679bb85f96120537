"""Whether a map fits a source: every column that it names is there, once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rentix.client import SetupError
from rentix.sync.map_tables import MapTables
from rentix.sync.sources import Source
from rentix.sync.targets import TARGETS, suggest


def by_name(source: Source) -> dict[str, str]:
    """Return the fields that a source has columns for, by the fields' own names."""
    found = {target: target for target in TARGETS if target in source.columns}
    if source.nested:
        # A description that is an object goes as it is, not once more by its members.
        return {
            name: name for name in found if name.partition(".")[0] not in found or "." not in name
        }
    return found


def check_tables(tables: MapTables, columns: Mapping[str, str], source: Source) -> None:
    """Raise SetupError, with the line of the map, for what does not fit."""
    for place, words, column in named_columns(tables, columns):
        times = source.columns.count(column)
        if not times:
            known = suggest(column, source.columns)
            raise tables.file.fault(place, f"{words}: the file has no column {column!r}{known}")
        if times > 1:
            raise tables.file.fault(
                place, f"{words}: the file has {times} columns {column!r}; rename all but one"
            )
    if "externalId" not in columns and "externalId" not in tables.templates:
        raise SetupError(
            "no column is mapped to externalId, so no row says which agent it is; name it in a "
            f'map: [columns] externalId = "…". There are: {", ".join(source.columns[:40])}'
        )
    _check_description(tables, {*columns, *tables.templates, *tables.constants})
    for target in tables.values:
        if target not in columns and target not in tables.templates:
            raise tables.file.fault(
                f"values.{target}", f"[values.{target}] changes nothing: {target} has no column"
            )


def named_columns(tables: MapTables, columns: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield each use of a column: its place in the map, that in words, and the column."""
    for target, column in columns.items():
        yield f"columns.{target}", f"[columns] {target}", column
    for target, parts in tables.templates.items():
        for part in parts:
            if part.column is not None:
                yield f"templates.{target}", f"[templates] {target}", part.column
    for number, rule in enumerate(tables.skips):
        yield f"skip.{number}.column", "[[skip]] column", rule.column


def _check_description(tables: MapTables, targets: set[str]) -> None:
    if "description" in targets and any(name.startswith("description.") for name in targets):
        raise tables.file.fault(
            "columns.description",
            "description is mapped both as one text and by language; keep one of the two",
        )


def find_unused(tables: MapTables, columns: Mapping[str, str], source: Source) -> tuple[str, ...]:
    """Return the columns that a map has no use for."""
    used = {column for _, _, column in named_columns(tables, columns)}
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
