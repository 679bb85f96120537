"""Labelled pairs: users, agents, and who is whom."""

from __future__ import annotations

from dataclasses import dataclass, field

from rentix.model import Phone
from rentix.rules.matching import Agent, Candidate


@dataclass(slots=True)
class Case:
    """A portal and a CRM. `truth` names, for each agent's number in `agents`, the user they are.

    An agent who is not in it is nobody on the portal.
    """

    name: str
    users: list[Candidate] = field(default_factory=list)
    agents: list[Agent] = field(default_factory=list)
    truth: dict[int, int] = field(default_factory=dict)

    def add_user(self, name: str, phone: Phone) -> int:
        """Register a user; the id is returned."""
        self.users.append(Candidate(len(self.users) + 1, name, phone))
        return len(self.users)

    def add_agent(self, name: str, phones: tuple[Phone, ...], user_id: int | None) -> None:
        """Enter an agent, and who they are."""
        if user_id is not None:
            self.truth[len(self.agents)] = user_id
        self.agents.append(Agent(external_id=f"A{len(self.agents)}", name=name, phones=phones))


def mobile(number: int) -> Phone:
    """A mobile number of its own for each number below ten million."""
    digits = f"{number:07}"
    return Phone(f"+3736{digits}", f"+373 6{digits[:2]} {digits[2:5]} {digits[5:]}", "mobile")
