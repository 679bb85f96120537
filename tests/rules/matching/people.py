"""People in a few words, for tests of matching."""

from __future__ import annotations

from rentix.rules.matching import Agent, Candidate, phones_in

MOBILE, OTHER_MOBILE, OFFICE = "+373 69 123 456", "+373 79 500 500", "+373 22 212 121"


def user(user_id: int, name: str, phone: str = MOBILE) -> Candidate:
    """A user without external id."""
    return Candidate(user_id, name, phones_in(phone, "MD")[0])


def agent(external_id: str, name: str | None, phone: str | None = MOBILE) -> Agent:
    """An agent of a CRM, with all numbers in `phone`."""
    return Agent(external_id=external_id, name=name, phones=phones_in(phone, "MD"))
