"""What came of a way: right and wrong links, what a person has to look at, what is missed."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from benchmarks.matching.cases import Case
from benchmarks.matching.ways import WAYS


@dataclass(frozen=True, slots=True)
class Outcome:
    """Agents by what became of them.

    `pairs` is how many of them are users. `right` and `wrong` were linked automatically. `review`
    is how many agents a person has to look at, and `found` how many of these are shown the user
    they are. `missed` are neither linked nor shown.
    """

    agents: int
    pairs: int
    right: int
    wrong: int
    review: int
    found: int
    missed: int

    @property
    def recall(self) -> float:
        """The share of pairs that are linked automatically."""
        return self.right / self.pairs if self.pairs else 0.0


def measure(case: Case, way: str) -> Outcome:
    """Pair a case in one of the ways, and compare with the truth."""
    right = wrong = review = found = 0
    for number, answer in enumerate(WAYS[way](case)):
        meant = case.truth.get(number)
        right += answer.linked is not None and answer.linked == meant
        wrong += answer.linked is not None and answer.linked != meant
        review += bool(answer.shown)
        found += meant in answer.shown
    pairs = len(case.truth)
    return Outcome(len(case.agents), pairs, right, wrong, review, found, pairs - right - found)


def figures(cases: list[Case]) -> dict[str, dict[str, dict[str, int]]]:
    """The outcomes of all ways, by case."""
    return {case.name: {way: asdict(measure(case, way)) for way in WAYS} for case in cases}
