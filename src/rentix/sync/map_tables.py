"""The tables of rentix.toml that say what goes into which field of a profile.

[columns]                          # field = "column"; in JSON a dotted path
externalId = "Numar autorizatie"
phone = "Telefon"
description.ro = "Descriere"

[columns.settings]
contact_viber = "Are Viber"

[templates]                        # field = text made of several columns
name = "{Nume} {Prenume}"

[constants]                        # for rows in which the field has no value
settings.contact_telegram = false

[values.phone]                     # what a cell says = what it stands for
"lipsă" = ""

[[skip]]                           # rows that are none of the portal's business
column = "Status"
equals = ["concediat", "уволен"]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rentix.sync.sources import Layout
from rentix.sync.targets import IDS, SETTINGS, TARGETS, suggest
from rentix.sync.templates import Part, read_template
from rentix.sync.toml_file import TomlFile

Constant = str | bool

MAP_TABLES: Final = ("columns", "templates", "constants", "values", "skip")
LAYOUT_MEMBERS: Final = ("encoding", "delimiter", "sheet", "items")
ANY_OTHER: Final = "*"
SKIP_MEMBERS: Final = ("column", "equals", "matches", "empty", "reason")


@dataclass(frozen=True, slots=True)
class SkipRule:
    """Rows to leave out: by a cell's words (folded), by a pattern, or by its emptiness."""

    column: str
    equals: frozenset[str] | None = None
    matches: re.Pattern[str] | None = None
    empty: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class MapTables:
    """What a map says. `columns` is None when fields are to be found by their own names."""

    columns: Mapping[str, str] | None = None
    constants: Mapping[str, Constant] = field(default_factory=dict)
    templates: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Constant]] = field(default_factory=dict)
    skips: tuple[SkipRule, ...] = ()
    file: TomlFile = field(default_factory=TomlFile)


def read_map_tables(file: TomlFile) -> MapTables:
    """Read the tables of a map; raise SetupError that names the line and the member at fault."""
    columns = _read_texts(file, "columns")
    templates = {
        target: _parts(file, target, text)
        for target, text in _read_texts(file, "templates").items()
    }
    for target in templates:
        if target in columns:
            raise file.fault(
                f"templates.{target}", f"{target} has a column and a template; keep one of the two"
            )
    return MapTables(
        columns if columns or templates else None,
        _read_constants(file),
        templates,
        _read_values(file),
        tuple(_read_skips(file)),
        file,
    )


def read_layout(file: TomlFile) -> Layout:
    """Read what [source] says of the form that the roster is in."""
    delimiter = file.text("source", "delimiter")
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise file.fault("source.delimiter", "[source] delimiter must be one character")
    return Layout(
        encoding=file.text("source", "encoding"),
        delimiter=delimiter,
        sheet=file.text("source", "sheet"),
        items=file.text("source", "items"),
    )


