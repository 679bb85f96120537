"""Rosters as CSV, whatever program wrote them."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

from rentix.client import SetupError
from rentix.sync.records import Rejection, Row
from rentix.sync.sources.encoding import survey
from rentix.sync.sources.lines import LONGEST_LINE, LineFeed, read_lines

DELIMITERS: Final = (",", ";", "\t")
QUOTED = re.compile(r'"[^"]*"')
DELIMITER_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab"}


class CsvSource:
    """A CSV file with a header row. Quotes as in RFC 4180; blank lines are no rows."""

    nested = False

    def __init__(
        self, path: Path, *, encoding: str | None = None, delimiter: str | None = None
    ) -> None:
        seen = survey(path, _known_encoding(encoding) if encoding else None)
        self._path = path
        self._encoding = seen.encoding
        self.lines = seen.lines
        with self._open() as text:
            first = next(read_lines(text), None) or ""
        self._delimiter = delimiter or _sniff_delimiter(first)
        self.columns = self._read_header()
        name = DELIMITER_NAMES.get(self._delimiter, repr(self._delimiter))
        self.form = f"CSV, {self._encoding}, {name}"

    def rows(self) -> Iterator[Row | Rejection]:
        """Yield every row but the header; a row that cannot be told apart is rejected."""
        with self._open() as text:
            records = self._records(text, len(self.columns))
            next(records, None)
            for line, found in records:
                if isinstance(found, csv.Error):
                    yield Rejection(line, None, f"the row is broken: {found}", "row_broken")
                else:
                    yield Row(line, dict(zip(self.columns, found, strict=True)))

    def check_whole(self) -> None:
        """Raise HalfRead if the file ends midway."""

    def _open(self) -> TextIO:
        # Bytes that are none of the encoding's become surrogates, which the mapping refuses;
        # wide encodings have no such bytes, only a character that a cut file lacks the rest of.
        errors = "replace" if self._encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
        encoding = "utf-8-sig" if self._encoding == "utf-8" else self._encoding
        return self._path.open(encoding=encoding, errors=errors, newline="")

    def _records(
        self, text: TextIO, width: int | None = None
    ) -> Iterator[tuple[int, list[str] | csv.Error]]:
        csv.field_size_limit(LONGEST_LINE)
        feed = LineFeed(read_lines(text))
        while True:
            line = feed.begin_record()
            try:
                # A reader that has failed keeps what it failed on, so each record has its own.
                reader = csv.reader(feed, delimiter=self._delimiter, strict=True)
                cells = _fit(next(reader), width)
            except StopIteration:
                return
            except csv.Error as fault:
                feed.give_back()
                yield line, fault
            else:
                if cells:
                    yield line, cells

    def _read_header(self) -> tuple[str, ...]:
        with self._open() as text:
            _, found = next(self._records(text), (1, []))
        if isinstance(found, csv.Error):
            raise SetupError(f"{self._path}: the header row cannot be read: {found}")
        if not any(cell.strip() for cell in found):
            raise SetupError(f"{self._path} has no header row; name the columns in its first line")
        while not found[-1].strip():
            found.pop()
        return tuple(cell.strip() or f"column {n}" for n, cell in enumerate(found, start=1))


def _fit(cells: list[str], width: int | None) -> list[str]:
    """Return a record of `width` cells, empty ones beyond that cut; raise csv.Error otherwise."""
    if width is None or not cells:
        return cells
    while len(cells) > width and not cells[-1]:
        cells.pop()
    if len(cells) != width:
        # Cells that shift by one would give a user the neighbour's phone: nothing is guessed.
        raise csv.Error(f"it has {len(cells)} cells, the header {width}")
    return cells


def _sniff_delimiter(header: str) -> str:
    bare = QUOTED.sub("", header)
    return max(DELIMITERS, key=bare.count)


def _known_encoding(name: str) -> str:
    try:
        "a".encode(name)
    except LookupError:
        raise SetupError(f"[csv] encoding: {name!r} is no encoding that Python knows") from None
    return codecs.lookup(name).name
