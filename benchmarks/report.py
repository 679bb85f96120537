"""What was found: benchmarks/results/<date>.json, and the table of benchmarks/README.md."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.goals import GOALS, Figure, in_order, judge, rows_of, value_of, with_worst
from benchmarks.table import write_table

HERE = Path(__file__).parent


class Result:
    """The result of a day, and the last of each figure that was not measured on it."""

    def __init__(self, about: dict[str, Any], day: date, folder: Path = HERE) -> None:
        self._about = about
        self._path = folder / "results" / f"{day:%Y-%m-%d}.json"
        self._page = folder / "README.md"

    def add(self, figures: dict[str, Figure]) -> None:
        """Write file and table."""
        merged = with_worst(self._read_earlier() | figures)
        result = {**self._about, "figures": {name: merged[name] for name in in_order(merged)}}
        text = json.dumps(result, indent=2)
        # A pair of runs is one line.
        text = re.sub(r"\[\s+([-\d.]+),\s+([-\d.]+)\s+\]", r"[\1, \2]", text)
        self._path.write_text(text + "\n", "utf-8")
        write_table(self._page, merged, self._path.name)

    def _read_earlier(self) -> dict[str, Figure]:
        """What the file has; figures of another machine or other versions take those with them."""
        days = [path for path in self._path.parent.glob("2*.json") if path <= self._path]
        if not days:
            return {}
        earlier = json.loads(max(days).read_text("utf-8"))
        figures: dict[str, Figure] = earlier.pop("figures")
        other = {name: said for name, said in earlier.items() if said != self._about.get(name)}
        return {name: other | figure for name, figure in figures.items()}


def summarise(figures: dict[str, Figure]) -> str:
    """A line for each figure."""
    found = with_worst(figures)
    return "\n".join(_summarise(name, found.get(name)) for name in rows_of(found))


def _summarise(name: str, figure: Figure | None) -> str:
    value = f"{value_of(figure):,.2f}" if figure else ""
    return f"{name:32} {value:>10}   {GOALS.get(name, '-'):8} {judge(name, figure)}"
