"""Rosters as CRMs give them out: files and addresses, in four forms.

Each is read at least twice: once for its shape, once row by row. A row's line is the line of a
text file, the row of a sheet, or the number of an item in a JSON document, counted from 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from platformdirs import user_cache_path

from rentix.client import SetupError
from rentix.sync.records import Rejection, Row
from rentix.sync.sources.csv import CsvSource
from rentix.sync.sources.detect import FORMS as FORMS
from rentix.sync.sources.detect import Form as Form
from rentix.sync.sources.detect import detect
from rentix.sync.sources.faults import HalfRead as HalfRead
from rentix.sync.sources.faults import SeveralArrays as SeveralArrays
from rentix.sync.sources.json import JsonSource
from rentix.sync.sources.jsonl import JsonlSource
from rentix.sync.sources.web import Fetched, fetch, forget
from rentix.sync.sources.workbook import WorkbookSource


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

    def check_whole(self) -> None:
        """Raise HalfRead if the file ends midway; this may read it to its end."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a person knows better than a guess. None leaves it to the file.

    `items` is the dotted path to the array of agents in a JSON document, `sheet` a name.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    items: str | None = None


def is_url(location: str) -> bool:
    """Whether a location is an address and not a path."""
    return location.lower().startswith(("http://", "https://"))


def open_source(
    location: str | Path,
    form: Form | None = None,
    layout: Layout = Layout(),
    cache_dir: Path | None = None,
) -> Source:
    """Return the roster at a path or an http(s) address, in the form that it is found to have.

    What comes from an address is kept in `cache_dir` and asked for again only if it changed.
    Raises SetupError for a roster that is not there or has no header, HalfRead for one of which
    nothing can be read because it ends midway; of a file `check_whole` finds the others.
    """
    name = str(location)
    try:
        if is_url(name):
            return _open_fetched(fetch(name, cache_dir or user_cache_path("rentix")), form, layout)
        path = Path(location)
        return _open(path, form or detect(path, name), layout)
    except OSError as fault:
        raise SetupError(f"cannot read {name}: {fault.strerror or fault}") from fault


def _open_fetched(fetched: Fetched, form: Form | None, layout: Layout) -> Source:
    path = fetched.path
    try:
        found = form or detect(path, fetched.name, fetched.content_type)
        source = _open(path, found, layout)
        source.check_whole()
    except SeveralArrays as fault:
        raise SeveralArrays(path, fault.arrays, fetched.name) from fault
    except SetupError as fault:
        # Else the server would say the next time that the broken file is still the right one.
        forget(path)
        raise type(fault)(str(fault).replace(str(path), fetched.name)) from fault
    return source


def _open(path: Path, form: Form, layout: Layout) -> Source:
    if form == "xlsx":
        return WorkbookSource(path, layout.sheet)
    if form == "json":
        return JsonSource(path, layout.items)
    if form == "jsonl":
        return JsonlSource(path)
    return CsvSource(path, encoding=layout.encoding, delimiter=layout.delimiter)
