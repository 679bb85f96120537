"""Who is paired: users of the portal and agents of a CRM; and what is said of a pair."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from rentix.model import Phone

Call = Literal["auto", "review", "none"]

PERSONAL: Final = frozenset({"mobile", "either"})
"""The kinds of numbers that a person has; any other is a place's."""


class Candidate(msgspec.Struct, frozen=True):
    """An active user of the portal whom no CRM's id names.

    The phone's kind is not asked for: the same number has the same kind on the CRM's side.
    """

    user_id: int
    name: str
    phone: Phone


class Agent(msgspec.Struct, frozen=True, kw_only=True):
    """An agent as the CRM has them; `phones` are all the numbers it gives, each once."""

    external_id: str | None = None
    name: str | None = None
    phones: tuple[Phone, ...] = ()
    email: str | None = None


class Pair(msgspec.Struct, frozen=True):
    """A user whom an agent may be, how much says so (0 to 100), and what, in words.

    `alone`: they have a mobile number in common that nobody else has, on either side. `certain`:
    that, and the names agree beyond doubt. `agrees`: no word of one name contradicts the other.
    """

    user: Candidate
    score: int
    reasons: tuple[str, ...]
    alone: bool = False
    certain: bool = False
    agrees: bool = False


class Verdict(msgspec.Struct, frozen=True):
    """What is to be done about an agent: link them, ask a person, or nothing.

    `pairs` are the likeliest users, the best first; `auto` has exactly one.
    """

    call: Call
    pairs: tuple[Pair, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def score(self) -> int:
        """That of the best pair; 0 without one."""
        return self.pairs[0].score if self.pairs else 0
