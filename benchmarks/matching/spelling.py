"""How people write one name: other letters, another order, slips, less of it.

Cyrillic is written by a table of its own, as Moldovan papers do, not by the one of `rules.search`.
"""

from __future__ import annotations

import re
import unicodedata
from random import Random
from typing import Final

_CYRILLIC: Final = {
    "ch": "к", "ghe": "ге", "ghi": "ги", "ce": "че", "ci": "чи", "ge": "дже",
    "gi": "джи", "ia": "я", "iu": "ю", "ea": "я", "sch": "ск", "ș": "ш", "ş": "ш", "ț": "ц",
    "ţ": "ц", "ă": "э", "â": "ы", "î": "ы", "a": "а", "b": "б", "c": "к", "d": "д", "e": "е",
    "f": "ф", "g": "г", "h": "х", "i": "и", "j": "ж", "k": "к", "l": "л", "m": "м", "n": "н",
    "o": "о", "p": "п", "q": "к", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в", "w": "в",
    "x": "кс", "y": "й", "z": "з",
}  # fmt: skip
_PIECE: Final = re.compile("|".join(sorted(_CYRILLIC, key=len, reverse=True)))
_ALPHABET: Final = "abcdefghijlmnoprstuvz"


def cyrillic(name: str) -> str:
    """Write a Romanian name in Cyrillic."""
    spelled = _PIECE.sub(lambda found: _CYRILLIC[found[0]], name.casefold())
    return " ".join(word.capitalize() for word in spelled.split())


def plain(name: str) -> str:
    """Leave out the diacritics."""
    split = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def turned(name: str) -> str:
    """Put the first word last."""
    first, _, rest = name.partition(" ")
    return f"{rest} {first}".strip()


def shortened(name: str) -> str:
    """Leave out what is between the first word and the last, or nothing."""
    words = name.split()
    return f"{words[0]} {words[-1]}" if len(words) > 2 else name  # noqa: PLR2004 - first and last


def with_initial(name: str) -> str:
    """Write the last word as its initial."""
    words = name.split()
    return " ".join([*words[:-1], f"{words[-1][0]}."])


def slipped(chance: Random, name: str) -> str:
    """Make one slip: a letter left out, doubled by another, replaced, or two of them swapped."""
    places = [place for place, letter in enumerate(name[:-1]) if letter.isalpha()]
    at = chance.choice(places)
    kind = chance.randrange(4)
    letter = chance.choice(_ALPHABET)
    middle = ("", name[at] + letter, letter, name[at + 1] + name[at])[kind]
    return name[:at] + middle + name[at + (2 if kind == 3 else 1) :]  # noqa: PLR2004 - the swap takes two
