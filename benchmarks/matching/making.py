"""A labelled portal and CRM, made of a roster's names with all that makes pairing hard.

Same seed, same case. What befalls people is drawn for each: see `HARDSHIPS`. Everybody has a
mobile number of their own to begin with. Couples come after them, whose names differ by their ends
and whose numbers are mixed up: see `COUPLES`.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final

from benchmarks.matching import spelling
from benchmarks.matching.cases import Case, mobile
from rentix.model import Phone
from rentix.rules.search import fold_words

HARDSHIPS: Final = {
    "office": 0.12,  # the CRM, and often the portal, has the office's number
    "recycled": 0.05,  # the CRM's number belongs to another user today
    "changed": 0.07,  # the CRM's number is nobody's any more
    "no number": 0.05,
    "relative": 0.03,  # a relative registered with the agent's number; the agent did not
    "namesake": 0.04,  # somebody else of this name is on the portal, too
    "twice": 0.01,  # the CRM has them twice
    "unregistered": 0.10,
    "no agent": 0.08,  # a user of the portal whom the CRM does not have
}
COUPLES: Final = (
    "office",  # both have one number, on both sides
    "one number",  # the CRM has his number for both
    "swapped",  # the CRM has his number for her, and hers for him
    "one each",  # he is on the portal and she in the CRM, with one number
)
_SPELLINGS: Final = {
    "cyrillic": 0.15,
    "plain": 0.30,
    "turned": 0.40,
    "shortened": 0.15,
    "initial": 0.03,
    "slip": 0.08,
}
_OFFICE_OF: Final = 8
_COUPLE_OF: Final = 25
"""So many people come for each couple."""
_SPOUSES: Final = (
    ("Marian", "Marina"), ("Ion", "Ioana"), ("Ioan", "Ioana"), ("Cristian", "Cristina"),
    ("Victor", "Victoria"), ("Alexandru", "Alexandra"), ("Adrian", "Adriana"),
    ("Iulian", "Iuliana"), ("Daniel", "Daniela"), ("Mihail", "Mihaela"), ("Andrei", "Andreea"),
    ("Valentin", "Valentina"), ("Florian", "Florina"), ("Georgian", "Georgiana"),
)  # fmt: skip
_RELATIVES: Final = (
    "Maria", "Marina", "Ana", "Ion", "Ioana", "Ioan", "Victor", "Victoria", "Alexandru",
    "Alexandra", "Elena", "Mihai", "Mihaela", "Cristina", "Cristian",
)  # fmt: skip


class Town:
    """The people of a case, as they come."""

    def __init__(self, title: str, names: Sequence[str], seed: int, *, cyrillic: bool) -> None:
        self.case = Case(title)
        self._names = names
        self._chance = Random(seed)  # noqa: S311 - a draw, no secret
        self._cyrillic = cyrillic
        self._next = 0

    def settle(self) -> Case:
        """Let everybody come."""
        chance = self._chance
        kinds, weights = zip(*HARDSHIPS.items(), strict=True)
        usual = 1 - sum(weights)
        for number, name in enumerate(self._names):
            kind = chance.choices(("none", *kinds), (usual, *weights))[0]
            self._come(kind, name, number)
        self.marry()
        return self.case

    def marry(self) -> None:
        """Let couples come."""
        for number in range(len(self._names) // _COUPLE_OF):
            self._come_together(COUPLES[number % len(COUPLES)], mobile(9_950_000 + number))

    def _come_together(self, kind: str, office: Phone) -> None:
        """Let a couple come, whose names somebody in a hurry takes for one."""
        case, (his, hers) = self.case, (self._number(), self._number())
        he, she = self._couple()
        if kind == "one each":
            case.add_user(he, his)
            case.add_agent(self._spelled_unlike(she, he), (his,), None)
            return
        shown = (office, office) if kind == "office" else (his, hers)
        in_crm = {"office": (office, office), "one number": (his, his), "swapped": (hers, his)}[
            kind
        ]
        users = [case.add_user(name, phone) for name, phone in zip((he, she), shown, strict=True)]
        case.add_agent(self._spelled_unlike(he, she), in_crm[:1], users[0])
        case.add_agent(self._spelled_unlike(she, he), in_crm[1:], users[1])

    def _couple(self) -> tuple[str, str]:
        """A man and a woman of one family."""
        he, she = self._chance.choice(_SPOUSES)
        family = he
        while {*fold_words(family)} & {*fold_words(f"{he} {she}")}:
            family = self._chance.choice(self._names).split()[self._chance.choice((0, -1))]
        return f"{family} {he}", f"{family} {she}"

    def _come(self, kind: str, name: str, number: int) -> None:
        case, own = self.case, self._number()
        office = mobile(9_900_000 + number // _OFFICE_OF)
        if kind == "relative":
            case.add_user(self._relative(name), own)
            case.add_agent(self._spelled(name), (own,), None)
        elif kind == "unregistered":
            case.add_agent(self._spelled(name), (own,), None)
        elif kind == "no agent":
            case.add_user(self._spelled(name), own)
        elif kind == "office":
            shown = office if self._chance.random() < 0.7 else own  # noqa: PLR2004 - a share
            case.add_agent(self._spelled(name), (office,), case.add_user(name, shown))
        else:
            self._come_with(kind, name, own)

    def _come_with(self, kind: str, name: str, own: Phone) -> None:
        case = self.case
        in_crm: tuple[Phone, ...] = (own,)
        user_id = case.add_user(name, own)
        if kind == "recycled":
            in_crm = (self._number(),)
            case.add_user(self._stranger(name), *in_crm)
        elif kind == "changed":
            in_crm = (self._number(),)
        elif kind == "no number":
            in_crm = ()
        elif kind == "namesake":
            case.add_user(name, self._number())
        elif kind == "twice":
            case.add_agent(self._spelled(name), in_crm, user_id)
        case.add_agent(self._spelled(name), in_crm, user_id)

    def _number(self) -> Phone:
        self._next += 1
        return mobile(self._next)

    def _stranger(self, name: str) -> str:
        """Somebody of another name: of a number that goes to a namesake nobody could tell."""
        found = name
        while set(fold_words(found)) & set(fold_words(name)):
            found = self._chance.choice(self._names)
        return found

    def _relative(self, name: str) -> str:
        """Somebody else of the same family, whichever word of the name that is."""
        words, borne = name.split(), fold_words(name)
        first = self._chance.choice(
            [each for each in _RELATIVES if fold_words(each)[0] not in borne]
        )
        kept = words[0] if self._chance.random() < 0.5 else words[-1]  # noqa: PLR2004 - a share
        return f"{kept} {first}"

    def _spelled_unlike(self, name: str, other: str) -> str:
        """A spelling that no slip has made the other's name: nobody could tell the two apart."""
        theirs, spelled = {*fold_words(other)} - {*fold_words(name)}, self._spelled(name)
        while theirs & {*fold_words(spelled)}:
            spelled = self._spelled(name)
        return spelled

    def _spelled(self, name: str) -> str:
        draw = self._chance.random
        if draw() < _SPELLINGS["shortened"]:
            name = spelling.shortened(name)
        if draw() < _SPELLINGS["initial"]:
            name = spelling.with_initial(name)
        if draw() < _SPELLINGS["slip"]:
            name = spelling.slipped(self._chance, name)
        if draw() < _SPELLINGS["turned"]:
            name = spelling.turned(name)
        if self._cyrillic and draw() < _SPELLINGS["cyrillic"]:
            return spelling.cyrillic(name)
        return spelling.plain(name) if draw() < _SPELLINGS["plain"] else name
