"""Ways to pair: ours, and two that one would think of first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from benchmarks.matching.cases import Case
from rentix.rules.matching import Matching
from rentix.rules.search import fold_words

_SIMILAR: Final = 90.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a way says of an agent: linked to a user by itself, or users for a person to look at."""

    linked: int | None = None
    shown: tuple[int, ...] = ()


def rentix(case: Case) -> Iterator[Answer]:
    """Our own rule."""
    matching = Matching(case.users, case.agents)
    for agent in case.agents:
        verdict = matching.judge(agent)
        users = tuple(pair.user.user_id for pair in verdict.pairs)
        yield Answer(linked=users[0]) if verdict.call == "auto" else Answer(shown=users)


def phone_equality(case: Case) -> Iterator[Answer]:
    """Link to the first user who has the agent's number, as the vendor's guide has it."""
    holders: dict[str, int] = {}
    for user in case.users:
        holders.setdefault(user.phone.e164, user.user_id)
    for agent in case.agents:
        found = (holders.get(phone.e164) for phone in agent.phones)
        yield Answer(linked=next((user_id for user_id in found if user_id), None))


def name_similarity(case: Case) -> Iterator[Answer]:
    """Link to the user whose name is most alike, from 90 of 100 on."""
    names = {user.user_id: _sorted_words(user.name) for user in case.users}
    for agent in case.agents:
        best = process.extractOne(
            _sorted_words(agent.name or ""), names, scorer=fuzz.ratio, score_cutoff=_SIMILAR
        )
        yield Answer(linked=best[2] if best else None)


def _sorted_words(name: str) -> str:
    return " ".join(sorted(fold_words(name)))


WAYS: Final[Mapping[str, Callable[[Case], Iterator[Answer]]]] = {
    "rentix match": rentix,
    "phone equality": phone_equality,
    "name similarity": name_similarity,
}
