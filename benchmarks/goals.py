"""What figures are held against, and which of them are met."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

Figure = dict[str, Any]

GOALS: dict[str, str] = {
    "put_postgres_vs_orm": ">= 15",
    "put_postgres_vs_pgbench": ">= 0.8",
    "put_sqlite_vs_orm": ">= 25",
    "bulk_vs_orm_loop": ">= 15",
    "bulk_vs_orm_core": ">= 1.2",
    "put_unchanged_vs_changed": ">= 1.3",
    "get_sqlite_vs_raw": ">= 0.5",
    "get_postgres_vs_raw": ">= 0.3",
    "put_p99_vs_commit": "<= 3",
    "lone_put_vs_rowwise": "<= 1.2",
    "growth_put": "<= 1.3",
    "growth_get": "<= 1.3",
    "rss_mib": "<= 150",
    "list_rss_mib": "<= 50",
    "list_p99_vs_quiet": "<= 3",
    "avatar_vs_bare_vips": ">= 0.8",
    "page_vs_raw": ">= 0.3",
    "listing_get_vs_raw": ">= 0.4",
    "listing_put_vs_user_put": ">= 0.7",
    "plan_s": "<= 10",
    "plan_rss_mib": "<= 500",
}
"""In the order of the table; figures without a goal come after them."""

WORST = ("growth_put", "growth_get", "rss_mib", "list_rss_mib", "list_p99_vs_quiet")
"""Measured on both databases (`…_sqlite`, `…_postgres`); the worse one counts: the higher."""

HALF = "half measured"
_DATABASES = ("sqlite", "postgres")
_SIGNS: dict[str, Callable[[float, float], bool]] = {">=": operator.ge, "<=": operator.le}


def with_worst(figures: dict[str, Figure]) -> dict[str, Figure]:
    """The figures, with the worse of two databases under the plain name; one alone has none."""
    found = {name: figure for name, figure in figures.items() if name not in WORST}
    for name in WORST:
        both = _of_databases(name, figures)
        if len(both) == len(_DATABASES):
            found[name] = max(both, key=value_of)
    return found


def rows_of(figures: dict[str, Figure]) -> list[str]:
    """What a table has a row for: all figures, and goals that are half measured."""
    half = (n for n in WORST if n not in figures and _of_databases(n, figures))
    return in_order([*figures, *half])


def in_order(names: Iterable[str]) -> list[str]:
    """Names of figures: those with a goal first."""
    given = set(names)
    return [n for n in GOALS if n in given] + sorted(given - GOALS.keys())


def value_of(figure: Figure) -> float:
    """What is held against the goal: the ratio, or the value of what is compared with nothing."""
    return float(figure["ours"] if figure["ratio"] is None else figure["ratio"])


def judge(name: str, figure: Figure | None) -> str:
    """`met` or `missed`; nothing where there is no goal, and no verdict on half of a figure."""
    if name not in GOALS:
        return ""
    if figure is None:
        return HALF
    sign, limit = GOALS[name].split()
    return "met" if _SIGNS[sign](value_of(figure), float(limit)) else "missed"


def _of_databases(name: str, figures: dict[str, Figure]) -> list[Figure]:
    return [figures[f"{name}_{d}"] for d in _DATABASES if f"{name}_{d}" in figures]
