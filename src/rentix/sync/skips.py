"""Which rows a map leaves out, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import UNSET

from rentix.sync.cells import take_column
from rentix.sync.map_tables import SkipRule, fold
from rentix.sync.records import Cells

Skip = Callable[[Cells], str | None]
"""Why a row is left out; None for one that stays."""


def read_rule(rule: SkipRule) -> Skip:
    """Return a rule of the map as a question to a row."""
    take = take_column(rule.column)

    def skip(cells: Cells) -> str | None:
        cell = take(cells)
        text = "" if cell is None or cell is UNSET else str(cell)
        if rule.empty:
            return None if text.strip() else rule.reason or f"{rule.column} is empty"
        if rule.equals is not None:
            hit = fold(text) in rule.equals
        else:
            hit = rule.matches is not None and rule.matches.search(text) is not None
        return (rule.reason or f"{rule.column} is {text.strip()!r}") if hit else None

    return skip
