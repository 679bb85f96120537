"""Rosters that come in pages: all of them, or none.

Pages are written down, line by line, in a file for its owner only; it is read as JSON Lines once
the last page has come. Whatever goes wrong before that leaves no file and no roster.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, Final, Protocol

import msgspec

from rentix.client import SetupError
from rentix.sync.sources.faults import HalfRead, no_rows
from rentix.sync.sources.jsonl import JsonlSource
from rentix.sync.sources.reading import Reading

_ENCODE: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Page:
    """Some agents of a source.

    `total` is how many the source says there are on all pages, None if it does not say;
    `dropped` how many of this page are not agents and were left out.
    """

    items: Sequence[Mapping[str, object]]
    total: int | None = None
    dropped: int = 0


class Kind(Protocol):
    """A kind of source: a frozen dataclass, whose fields are the members of [source].

    A field that ends in `_env` is the name of an environment variable, `url` an address.
    """

    def title(self) -> str:
        """What plans and errors call the source; no secret is in it."""

    def pages(self, reading: Reading) -> Iterator[Page]:
        """Yield the pages, and return after the last one; raise SetupError for any trouble."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What is known of a kind's items: the member each must have, and those it may lack."""

    identity: str | None = None
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a source may send, and for how long."""

    pages: int = 10_000
    largest_bytes: int = 256 << 20
    longest_s: float = 1800


LIMITS: Final = Limits()


class PagedSource(JsonlSource):
    """Pages that were all read; `optional` are columns even if no agent has a value there."""

    def __init__(self, path: Path, title: str, optional: Sequence[str]) -> None:
        super().__init__(path)
        self.form = f"{title}, {self.lines:,} agents"
        self.columns = (*self.columns, *(name for name in optional if name not in self.columns))


class _Changed(HalfRead):
    """The roster changed while it was read, so that its pages do not fit together."""


def gather(kind: Kind, path: Path, reading: Reading, limits: Limits = LIMITS) -> PagedSource:
    """Read a source to its end into a file, and return it; a second time if it changed meanwhile.

    Raises:
        HalfRead: not all of it could be read, or it holds nobody.
        SetupError: nothing of it could be read.
    """
    rules: Rules = getattr(kind, "rules", Rules())
    try:
        _write(path, lambda file: _Gathering(kind, rules, reading, limits).run(file))
    except _Changed:
        _write(path, lambda file: _Gathering(kind, rules, reading, limits).run(file))
    return PagedSource(path, kind.title(), rules.optional)


def _write(path: Path, fill: Callable[[BinaryIO], None]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            fill(file)
        os.replace(temporary, path)  # noqa: PTH105 - what mkstemp gives is a string
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


@dataclass(slots=True)
class _Gathering:
    """One reading of all pages."""

    kind: Kind
    rules: Rules
    reading: Reading
    limits: Limits
    written: int = 0
    size: int = 0
    dropped: int = 0
    total: int | None = None
    ids: set[object] = field(default_factory=set)
    seen: set[bytes] = field(default_factory=set)

    def run(self, file: BinaryIO) -> None:
        """Write every agent down, and see that none is missing."""
        end_s = time.monotonic() + self.limits.longest_s
        number = 0
        try:
            with closing(_pages(self.kind, self.reading)) as pages:
                for number, page in enumerate(pages, start=1):
                    self._check_end(number, end_s)
                    self._take(page, file)
        except HalfRead:
            raise
        except SetupError as fault:
            if number == 0:
                raise
            raise self._cut(f"after {self.written:,} agents: {fault}") from None
        except Exception as fault:
            # A slip of the kind, or a full disk; what it says may hold a secret.
            what = f"after {self.written:,} agents: {type(fault).__name__}"
            raise self._cut(what) from fault
        self._check_whole()

    def _check_end(self, number: int, end_s: float) -> None:
        if number > self.limits.pages or time.monotonic() > end_s:
            raise self._cut(
                f"it is not at its end after {number - 1:,} pages and "
                f"{self.written:,} agents, which is more than Rentix reads"
            )

    def _take(self, page: Page, file: BinaryIO) -> None:
        self.total = page.total if self.total is None else self.total
        if page.total != self.total:
            raise self._changed(f"it said {self.total} agents first, then {page.total}")
        self.dropped += page.dropped
        digest = blake2b(digest_size=16)
        for item in page.items:
            line = self._line(item)
            digest.update(line)
            self.size += len(line)
            if self.size > self.limits.largest_bytes:
                raise self._cut(f"it is larger than {self.limits.largest_bytes >> 20} MiB")
            file.write(line)
        self.written += len(page.items)
        if page.items and digest.digest() in self.seen:
            raise self._cut("a page came twice, so the pages after it never come; look at paging")
        self.seen.add(digest.digest())

    def _line(self, item: Mapping[str, object]) -> bytes:
        if not isinstance(item, Mapping):
            raise self._other_form("one of its agents is not an object")
        name = self.rules.identity
        if name is not None:
            found = item.get(name)
            if not isinstance(found, str | int) or found == "":
                has = ", ".join(list(item)[:20])
                raise self._other_form(f"an agent has no {name}; it has: {has}")
            if found in self.ids:
                raise self._changed(f"the agent with {name} {found} came twice")
            self.ids.add(found)
        try:
            return _ENCODE(item) + b"\n"
        except (TypeError, ValueError) as fault:
            raise self._other_form(f"an agent cannot be written as JSON: {fault}") from None

    def _check_whole(self) -> None:
        came = self.written + self.dropped
        if self.total is not None and came != self.total:
            raise self._changed(f"{came:,} agents came, and it says there are {self.total:,}")
        if not self.written:
            raise no_rows(self.kind.title())

    def _cut(self, why: str) -> HalfRead:
        return HalfRead(f"{self.kind.title()} could not be read whole: {why}. Nothing was done")

    def _changed(self, why: str) -> _Changed:
        return _Changed(
            f"{self.kind.title()} changed while it was read: {why}. Nothing was done; try again"
        )

    def _other_form(self, why: str) -> HalfRead:
        return HalfRead(
            f"{self.kind.title()} answers in another form than Rentix knows: {why}. Nothing was "
            "done"
        )


def _pages(kind: Kind, reading: Reading) -> Generator[Page]:
    # A generator of its own, so that one can be closed whatever iterator a kind returns.
    yield from kind.pages(reading)
