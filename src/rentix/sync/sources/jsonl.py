"""Rosters as JSON Lines: one object a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from rentix.client import SetupError
from rentix.sync.records import Rejection, Row
from rentix.sync.sources.faults import cut_short, no_rows
from rentix.sync.sources.lines import read_lines
from rentix.sync.sources.paths import find_paths


class JsonlSource:
    """A file of JSON objects in UTF-8. Columns are dotted paths: `social.youtube`."""

    nested = True
    form = "JSON Lines"

    def __init__(self, path: Path) -> None:
        self._path = path
        self.lines = 0
        self._cut = False
        names: dict[str, None] = {}
        for row in self.rows():
            self.lines = row.line
            if isinstance(row, Row):
                names.update(dict.fromkeys(find_paths(row.cells)))
        self.columns = tuple(names)
        if not self.lines:
            raise no_rows(path)
        if not names:
            self.check_whole()
            raise SetupError(f"{path} holds no JSON object; write one object a line")

    def rows(self) -> Iterator[Row | Rejection]:
        """Yield every line's object; blank lines are no rows."""
        self._cut = False
        with self._path.open(encoding="utf-8-sig", errors="surrogateescape", newline="\n") as text:
            for number, line in enumerate(read_lines(text), start=1):
                if line is None or line.strip():
                    row = _read_row(number, line)
                    ended = line is not None and line.endswith("\n")
                    self._cut = isinstance(row, Rejection) and not ended
                    yield row

    def check_whole(self) -> None:
        """Raise HalfRead if the last line is a beginning only."""
        if self._cut:
            raise cut_short(self._path, f"line {self.lines}, the last, is broken off")


def _read_row(number: int, line: str | None) -> Row | Rejection:
    if line is None:
        return Rejection(number, None, "the line is longer than any row can be", "row_broken")
    try:
        cells = msgspec.json.decode(line.encode("utf-8", "surrogateescape"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        return Rejection(number, None, f"the line is not JSON: {fault}", "row_broken")
    if not isinstance(cells, dict):
        return Rejection(number, None, "the line is not a JSON object", "row_broken")
    return Row(number, cells)
