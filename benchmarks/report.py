"""What was found: benchmarks/results/<date>.json, and the table of benchmarks/README.md."""

from __future__ import annotations

import json
import operator
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import apsw

from benchmarks.limits import server_version
from rentix.store.cluster import Cluster

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
}
"""In the order of the table; figures without a goal come after them."""

WORST = ("growth_put", "growth_get", "rss_mib", "list_rss_mib", "list_p99_vs_quiet")
"""Measured on both databases (`…_sqlite`, `…_postgres`); the worse one counts."""

HERE = Path(__file__).parent
_BEGIN, _END = "<!-- figures -->", "<!-- /figures -->"
_SIGNS: dict[str, Callable[[float, float], bool]] = {">=": operator.ge, "<=": operator.le}
_UNITS = {
    "per_s": "a second",
    "operations_per_s": "operations a second",
    "p50_ms": "ms (p50)",
    "p99_ms": "ms (p99)",
}
_PACKAGES = ("rentix", "fastapi", "sqlalchemy", "asyncpg", "aiosqlite", "uvicorn")


class Result:
    """The result of a day: what was measured earlier in the day stays."""

    def __init__(self, cluster: Cluster) -> None:
        self._path = HERE / "results" / f"{datetime.now(UTC):%Y-%m-%d}.json"
        self._about = {"machine": describe_machine(), "versions": describe_versions(cluster)}

    def add(self, figures: dict[str, Figure]) -> None:
        """Write file and table."""
        earlier = (
            json.loads(self._path.read_text("utf-8"))["figures"] if self._path.exists() else {}
        )
        merged = with_worst(earlier | figures)
        result = {**self._about, "figures": {name: merged[name] for name in in_order(merged)}}
        text = json.dumps(result, indent=2)
        # A pair of runs is one line.
        text = re.sub(r"\[\s+([-\d.]+),\s+([-\d.]+)\s+\]", r"[\1, \2]", text)
        self._path.write_text(text + "\n", "utf-8")
        write_table(HERE / "README.md", merged, f"{self._path.stem}.json")

    def summary(self, figures: dict[str, Figure]) -> str:
        """A line for each figure."""
        found = with_worst(figures)
        return "\n".join(
            f"{name:32} {value_of(found[name]):>10,.2f}   {GOALS.get(name, '-'):8} "
            f"{_verdict(name, found[name])}"
            for name in in_order(found)
        )


def with_worst(figures: dict[str, Figure]) -> dict[str, Figure]:
    """The figures, with the worse of two databases under the plain name."""
    found = dict(figures)
    for name in WORST:
        both = [figures[f"{name}_{d}"] for d in ("sqlite", "postgres") if f"{name}_{d}" in figures]
        if both:
            found[name] = max(both, key=value_of)
    return found


def value_of(figure: Figure) -> float:
    """What is held against the goal: the ratio, or the value of what is compared with nothing."""
    return float(figure["ours"] if figure["ratio"] is None else figure["ratio"])


def in_order(figures: dict[str, Figure]) -> list[str]:
    """Names of figures: those with a goal first."""
    return [n for n in GOALS if n in figures] + sorted(n for n in figures if n not in GOALS)


def write_table(page: Path, figures: dict[str, Figure], source: str) -> None:
    """Put the figures between the marks of the page."""
    rows = [
        "| figure | ratio | goal | | ours | peer | unit |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    rows += [_row(name, figures[name]) for name in in_order(figures)]
    table = "\n".join([_BEGIN, f"From [{source}](results/{source}):", "", *rows, _END])
    pattern = re.compile(f"{_BEGIN}.*?{_END}", re.DOTALL)
    page.write_text(pattern.sub(lambda _: table, page.read_text("utf-8")), "utf-8")


def _row(name: str, figure: Figure) -> str:
    unit = _UNITS.get(figure["unit"], figure["unit"])
    ours, peer = (_number(figure[side]) for side in ("ours", "peer"))
    ratio = "" if figure["ratio"] is None else f"**{figure['ratio']:.2f}**"
    goal = GOALS.get(name, "").replace(">=", "≥").replace("<=", "≤")
    return f"| `{name}` | {ratio} | {goal} | {_verdict(name, figure)} | {ours} | {peer} | {unit} |"


def _verdict(name: str, figure: Figure) -> str:
    if name not in GOALS:
        return ""
    sign, limit = GOALS[name].split()
    return "met" if _SIGNS[sign](value_of(figure), float(limit)) else "missed"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits


def describe_machine() -> dict[str, Any]:
    """What all of it was measured on."""
    cpu = next(
        line.split(":")[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    memory_kb = int(Path("/proc/meminfo").read_text().split()[1])
    cores = len(os.sched_getaffinity(0))
    return {"cpu": cpu, "cores": cores, "memory": f"{memory_kb / 2**20:.0f} GiB"}


def describe_versions(cluster: Cluster) -> dict[str, str]:
    """What was measured, and with what."""
    said = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False).stdout  # noqa: S607
    return {
        "python": sys.version,  # with its build: they differ by half as much again
        "postgres": server_version(cluster),
        "sqlite": apsw.sqlite_lib_version(),
        "wrk": said.split()[1] if said else "",
        **{name: version(name) for name in _PACKAGES},
    }
