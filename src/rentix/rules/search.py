"""How a name is found: both sides of a search are folded by tables, then compared by prefix.

A word loses case and diacritics, Cyrillic is written in Latin letters (`CYRILLIC`), the ways to
spell one sound become one (`SPELLINGS`), and doubled letters one. So ``Андрей Чебан`` is stored as
``andrei ceban`` and found by andrei, Andrey, ceban and cheban; ``Юлия``, ``Iulia`` and ``Yuliya``
are one word, as are ``Кирилл``, ``Kirill`` and ``Chiril``. Letters of other scripts stay as they
are. These tables are the contract's published table; the documentation prints them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

CYRILLIC = {
    "а": "a",
    "б": "b",
    "в": "v",
    "г": "g",
    "ґ": "g",
    "д": "d",
    "е": "e",
    "є": "ye",
    "ж": "zh",
    "з": "z",
    "и": "i",
    "і": "i",
    "к": "k",
    "л": "l",
    "м": "m",
    "н": "n",
    "о": "o",
    "п": "p",
    "р": "r",
    "с": "s",
    "т": "t",
    "у": "u",
    "ф": "f",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ы": "y",
    "ь": "",
    "э": "e",
    "ю": "yu",
    "я": "ya",
}
"""Russian and Ukrainian to Latin. й, ё and ї lose their marks first, as ă, ș and ț do."""

LATIN = {"đ": "d", "ı": "i", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe"}
"""Latin letters whose stroke or shape is no mark that could be taken off."""

SPELLINGS = {
    "ch": "c",
    "dj": "j",
    "dzh": "j",
    "gh": "g",
    "kh": "h",
    "ph": "f",
    "sh": "s",
    "th": "t",
    "ts": "t",
    "tz": "t",
    "zh": "j",
    "ea": "ia",
    "ie": "e",
    "ye": "e",
    "k": "c",
    "q": "c",
    "w": "v",
    "x": "cs",
    "y": "i",
}
"""One form for the spellings of a sound, read from left to right, the longest first."""

_LETTERS = str.maketrans({**CYRILLIC, **LATIN})
_SPELLING = re.compile("|".join(sorted(SPELLINGS, key=len, reverse=True)))
_PAIR = re.compile("|".join(spelling for spelling in SPELLINGS if len(spelling) > 1))
_DOUBLED = re.compile(r"([^\W\d_])\1+")
_APOSTROPHES = "'`´ʼʹ‘’′"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_APOSTROPHES}](?=[^\W_]))*")
_APOSTROPHE = re.compile(f"[{_APOSTROPHES}]")
_DROPPED = {"Mn", "Mc", "Me", "Cf"}


def fold_words(text: str) -> tuple[str, ...]:
    """Fold the words of a query, each to one form of ``a-z``, ``0-9`` and other scripts' letters.

    Words part at everything but letters and digits; an apostrophe inside joins: ``O'Brien`` is
    ``obrien``.
    """
    folded = (_fold(_APOSTROPHE.sub("", word)) for word in _WORD.findall(_latinise(text)))
    return tuple(word for word in folded if word)


@lru_cache(4096)  # a save of anything else than the name asks again
def search_key(text: str) -> str:
    """Fold a name for storing: a blank before each form, so that ``LIKE '% ceb%'`` finds prefixes.

    A word has more forms than one where it needs them to be found at every letter that is typed
    (``Mikhail`` is ``mihail``, yet ``mik`` must find it), and by the parts an apostrophe joins.
    """
    forms: dict[str, None] = {}
    for word in _WORD.findall(_latinise(text)):
        for spelled in _spell(word):
            forms |= dict.fromkeys(_list_forms(spelled))
    return "".join(f" {form}" for form in forms if form)


def _spell(word: str) -> tuple[str, ...]:
    """A word without its apostrophes, and the parts that they join."""
    if word.isascii() and word.isalnum():
        return (word,)
    parts = _APOSTROPHE.split(word)
    return ("".join(parts), *parts)


def _latinise(text: str) -> str:
    """Take off case and marks, letter by letter: what a prefix becomes is a prefix of the whole."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        text = "".join(c for c in text if unicodedata.category(c) not in _DROPPED)
    return text.casefold().translate(_LETTERS)


def _fold(word: str) -> str:
    spelled = _SPELLING.sub(lambda found: SPELLINGS[found[0]], _DOUBLED.sub(r"\1", word))
    return _DOUBLED.sub(r"\1", spelled)


@lru_cache(16_384)  # a country has some thousands of first and last names
def _list_forms(word: str) -> tuple[str, ...]:
    """Fold a word, and those of its beginnings with which the fold does not begin."""
    whole = _fold(word)
    if not _PAIR.search(word):  # single letters fold each on its own, so every beginning fits
        return (whole,)
    beginnings = (_fold(word[:length]) for length in range(1, len(word)))
    return (whole, *(form for form in beginnings if not whole.startswith(form)))
