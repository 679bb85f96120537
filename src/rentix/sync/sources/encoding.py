"""Which encoding a text file is in, told from its bytes."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CHUNK_BYTES: Final = 1 << 20
BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
HIGH_RUN = re.compile(rb"[\x80-\xff]+")


@dataclass(slots=True)
class Survey:
    """What one pass over a file finds out; `ended` is whether its last line is."""

    encoding: str
    lines: int
    ended: bool


def survey(path: Path, encoding: str | None = None) -> Survey:
    """Count a file's lines and tell its encoding, unless that is given.

    A mark at the beginning decides. Without one it is UTF-8 if more lines with letters beyond
    ASCII are valid UTF-8 than not: a few broken bytes must cost their rows, not turn every
    diacritic of the file into rubbish. Else cp1251 or cp1250, by `_guess_legacy`.
    """
    lines = valid = broken = runs = high = 0
    last = b""
    with path.open("rb") as file:
        mark = read_mark(file.read(4))
        file.seek(0)
        while line := file.readline(CHUNK_BYTES):
            lines += 1
            last = line
            if line.isascii():
                continue
            if _is_utf8(line):
                valid += 1
            else:
                broken += 1
            found = HIGH_RUN.findall(line)
            runs += len(found)
            high += sum(map(len, found))
    guess = "utf-8" if valid >= broken else _guess_legacy(runs, high)
    # In UTF-16 a newline has a zero beside it.
    return Survey(encoding or mark or guess, lines, last.rstrip(b"\0").endswith((b"\n", b"\r")))


def read_mark(head: bytes) -> str | None:
    """Return the encoding that a mark at the beginning of a file tells."""
    return next((name for bom, name in BOMS if head.startswith(bom)), None)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guess_legacy(runs: int, high: int) -> str:
    # Cyrillic words are bytes above 127 side by side; Romanian diacritics stand among ASCII
    # letters, alone. Right from one row on, where statistics of a language need five.
    return "cp1251" if high >= 2 * runs else "cp1250"
