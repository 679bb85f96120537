"""No automatic link is wrong, on labelled people whom a draw has made hard to tell apart."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from benchmarks.matching.__main__ import PAGE, RESULT, table_of
from benchmarks.matching.linkage import linkage_cases
from benchmarks.matching.making import Town
from benchmarks.matching.measuring import measure
from benchmarks.matching.rosters import roster_cases

FIRST = ("Ana", "Ion", "Maria", "Marina", "Ștefan", "Victor", "Victoria", "Ana-Maria", "Alexandru")
LAST = ("Rusu", "Ceban", "Ivanov", "Ivanova", "Țurcanu", "Munteanu", "Rotaru", "Chiriac", "Lungu")
NAMES = [f"{first} {last}" for first in FIRST for last in LAST]


@pytest.mark.parametrize("seed", range(20))
def test_invented_people(seed: int) -> None:
    case = Town("invented", NAMES, seed, cyrillic=True).settle()
    outcome = measure(case, "rentix match")
    assert outcome.wrong == 0
    assert outcome.recall > 0.3
    assert outcome.right + outcome.found + outcome.missed == outcome.pairs
    assert outcome.missed <= outcome.pairs // 10
    assert measure(case, "phone equality").wrong > 0


def test_the_same_seed_makes_the_same_people() -> None:
    one, other = (Town("invented", NAMES, 7, cyrillic=True).settle() for _ in range(2))
    assert one == other


@pytest.mark.parametrize("seed", range(20))
def test_nobody_of_a_couple_is_taken_for_the_other(seed: int) -> None:
    town = Town("couples", NAMES * 10, seed, cyrillic=True)
    town.marry()
    case = town.case
    outcome = measure(case, "rentix match")
    assert (outcome.agents, outcome.pairs, outcome.wrong) == (56, 48, 0)
    assert outcome.found > 0.8 * outcome.pairs
    assert measure(case, "phone equality").wrong > 20


@pytest.mark.slow
def test_real_names(test_data: Path) -> None:
    cases = [*roster_cases(test_data), *linkage_cases(test_data / "linkage")]
    assert {case.name: measure(case, "rentix match").wrong for case in cases} == {
        case.name: 0 for case in cases
    }


def test_the_page_has_the_table_of_the_committed_figures() -> None:
    found = msgspec.json.decode(RESULT.read_bytes(), type=dict[str, dict[str, dict[str, int]]])
    assert table_of(found) in PAGE.read_text("utf-8")
    assert all(ways["rentix match"]["wrong"] == 0 for ways in found.values())
