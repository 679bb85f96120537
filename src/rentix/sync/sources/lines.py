"""Lines of a text file, one at a time, with a way back after a record that went wrong."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from typing import Final, TextIO

LONGEST_LINE: Final = 4 << 20
"""Characters; eight times what the API takes in one request. A longer line is no row."""


def read_lines(text: TextIO) -> Iterator[str | None]:
    """Yield the lines of a file; None stands for one that is longer than memory should hold."""
    while line := text.readline(LONGEST_LINE):
        whole = len(line) < LONGEST_LINE
        while not whole and not line.endswith(("\n", "\r")):
            if not (line := text.readline(LONGEST_LINE)):
                break
        yield line if whole else None


class LineFeed:
    """Feeds a CSV reader, and remembers what the record at hand has taken so far.

    When a quote that nobody closed has swallowed the lines below it, `give_back` returns all
    but the first, so that one broken row costs one row.
    """

    def __init__(self, lines: Iterator[str | None]) -> None:
        self._lines = lines
        self._again: deque[str | None] = deque()
        self._taken: list[str | None] = []
        self.number = 0
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines, "")
        if line == "":
            self.ended = True
            raise StopIteration
        self._taken.append(line)
        self.number += 1
        if line is None:
            raise csv.Error("the line is longer than any row can be")
        return line

    def begin_record(self) -> int:
        """Forget the record before; return the number of the line that the next one begins on."""
        self._taken.clear()
        return self.number + 1

    def give_back(self) -> None:
        """Take back every line of the record at hand but its first."""
        extra = self._taken[1:]
        self.ended = self.ended and not extra
        self._again.extendleft(reversed(extra))
        self.number -= len(extra)
