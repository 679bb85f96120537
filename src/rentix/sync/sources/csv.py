"""Rosters as CSV, whatever program wrote them."""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal, TextIO

from rentix.client import SetupError
from rentix.sync.records import Rejection, Row
from rentix.sync.sources.encoding import survey
from rentix.sync.sources.faults import cut_short, no_rows
from rentix.sync.sources.lines import LONGEST_LINE, LineFeed, read_lines

DELIMITERS: Final = (",", ";", "\t", "|")
QUOTED = re.compile(r'"[^"]*"')
DELIMITER_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
EXCEL_HINT: Final = re.compile(r'"?sep=(.)"?[\r\n]*')
"""A first line by which Excel tells itself the delimiter."""


class CsvSource:
    """A CSV file with a header row. Quotes as in RFC 4180; blank lines are no rows."""

    nested = False

    def __init__(
        self, path: Path, *, encoding: str | None = None, delimiter: str | None = None
    ) -> None:
        seen = survey(path, _known_encoding(encoding) if encoding else None)
        self._path = path
        self._encoding = seen.encoding
        self._ended = seen.ended
        self._state: Literal["unread", "empty", "cut", "whole"] = "unread"
        self.lines = seen.lines
        with self._open() as text:
            first = next(read_lines(text), None) or ""
        hint = EXCEL_HINT.fullmatch(first)
        self._hinted = hint is not None
        self._delimiter = delimiter or (hint[1] if hint else _sniff_delimiter(first))
        self.columns = self._read_header()
        name = DELIMITER_NAMES.get(self._delimiter, repr(self._delimiter))
        self.form = f"CSV, {self._encoding}, {name}"

    def rows(self) -> Iterator[Row | Rejection]:
        """Yield every row but the header; a row that cannot be told apart is rejected."""
        columns = self.columns
        state: Literal["empty", "cut", "whole"] = "empty"
        with self._open() as text:
            records = self._records(text, len(columns))
            next(records, None)
            for line, found, open_quote in records:
                if isinstance(found, csv.Error):
                    # What an open quote swallowed is given back line by line. If none of it is
                    # a row, or what the last line has is none, the file ends in the midst of one.
                    cut = open_quote or state == "cut" or not self._ended
                    state = "cut" if cut else "whole"
                    yield Rejection(line, None, f"the row is broken: {found}", "row_broken")
                else:
                    state = "whole"
                    yield Row(line, dict(zip(columns, found, strict=True)))
        self._state = state

    def check_whole(self) -> None:
        """Raise HalfRead if the last row is broken off, or there is none."""
        if self._state == "unread":
            deque(self.rows(), maxlen=0)
        if self._state == "cut":
            raise cut_short(self._path, "its last row is broken off")
        if self._state == "empty":
            raise no_rows(self._path)

    def _open(self) -> TextIO:
        # Bytes that are none of the encoding's become surrogates, which the mapping refuses;
        # wide encodings have no such bytes, only a character that a cut file lacks the rest of.
        errors = "replace" if self._encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
        encoding = "utf-8-sig" if self._encoding == "utf-8" else self._encoding
        return self._path.open(encoding=encoding, errors=errors, newline="")

    def _records(
        self, text: TextIO, width: int | None = None
    ) -> Iterator[tuple[int, list[str] | csv.Error, bool]]:
        """Yield each record, its line, and whether it failed on a quote open to the end."""
        csv.field_size_limit(LONGEST_LINE)
        feed = LineFeed(read_lines(text))
        if self._hinted:
            next(feed, None)
        reader = csv.reader(feed, delimiter=self._delimiter, strict=True)
        while True:
            line = feed.begin_record()
            try:
                cells = _fit(next(reader), width)
            except StopIteration:
                return
            except csv.Error as fault:
                open_quote = feed.ended
                feed.give_back()
                # A reader that has failed keeps what it failed on.
                reader = csv.reader(feed, delimiter=self._delimiter, strict=True)
                yield line, fault, open_quote
            else:
                if cells:
                    yield line, cells, False

    def _read_header(self) -> tuple[str, ...]:
        with self._open() as text:
            first = next(self._records(text), None)
        if first is None:
            raise no_rows(self._path)
        _, found, _ = first
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
        raise SetupError(f"[source] encoding: {name!r} is no encoding that Python knows") from None
    return codecs.lookup(name).name
