"""Measures, prints the table, and writes results/match.json and the table of the explanation.

RENTIX_TEST_DATA is the folder of real inputs. Exit code: 0 without a wrong automatic link of ours,
1 with one, 2 without the inputs.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Final

from benchmarks.matching.linkage import linkage_cases
from benchmarks.matching.measuring import Outcome, figures
from benchmarks.matching.rosters import roster_cases
from benchmarks.matching.ways import WAYS

_ROOT: Final = Path(__file__).parents[2]
RESULT: Final = _ROOT / "benchmarks" / "results" / "match.json"
PAGE: Final = _ROOT / "docs" / "explanation" / "matching.md"
BEGIN, END = "<!-- table: make match-report -->", "<!-- end of table -->"
_COLUMNS: Final = (
    "set", "way", "agents", "pairs", "wrong links", "right links", "recall", "to review",
    "of these right", "missed",
)  # fmt: skip
_WORDS: Final = 2
_HEAD: Final = (
    f"| {' | '.join(_COLUMNS)} |\n|{' --- |' * _WORDS}{' ---: |' * (len(_COLUMNS) - _WORDS)}"
)

Figures = dict[str, dict[str, dict[str, int]]]


def main() -> int:
    """Measure all of it."""
    named = os.environ.get("RENTIX_TEST_DATA")
    if not named or not Path(named).is_dir():
        print("set RENTIX_TEST_DATA to the folder of real inputs", file=sys.stderr)
        return 2
    data = Path(named)
    found = figures([*roster_cases(data), *linkage_cases(data / "linkage")])
    RESULT.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    table = table_of(found)
    print(table)
    _write_table(table)
    return 1 if any(ways["rentix match"]["wrong"] for ways in found.values()) else 0


def table_of(found: Figures) -> str:
    """The figures as a table of Markdown."""
    lines = [_HEAD]
    for case, ways in found.items():
        for way in WAYS:
            outcome = Outcome(**ways[way])
            lines.append(
                f"| {case} | {way} | {outcome.agents:,} | {outcome.pairs:,} | {outcome.wrong:,} "
                f"| {outcome.right:,} | {outcome.recall:.1%} | {outcome.review:,} "
                f"| {outcome.found:,} | {outcome.missed:,} |"
            )
    return "\n".join(lines)


def _write_table(table: str) -> None:
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