def _read_texts(file: TomlFile, table: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for target, value in _flatten(file, table):
        if not isinstance(value, str):
            what = "a column's name" if table == "columns" else "text"
            raise file.fault(f"{table}.{target}", f"[{table}] {target} must be {what} in quotes")
        found[target] = value
    return found


def _read_constants(file: TomlFile) -> dict[str, Constant]:
    found: dict[str, Constant] = {}
    for target, value in _flatten(file, "constants"):
        place = f"constants.{target}"
        if target in IDS:
            raise file.fault(place, f"[constants] {target} would make every row the same user")
        found[target] = _constant(file, place, target, value)
    return found


def _constant(file: TomlFile, place: str, target: str, value: object) -> Constant:
    if target in SETTINGS:
        if isinstance(value, bool):
            return value
    elif isinstance(value, str):
        return value
    form = "true or false" if target in SETTINGS else "text in quotes"
    raise file.fault(place, f"[{place.partition('.')[0]}] {target} must be {form}")


def _flatten(file: TomlFile, table: str) -> Iterator[tuple[str, object]]:
    """Yield the members of a table by target, whether written with dots or as tables."""
    said = file.said.get(table, {})
    if not isinstance(said, dict):
        raise file.fault(table, f"[{table}] must be a table")
    found: set[str] = set()
    for target, value in _walk(said):
        place = f"{table}.{target}"
        if target not in TARGETS:
            known = suggest(target, TARGETS)
            raise file.fault(place, f"no field in [{table}] is called {target!r}{known}")
        if target in found:
            raise file.fault(place, f"[{table}] {target} is said twice")
        found.add(target)
        yield target, value


def _walk(said: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, inner in said.items():
        if isinstance(inner, dict):
            yield from _walk(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", inner


def _parts(file: TomlFile, target: str, text: str) -> tuple[Part, ...]:
    try:
        return read_template(text)
    except ValueError as fault:
        raise file.fault(f"templates.{target}", f"[templates] {target}: {fault}") from None


def _read_values(file: TomlFile) -> dict[str, dict[str, Constant]]:
    said = file.said.get("values", {})
    if not isinstance(said, dict):
        raise file.fault("values", "[values] must hold tables: [values.phone]")
    found: dict[str, dict[str, Constant]] = {}
    for target, table in _value_tables(said):
        place = f"values.{target}"
        if target not in TARGETS:
            raise file.fault(place, f"no field has values: {target!r}{suggest(target, TARGETS)}")
        if not isinstance(table, dict):
            raise file.fault(place, f'[values.{target}] must be a table: "a cell" = "a value"')
        found[target] = {
            fold(cell): _constant(file, f"{place}.{cell}", target, value)
            for cell, value in table.items()
        }
    return found


def _value_tables(said: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    # [values.settings.contact_viber] is a table in a table: of "settings", no field, members
    # are fields; those of a field are cells.
    for name, inner in said.items():
        target = f"{prefix}{name}"
        deeper = (
            isinstance(inner, dict) and inner and all(isinstance(v, dict) for v in inner.values())
        )
        if deeper:
            yield from _value_tables(inner, f"{target}.")
        else:
            yield target, inner


def fold(cell: object) -> str:
    """Return a cell as it is looked for: neither case nor blanks around it count."""
    return str(cell).strip().casefold()


def _read_skips(file: TomlFile) -> Iterator[SkipRule]:
    rules = file.said.get("skip", [])
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise file.fault("skip", "rows to skip are written as [[skip]], each a table of its own")
    for number, rule in enumerate(rules):
        place = f"skip.{number}"
        for name in rule:
            if name not in SKIP_MEMBERS:
                known = suggest(name, SKIP_MEMBERS)
                raise file.fault(
                    f"{place}.{name}", f"no member of [[skip]] is called {name!r}{known}"
                )
        yield _read_skip(file, place, rule)


def _read_skip(file: TomlFile, place: str, rule: Mapping[str, Any]) -> SkipRule:
    column, reason = rule.get("column"), rule.get("reason")
    if not isinstance(column, str) or not isinstance(reason, str | None):
        raise file.fault(place, '[[skip]] needs column = "…"; reason, if any, is text in quotes')
    if len(rule.keys() & {"equals", "matches", "empty"}) != 1:
        raise file.fault(
            place, '[[skip]] needs one of: equals = ["…"], matches = "a pattern", empty = true'
        )
    if "equals" in rule:
        return SkipRule(column, equals=_words(file, place, rule["equals"]), reason=reason)
    if "matches" in rule:
        return SkipRule(column, matches=_pattern(file, place, rule["matches"]), reason=reason)
    if rule["empty"] is not True:
        raise file.fault(f"{place}.empty", "[[skip]] empty can only be true")
    return SkipRule(column, empty=True, reason=reason)


def _words(file: TomlFile, place: str, said: object) -> frozenset[str]:
    words = said if isinstance(said, list) else [said]
    if not words or not all(isinstance(word, str | bool | int) for word in words):
        raise file.fault(f"{place}.equals", '[[skip]] equals must be text, or a list: ["a", "b"]')
    return frozenset(map(fold, words))


def _pattern(file: TomlFile, place: str, said: object) -> re.Pattern[str]:
    try:
        return re.compile(said, re.IGNORECASE)  # type: ignore[call-overload,no-any-return]
    except (re.error, TypeError) as fault:
        raise file.fault(
            f"{place}.matches", f"[[skip]] matches is no regular expression: {fault}"
        ) from None
