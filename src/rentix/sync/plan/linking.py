"""Which user of the portal a new record is, when the agent registered there by themselves.

A user is linked to a record by the plan if the record names the portal's own id, or if the rule of
`rules.matching` is certain. The same number under a name that does not agree for certain is a
conflict for a person to decide; a number of several is an office's, and says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from rentix.model import User
from rentix.rules.matching import Agent, Candidate, Matching, Pair, Verdict, phones_in
from rentix.sync.plan.compare import Wanted

Evidence = tuple[User, str]
"""A user without external id, and their etag."""


class _Told(msgspec.Struct):
    phone: str | None = None


_read_told = msgspec.json.Decoder(_Told).decode


def agent_of(wanted: Wanted, region: str) -> Agent:
    """A record as the rule of matching sees it."""
    told = _read_told(wanted.record.operation).phone
    return Agent(
        external_id=wanted.record.external_id, name=wanted.name, phones=phones_in(told, region)
    )


def candidate_of(user: User) -> Candidate:
    """A user as the rule of matching sees them."""
    return Candidate(user.id, user.name, user.phone)


@dataclass(slots=True)
class Registered:
    """The portal's users without external id, as far as the source may mean them.

    `agents` are all that the source has. `held` are numbers of theirs that linked users have.
    """

    agents: tuple[Agent, ...]
    wanted_ids: frozenset[int]
    by_id: dict[int, Evidence] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)
    _wanted_phones: frozenset[str] = field(init=False)
    _same_phone: dict[int, Evidence] = field(default_factory=dict)
    _matching: Matching | None = None

    def __post_init__(self) -> None:
        """Note which numbers are worth remembering."""
        numbers = (phone for agent in self.agents for phone in agent.phones)
        self._wanted_phones = frozenset(phone.e164 for phone in numbers)

    def add(self, user: User, etag: str) -> None:
        """Remember a user whom a record may be."""
        if user.status == "active" and user.phone.e164 in self._wanted_phones:
            self._same_phone[user.id] = (user, etag)
        if user.id in self.wanted_ids:
            self.by_id[user.id] = (user, etag)

    def note_linked(self, user: User) -> None:
        """Remember that somebody who is linked has a number."""
        if user.status == "active" and user.phone.e164 in self._wanted_phones:
            self.held.append(user.phone.e164)

    def judge(self, agent: Agent) -> Verdict:
        """Say whom an agent means by a number."""
        if self._matching is None:
            users = (candidate_of(user) for user, _ in self._same_phone.values())
            self._matching = Matching(users, self.agents, self.held)
        return self._matching.judge(agent, by_name=False)

    def evidence(self, pair: Pair) -> Evidence:
        """The user of a pair, and their etag."""
        return self._same_phone[pair.user.user_id]
