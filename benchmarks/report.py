"""The table of benchmarks/README.md: ratios first, goals beside them."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
    "rss_mib": "<= 150",
}
_BEGIN, _END = "<!-- figures -->", "<!-- /figures -->"
_SIGNS: dict[str, Callable[[float, float], bool]] = {">=": operator.ge, "<=": operator.le}


def write_table(page: Path, figures: dict[str, Any]) -> None:
    """Put the figures between the marks of the page."""
    rows = ["| figure | ratio | goal | | ours | peer |", "| --- | --- | --- | --- | --- | --- |"]
    rows += [_row(name, figure) for name, figure in sorted(figures.items())]
    table = "\n".join([_BEGIN, *rows, _END])
    pattern = re.compile(f"{_BEGIN}.*?{_END}", re.DOTALL)
    page.write_text(pattern.sub(lambda _: table, page.read_text("utf-8")), "utf-8")


def _row(name: str, figure: dict[str, Any]) -> str:
    goal = GOALS.get(name, "")
    value = figure["ratio"] if figure["ratio"] is not None else figure["ours"]
    met = ""
    if goal:
        sign, limit = goal.split()
        met = "met" if _SIGNS[sign](value, float(limit)) else "**missed**"
    unit = {"per_s": "a second", "p50_ms": "ms (p50)", "p99_ms": "ms (p99)"}.get(
        figure["unit"], figure["unit"]
    )
    shown = [_number(figure[side], unit) for side in ("ours", "peer")]
    ratio = "" if figure["ratio"] is None else f"{figure['ratio']:g}"
    return f"| `{name}` | {ratio} | {goal} | {met} | {shown[0]} | {shown[1]} |"


def _number(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:,g} {unit}"
