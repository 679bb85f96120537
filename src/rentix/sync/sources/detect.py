"""Which form a roster is in: its content says so, and where that is silent its name."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Final, Literal

import msgspec

from rentix.client import SetupError
from rentix.sync.sources.encoding import read_mark

Form = Literal["csv", "xlsx", "json", "jsonl"]
FORMS: Final = ("csv", "xlsx", "json", "jsonl")

_WORKBOOK: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SUFFIXES: Final[dict[str, Form]] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
_TYPES: Final[dict[str, Form]] = {
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/x-ndjson": "jsonl",
    "application/jsonl": "jsonl",
}
_HEAD_BYTES: Final = 1 << 16


def detect(path: Path, name: str, content_type: str = "") -> Form:
    """Return the form of a file; refuse a web page, which is what a sign-in looks like."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head[:4] in _WORKBOOK:
        return "xlsx"
    mark = read_mark(head[:4]) or "utf-8"
    text = head.decode(mark, "replace").lstrip("\ufeff \t\r\n")
    if text[:15].lower().startswith(("<!doctype html", "<html")):
        raise SetupError(
            f"{name} is a web page and not a table; give the address of the file itself, "
            "such as a link that downloads it"
        )
    said = _TYPES.get(content_type.partition(";")[0].strip().lower())
    form = _SUFFIXES.get(PurePosixPath(name).suffix.lower()) or said
    if form in {"csv", "jsonl"} or text[:1] not in {"[", "{"}:
        return form or "csv"
    return "jsonl" if text[0] == "{" and _is_lines(text) else "json"


def _is_lines(text: str) -> bool:
    first, _, rest = text.partition("\n")
    try:
        return isinstance(msgspec.json.decode(first), dict) and rest.lstrip()[:1] == "{"
    except msgspec.DecodeError:
        return False
