"""The table of benchmarks/README.md, and the sentence below it that says what runs these were."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.goals import GOALS, WORST, Figure, in_order, judge, rows_of

_BEGIN, _END = "<!-- figures -->", "<!-- /figures -->"
_UNITS = {
    "per_s": "a second",
    "operations_per_s": "operations a second",
    "p50_ms": "ms (p50)",
    "p99_ms": "ms (p99)",
    "pictures_per_s": "pictures a second",
}
_HEAD = [
    "| figure | ratio | goal | | ours | peer | unit |",
    "| --- | --- | --- | --- | --- | --- | --- |",
]


def write_table(page: Path, figures: dict[str, Figure], source: str) -> None:
    """Put the figures between the marks of the page."""
    rows = [_row(name, figures.get(name)) for name in rows_of(figures)]
    origin = f"From [{source}](results/{source}):"
    table = "\n".join([_BEGIN, origin, "", *_HEAD, *rows, "", describe_runs(figures), _END])
    pattern = re.compile(f"{_BEGIN}.*?{_END}", re.DOTALL)
    page.write_text(pattern.sub(lambda _: table, page.read_text("utf-8")), "utf-8")


def describe_runs(figures: dict[str, Figure]) -> str:
    """How long and how many the runs were and of which commit: `Runs of 5 s, 5 pairs each, of …`.

    Where they differ, a sentence for each kind, the commonest last.
    """
    # Memory is no pair of runs: it is told only when its commit is another.
    alike = len({figure.get("commit") for figure in figures.values()}) == 1
    kinds: dict[str, list[str]] = {}
    for name in in_order(figures):
        paired = figures[name]["ratio"] is not None
        if name not in WORST and (paired or not alike):
            kinds.setdefault(_describe_run(figures[name]), []).append(name)
    if not kinds:
        return ""
    *rarer, commonest = sorted(kinds, key=lambda kind: len(kinds[kind]))
    told = [f"{', '.join(f'`{name}`' for name in kinds[kind])}: {kind}." for kind in rarer]
    last = f"The others: {commonest}." if rarer else f"{commonest[0].upper()}{commonest[1:]}."
    return " ".join([*told, last])


def _describe_run(figure: Figure) -> str:
    if "commit" not in figure:
        return "neither the length of the runs nor the commit was kept"
    if figure["ratio"] is None:
        return f"memory, of commit {figure['commit']}"
    length = f"runs of {figure['seconds']} s, {len(figure['runs'])} pairs each"
    return f"{length}, of commit {figure['commit']}"


def _row(name: str, figure: Figure | None) -> str:
    goal = GOALS.get(name, "").replace(">=", "≥").replace("<=", "≤")
    begin, verdict = f"| `{name}` |", judge(name, figure)
    if figure is None:
        return f"{begin}  | {goal} | {verdict} |  |  |  |"
    unit = _UNITS.get(figure["unit"], figure["unit"])
    ours, peer = (_number(figure[side]) for side in ("ours", "peer"))
    ratio = "" if figure["ratio"] is None else f"**{figure['ratio']:.2f}**"
    return f"{begin} {ratio} | {goal} | {verdict} | {ours} | {peer} | {unit} |"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits
