"""MAP.toml: which column goes into which field of a profile.

[columns]                          # field = "column"; for JSON Lines a dotted path
externalId = "Numar autorizatie"
name = "Nume si prenume"
description.ro = "Descriere"

[columns.settings]
contact_viber = "Are Viber"

[constants]                        # for rows in which the field has no value
settings.contact_telegram = false

[csv]                              # only where the guess is wrong
encoding = "cp1251"
delimiter = ";"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from rentix.client import SetupError
from rentix.model import LOCALES
from rentix.sync.sources import Layout

TARGETS: Final = (
    "externalId",
    "name",
    "phone",
    "description",
    *(f"description.{locale}" for locale in LOCALES),
    "avatar",
    "instagram",
    "youtube",
    "tiktok",
    "settings.contact_phone",
    "settings.contact_whatsapp",
    "settings.contact_viber",
    "settings.contact_telegram",
)
"""The fields that a column or a constant may fill (contract 5)."""

Constant = str | bool


@dataclass(frozen=True, slots=True)
class MapFile:
    """What a map says. `columns` is None when fields are to be found by their own names."""

    columns: Mapping[str, str] | None = None
    constants: Mapping[str, Constant] = field(default_factory=dict)
    layout: Layout = field(default_factory=Layout)


def read_map(path: Path) -> MapFile:
    """Read a map; raise SetupError that names the line or the member at fault."""
    try:
        with path.open("rb") as file:
            said = tomllib.load(file)
    except OSError as fault:
        raise SetupError(f"cannot read {path}: {fault.strerror}") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise SetupError(f"{path} is not TOML: {fault}") from fault
    for name in said:
        _check_known(path, name, ("columns", "constants", "csv"), "table")
    columns = _read_table(path, said, "columns")
    constants = _read_table(path, said, "constants")
    for target, column in columns.items():
        if not isinstance(column, str):
            raise SetupError(f"{path}: [columns] {target} must be a column's name in quotes")
    if "externalId" in constants:
        raise SetupError(f"{path}: [constants] externalId would make every row the same user")
    return MapFile(
        {target: str(column) for target, column in columns.items()} or None,
        constants,
        _read_layout(path, said),
    )


def _read_table(path: Path, said: Mapping[str, object], name: str) -> dict[str, Constant]:
    table: dict[str, Constant] = {}
    for target, value in _flatten(said.get(name, {}), f"{path}: [{name}]"):
        _check_known(path, target, TARGETS, f"field in [{name}]")
        wants_bool = name == "constants" and target.startswith("settings.")
        if not isinstance(value, bool if wants_bool else str):
            wanted = "true or false" if wants_bool else "text in quotes"
            raise SetupError(f"{path}: [{name}] {target} must be {wanted}")
        table[target] = value
    return table


def _flatten(value: object, where: str, prefix: str = "") -> Iterator[tuple[str, object]]:
    if not isinstance(value, dict):
        raise SetupError(f"{where} must be a table")
    for name, inner in value.items():
        if isinstance(inner, dict):
            yield from _flatten(inner, where, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", inner


def _read_layout(path: Path, said: Mapping[str, object]) -> Layout:
    table = dict(_flatten(said.get("csv", {}), f"{path}: [csv]"))
    for name, value in table.items():
        _check_known(path, name, ("encoding", "delimiter"), "member of [csv]")
        if not isinstance(value, str):
            raise SetupError(f"{path}: [csv] {name} must be text in quotes")
    delimiter = table.get("delimiter")
    if delimiter is not None and (len(str(delimiter)) != 1 or str(delimiter) in '"\r\n'):
        raise SetupError(f"{path}: [csv] delimiter must be one character")
    encoding = table.get("encoding")
    return Layout(
        encoding=None if encoding is None else str(encoding),
        delimiter=None if delimiter is None else str(delimiter),
    )


def _check_known(path: Path, name: str, known: tuple[str, ...], kind: str) -> None:
    if name not in known:
        raise SetupError(f"{path}: no {kind} is called {name!r}{suggest(name, known)}")


def suggest(name: str, known: tuple[str, ...]) -> str:
    """Return the end of an error: the likeliest name that was meant, and all there are."""
    meant = get_close_matches(name, known, n=1, cutoff=0.5)
    guess = f"; did you mean {meant[0]!r}?" if meant else "."
    return f"{guess} There are: {', '.join(known[:40])}{', …' if known[40:] else ''}"
