"""The names of the rosters that are among the test data."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.matching.cases import Case
from benchmarks.matching.making import Town

_MOST: Final = 4000
SEED: Final = 20261128


def roster_cases(data: Path) -> Iterator[Case]:
    """Yield a case for each roster."""
    translators = _column(data / "rosters/ro_translators/roster_A_masked.csv", "Nume si prenume")
    parliament = _column(data / "names/moldova_parliament/data__wikidata.csv", "name")
    yield Town("Romanian translators", translators[:_MOST], SEED, cyrillic=True).settle()
    yield Town("Moldovan parliament", parliament, SEED, cyrillic=True).settle()
    yield Town("US Congress", _congress(data), SEED, cyrillic=False).settle()


def _column(path: Path, column: str) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        names = (" ".join((row[column] or "").split()) for row in csv.DictReader(file))
        return [name for name in names if " " in name]


def _congress(data: Path) -> list[str]:
    lines = (data / "rosters/us_congress/roster.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["name"] for line in lines if line]
