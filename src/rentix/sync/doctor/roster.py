"""The roster: that it opens, what its columns are used for, and how many of its rows are agents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from rentix.client import SetupError
from rentix.model import LOCALES
from rentix.rules.steering import Terms
from rentix.sync.apply.lock import state_folder
from rentix.sync.config import Config
from rentix.sync.doctor.check import Check, bad, dubious, well
from rentix.sync.mapping import FieldMap, lay_over
from rentix.sync.plan.compare import create, want
from rentix.sync.planning import terms_of
from rentix.sync.records import Record, Rejection, Skipped
from rentix.sync.report import printable
from rentix.sync.sources import Source, open_source
from rentix.wire.shapes import AgencyShape

_REASONS: Final = 3
_HOME: Final = "MD"
"""Where numbers are taken to be from while the portal does not say."""


@dataclass(slots=True)
class Rows:
    """What the rows are, and why the first are not usable, with their lines.

    An incomplete one changes an agent who is there, and is not enough for a new one.
    """

    counts: Counter[str] = field(default_factory=Counter)
    reasons: list[str] = field(default_factory=list)

    def add(self, kind: str, line: int, reason: str = "") -> None:
        """Count a row."""
        self.counts[kind] += 1
        if kind in ("unreadable", "refused", "incomplete") and len(self.reasons) < _REASONS:
            self.reasons.append(f"line {line}: {reason}")

    @property
    def summary(self) -> str:
        """All counts in a line."""
        words = ("usable", "skipped", "incomplete", "refused", "unreadable")
        return ", ".join(f"{self.counts[word]:,} {word}" for word in words)


def check_source(settings: Config, agency: AgencyShape | None) -> Iterator[Check]:
    """Yield the checks of the source."""
    given = settings.source
    try:
        cache = state_folder(settings.portal.url, agency.id) if agency else None
        source = open_source(given.location, given.form, given.layout, cache)
        yield well("source", f"{given.shown}: {source.form}, {len(source.columns)} columns")
        field_map = lay_over(settings.mapping, source, settings.sync.empty)
        source.check_whole()
    except SetupError as fault:
        yield bad("source", str(fault))
        return
    yield _check_columns(field_map)
    yield _check_rows(_count(source, field_map, agency))


def _check_columns(field_map: FieldMap) -> Check:
    used = ", ".join(f"{target} from {name!r}" for target, name in field_map.columns.items())
    unused = ", ".join(field_map.unused)
    return well("columns", printable(f"{used}; not used: {unused or 'none'}"))


def _count(source: Source, field_map: FieldMap, agency: AgencyShape | None) -> Rows:
    terms = terms_of(agency) if agency else Terms(_HOME, LOCALES[0])
    rows = Rows()
    for row in source.rows():
        entry = row if isinstance(row, Rejection) else field_map.read(row)
        if isinstance(entry, Rejection):
            rows.add("unreadable", entry.line, entry.reason)
        elif isinstance(entry, Skipped):
            rows.add("skipped", entry.line)
        else:
            _add_record(rows, entry, terms)
    return rows


def _add_record(rows: Rows, record: Record, terms: Terms) -> None:
    wanted = want(record, terms)
    if wanted.put is None:
        rows.add("refused", record.line, wanted.fault)
        return
    item = create(wanted)
    rows.add("incomplete" if item.action == "skip" else "usable", record.line, item.reason)


def _check_rows(rows: Rows) -> Check:
    message = printable("; ".join([rows.summary, *rows.reasons]))
    if not rows.counts["usable"] + rows.counts["incomplete"]:
        return bad("rows", f"{message}; there is nothing to sync")
    if rows.reasons:
        return dubious("rows", message)
    return well("rows", message)
