"""Which user of the portal a new record is, when the agent registered there by themselves.

A user is linked to a record by the plan if the record names the portal's own id, or if the rule of
`rules.matching` is certain. Two more are conflicts for a person to decide, and nobody is created
before that: a number that is theirs alone under a name that does not agree for certain, and a
number of several, or of a place, under a name that agrees. An office's number alone says nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from rentix.model import Phone, User
from rentix.rules.matching import Agent, Candidate, Matching, Pair, Verdict, phones_in
from rentix.sync.plan.compare import Wanted
from rentix.sync.records import Record, Skipped

Evidence = tuple[User, str]
"""A user without external id, and their etag."""


class _Told(msgspec.Struct):
    name: str | None = None
    phone: str | None = None


_read_told = msgspec.json.Decoder(_Told).decode


def agent_of(wanted: Wanted, region: str) -> Agent:
    """A record as the rule of matching sees it."""
    told = _read_told(wanted.record.operation).phone
    return Agent(
        external_id=wanted.record.external_id, name=wanted.name, phones=phones_in(told, region)
    )


def bystanders(
    idle: Iterable[Record | Skipped], agents: Container[str], region: str
) -> Iterator[Agent]:
    """Yield who has numbers and is none of the agents, each once; of rows that make no agent."""
    numbers: dict[str | int, tuple[str | None, dict[Phone, None]]] = {}
    for row in idle:
        if row.external_id in agents:
            continue  # another row of an agent: the number is their own
        told = _read_told(row.operation) if isinstance(row, Record) else row
        _, phones = numbers.setdefault(row.external_id or row.line, (told.name, {}))
        phones |= dict.fromkeys(phones_in(told.phone, region))
    for name, phones in numbers.values():
        yield Agent(name=name, phones=tuple(phones))


def candidate_of(user: User) -> Candidate:
    """A user as the rule of matching sees them."""
    return Candidate(user.id, user.name, user.phone)


@dataclass(slots=True)
class Registered:
    """The portal's users without external id, and all who may have a number or a name of theirs.

    `agents` are all that the source has, by external id, whether they are linked or not, `others`
    whom its other rows name. `held` are the numbers of linked users. `claims` counts the records
    that name a user by the portal's own id: such a user is no question for other records.
    """

    by_id: dict[int, Evidence] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)
    agents: dict[str, Agent] = field(default_factory=dict)
    others: list[Agent] = field(default_factory=list)
    claims: Counter[int] = field(default_factory=Counter)
    _matching: Matching | None = None

    def add(self, user: User, etag: str) -> None:
        """Remember a user whom a record may be."""
        self.by_id[user.id] = (user, etag)

    def note_linked(self, user: User) -> None:
        """Remember that somebody who is linked has a number."""
        if user.status == "active":
            self.held.append(user.phone.e164)

    def judge(self, external_id: str) -> Verdict:
        """Say whom one of the agents means by a number. Everybody must be known by then."""
        if self._matching is None:
            users = [user for user, _ in self.by_id.values() if user.status == "active"]
            free = [candidate_of(user) for user in users if user.id not in self.claims]
            claimed = [user.phone.e164 for user in users if user.id in self.claims]
            self._matching = Matching(
                free, [*self.agents.values(), *self.others], self.held + claimed
            )
        return self._matching.judge(self.agents[external_id], by_name=False)

    def evidence(self, pair: Pair) -> Evidence:
        """The user of a pair, and their etag."""
        return self.by_id[pair.user.user_id]
