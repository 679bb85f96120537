"""The rule by which a portal's user is an agent of a CRM: certain, for a person to say, or no.

Automatic is a pair whose mobile number is the same and nobody else's, on either side, and whose
names agree in two whole words and contradict in none. A number of several is an office's. The same
number under another name may have a new owner. The same name without a number may be a namesake's.
All these are for a person to decide. A user is certain for one agent at most: the number is the
user's only one, and no other agent has it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from rentix.model import PhoneKind
from rentix.rules.matching.index import NameIndex
from rentix.rules.matching.names import WEIGHTS, Likeness, compare
from rentix.rules.matching.people import PERSONAL, Agent, Candidate, Pair, Verdict
from rentix.rules.search import fold_words

PAIRS_MAX: Final = 5
"""So many users are shown for an agent."""

NEAR_MAX: Final = 300
"""So many users are compared with an agent for their name; those with his number always are."""

_OWN, _PLACE, _SHARED = 60, 30, 25
_FEW: Final = 2


class Matching:
    """Users and agents, all that are to be told apart.

    `held` are the numbers of active users who have an external id, in E.164: these are never
    candidates, but a number of theirs is nobody else's.
    """

    def __init__(
        self, users: Iterable[Candidate], agents: Iterable[Agent], held: Iterable[str] = ()
    ) -> None:
        self._users = tuple(users)
        self._by_phone: dict[str, list[Candidate]] = {}
        self._holders = Counter(held)
        self._sharing: Counter[str] = Counter()
        self._user_words: Counter[str] = Counter()
        self._agent_words: Counter[str] = Counter()
        for user in self._users:
            self._by_phone.setdefault(user.phone.e164, []).append(user)
            self._holders[user.phone.e164] += 1
            self._user_words.update(set(fold_words(user.name)))
        for agent in agents:
            self._sharing.update({phone.e164 for phone in agent.phones})
            self._agent_words.update(set(fold_words(agent.name or "")))
        self._names: NameIndex[Candidate] | None = None

    def judge(self, agent: Agent, *, by_name: bool = True) -> Verdict:
        """Say which user an agent is, who they may be, or that nobody is like them.

        Without `by_name` only those are looked at who have the agent's number; that leaves none
        out who is certain.
        """
        near = self._near(agent, by_name=by_name)
        pairs = [pair for user in near if (pair := self.compare(agent, user))]
        pairs.sort(key=lambda pair: (-pair.score, pair.user.user_id))
        certain = [pair for pair in pairs if pair.certain]
        if len(certain) == 1:
            return Verdict("auto", (certain[0],), certain[0].reasons)
        if not pairs:
            return Verdict("none", reasons=("no user has their number or name",))
        return Verdict("review", tuple(pairs[:PAIRS_MAX]), tuple(_doubts(pairs)))

    def compare(self, agent: Agent, user: Candidate) -> Pair | None:
        """Weigh what says that a user is an agent; None if nothing does."""
        likeness = compare(agent.name or "", user.name, self._are_known)
        kinds = {phone.e164: phone.kind for phone in agent.phones}
        if user.phone.e164 not in kinds:
            if not likeness.agrees:
                return None
            numbers = "their numbers differ" if agent.phones else "the CRM has no number of theirs"
            reasons = (likeness.reason, f"{numbers}: a namesake, maybe")
            return Pair(user, WEIGHTS[likeness.kind], reasons, agrees=True)
        return self._same_phone(user, kinds[user.phone.e164], likeness)

    def _same_phone(self, user: Candidate, kind: PhoneKind, likeness: Likeness) -> Pair | None:
        crowd = self._crowd(user.phone.e164)
        if crowd:
            if not (likeness.agrees or likeness.overlaps):
                return None
            score, reasons = _SHARED + WEIGHTS[likeness.kind], (crowd, likeness.reason)
            return Pair(user, score, reasons, agrees=likeness.agrees)
        if kind not in PERSONAL:
            if likeness.kind == "different":
                return None
            reasons = ("the same number, which is a place's, not a person's", likeness.reason)
            score = _PLACE + WEIGHTS[likeness.kind]
            return Pair(user, score, reasons, agrees=likeness.agrees)
        return _pair_alone(user, likeness)

    def _crowd(self, phone: str) -> str:
        """Who else has a number, in words; empty if nobody has."""
        users, agents = self._holders[phone], self._sharing[phone]
        sides = [f"{users} users"] * (users >= _FEW) + [f"{agents} agents of the CRM"] * (
            agents >= _FEW
        )
        return f"the same number, but {' and '.join(sides)} have it" if sides else ""

    def _near(self, agent: Agent, *, by_name: bool) -> Iterator[Candidate]:
        """Yield whom an agent may be, each once: who has their number, then who has their name."""
        near: dict[int, Candidate] = {}
        for phone in agent.phones:
            near |= {user.user_id: user for user in self._by_phone.get(phone.e164, ())}
        if by_name and agent.name:
            near |= {user.user_id: user for user in self._index().find(agent.name)[:NEAR_MAX]}
        yield from near.values()

    def _index(self) -> NameIndex[Candidate]:
        if self._names is None:
            # Names that agree have a word in common; most users have none with these agents.
            near = (user for user in self._users if self._has_known_word(user.name))
            self._names = NameIndex((user.name, user) for user in near)
        return self._names

    def _has_known_word(self, name: str) -> bool:
        return any(word in self._agent_words for word in fold_words(name))

    def _are_known(self, word: str, other: str) -> bool:
        """Whether other people here have these words in their names: then they are two names."""
        of_agents = self._agent_words[word] >= _FEW or self._user_words[word] > 0
        return of_agents and (self._user_words[other] >= _FEW or self._agent_words[other] > 0)


def _pair_alone(user: Candidate, likeness: Likeness) -> Pair:
    """The pair of a user with whom an agent alone shares a mobile number."""
    reason = likeness.reason
    if likeness.kind == "different":
        reason += ": it may have a new owner"
    elif not likeness.certain:
        reason += ", which is too little to be sure"
    return Pair(
        user,
        _OWN + WEIGHTS[likeness.kind],
        ("the same mobile number, and nobody else's", reason),
        alone=True,
        certain=likeness.certain,
        agrees=likeness.agrees,
    )


def _doubts(pairs: list[Pair]) -> Iterator[str]:
    """Say why a person must decide."""
    best = [pair for pair in pairs if pair.score == pairs[0].score]
    if len(best) > 1:
        yield f"{len(best)} users fit equally well"
    yield from pairs[0].reasons
