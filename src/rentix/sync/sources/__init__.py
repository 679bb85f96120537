"""Files that a CRM exports. Each is read twice: once for its shape, once row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from rentix.client import SetupError
from rentix.sync.records import Rejection, Row
from rentix.sync.sources.csv import CsvSource
from rentix.sync.sources.jsonl import JsonlSource

JSONL_SUFFIXES: Final = (".jsonl", ".ndjson")
WORKBOOK_MAGIC: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class Source(Protocol):
    """A roster that can be read from its beginning as often as needed, in bounded memory."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names that a map may use, in the file's order."""

    @property
    def nested(self) -> bool:
        """Whether columns are dotted paths into objects."""

    @property
    def lines(self) -> int:
        """How many lines the file has: the end of a progress bar."""

    @property
    def form(self) -> str:
        """What the file was taken for, in words."""

    def rows(self) -> Iterator[Row | Rejection]:
        """Yield every row; one that cannot be read is a rejection."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a person knows better than a guess. None leaves it to the file."""

    encoding: str | None = None
    delimiter: str | None = None


def open_source(path: Path, layout: Layout = Layout()) -> Source:
    """Return the roster in a file, CSV unless its name ends in .jsonl or .ndjson.

    Raises SetupError for a file that is not there, not text, or without a header row.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(4)
        if magic in WORKBOOK_MAGIC:
            raise SetupError(f"{path} is an Excel workbook; save it as CSV UTF-8 and sync that")
        if path.suffix.lower() in JSONL_SUFFIXES:
            return JsonlSource(path)
        return CsvSource(path, encoding=layout.encoding, delimiter=layout.delimiter)
    except OSError as fault:
        raise SetupError(f"cannot read {path}: {fault.strerror}") from fault
