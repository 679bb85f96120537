"""A TOML file whose faults are told with their line, which Python's own reader does not keep."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rentix.client import SetupError
from rentix.sync.targets import suggest

_KEY: Final = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_KEYS: Final = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_HEADER: Final = re.compile(rf"\s*(\[\[?)\s*({_KEYS})\s*\]")
_MEMBER: Final = re.compile(rf"\s*({_KEYS})\s*=")
_ONE_KEY: Final = re.compile(_KEY)
_QUOTES: Final = re.compile(r'"""|' + "'''")
_AT: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_INLINE: Final = re.compile(rf"[{{,]\s*({_KEYS})\s*=")


@dataclass(frozen=True, slots=True)
class TomlFile:
    """What a file says, and the line on which it says it.

    A place in it is written with dots: `columns.description.ro`, `skip.0.column`.
    """

    name: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    def at(self, place: str) -> str:
        """Return the beginning of an error about a place: the file and, if found, the line."""
        steps = place.split(".")
        for end in range(len(steps), 0, -1):
            if line := self.lines.get(".".join(steps[:end])):
                return f"{self.name}, line {line}: "
        return f"{self.name}: " if self.name else ""

    def fault(self, place: str, message: str) -> SetupError:
        """Return an error about a place, for the caller to raise."""
        return SetupError(f"{self.at(place)}{message}")

    def table(self, place: str, known: Sequence[str]) -> dict[str, Any]:
        """Return a table, empty if it isn't there; refuse members that nobody knows."""
        table: Any = self.said
        for step in place.split(".") if place else ():
            table = table.get(step, {})
            if not isinstance(table, dict):
                raise self.fault(place, f"[{place}] must be a table")
        for name in table:
            if name not in known:
                within = f"member of [{place}]" if place else "table"
                inner = f"{place}.{name}" if place else name
                raise self.fault(inner, f"no {within} is called {name!r}{suggest(name, known)}")
        return dict(table)

    def text(self, table: str, name: str, default: str | None = None) -> str | None:
        """Return a member that must be text."""
        value = self.said.get(table, {}).get(name, default)
        if value is not None and not isinstance(value, str):
            raise self.fault(f"{table}.{name}", f"[{table}] {name} must be text in quotes")
        return value

    def texts(self, table: str, name: str) -> tuple[str, ...]:
        """Return a member that must be a list of texts; empty if it isn't there."""
        value = self.said.get(table, {}).get(name, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.fault(
                f"{table}.{name}", f'[{table}] {name} must be a list of texts: ["…", "…"]'
            )
        return tuple(value)

    def choice(self, table: str, name: str, known: Sequence[str], default: str | None) -> Any:
        """Return a member that must be one of a few words."""
        value = self.text(table, name, default)
        if value is not None and value not in known:
            words = ", ".join(map(repr, known))
            raise self.fault(f"{table}.{name}", f"[{table}] {name} must be one of: {words}")
        return value


def read_toml(path: Path) -> TomlFile:
    """Read a file; raise SetupError for one that is not there or not TOML."""
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        said = tomllib.loads(text)
    except OSError as fault:
        raise SetupError(f"cannot read {path}: {fault.strerror}") from fault
    except UnicodeDecodeError as fault:
        raise SetupError(f"{path} is not TOML: it must be saved in UTF-8") from fault
    except tomllib.TOMLDecodeError as fault:
        raise SetupError(_word(path, str(fault))) from fault
    return TomlFile(str(path), said, dict(_find_lines(text)))


def _word(path: Path, fault: str) -> str:
    place = _AT.search(fault)
    line = f", line {place[1]}" if place and place[1] else ""
    return (
        f"{path}{line} is not TOML: {_AT.sub('', fault)}. A line is a [table] or name = value; "
        "text stands in quotes, and so does a name with blanks or letters beyond a to z"
    )


def _find_lines(text: str) -> Iterator[tuple[str, int]]:
    """Yield each place and its line, in the reverse order of worth: the last one counts."""
    table = ""
    entries: dict[str, int] = {}
    quote = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if not quote:
            if header := _HEADER.match(line):
                table = _dotted(header[2])
                if header[1] == "[[":
                    entries[table] = entries.get(table, -1) + 1
                    table = f"{table}.{entries[table]}"
                yield table, number
            elif member := _MEMBER.match(line):
                place = f"{table}.{_dotted(member[1])}" if table else _dotted(member[1])
                yield place, number
                rest = line[member.end() :]
                yield from (
                    (f"{place}.{_dotted(inner[1])}", number) for inner in _INLINE.finditer(rest)
                )
        quote = _quote_after(line, quote)


def _quote_after(line: str, quote: str) -> str:
    # The lines of a long text are no members, whatever they look like.
    for mark in _QUOTES.findall(line):
        if not quote:
            quote = mark
        elif mark == quote:
            quote = ""
    return quote


def _dotted(keys: str) -> str:
    return ".".join(
        key[1:-1] if key[0] == "'" else tomllib.loads(f"k = {key}")["k"] if key[0] == '"' else key
        for key in _ONE_KEY.findall(keys)
    )
