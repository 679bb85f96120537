"""The account of a sync: every row is counted exactly once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from rentix.sync.records import Rejection
from rentix.wire.shapes import ResultShape


@dataclass(slots=True)
class Tally:
    """What became of the rows, and what stopped the sync if it did not reach the end.

    `not_sent` rows are untouched; `unconfirmed` ones were sent without an answer coming back,
    so the portal may have them. Both are zero when `stopped` is None. `skipped` are those that
    the map leaves out, by the reason.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    unused_columns: tuple[str, ...] = ()
    stopped: BaseException | None = None
    not_sent: int = 0
    unconfirmed: int = 0

    @property
    def counted(self) -> int:
        """How many rows have an outcome."""
        sent = self.created + self.updated + self.unchanged
        return sent + len(self.rejected) + self.skipped.total()

    def add(self, result: ResultShape) -> None:
        """Count an operation that succeeded, and its warnings."""
        if result.created is True:
            self.created += 1
        elif result.updated is True:
            self.updated += 1
        else:
            self.unchanged += 1
        for note in result.warnings or ():
            self.warnings[note.code] += 1
            self.examples.setdefault(note.code, note.message)

    def reject(self, rejection: Rejection) -> None:
        """Count a row that is not in the portal."""
        self.rejected.append(rejection)
