"""How far two names agree: across scripts and diacritics, in any order, word by word.

Words are compared as `rules.search` folds them. A name may have more words than the other (a
patronymic), or a letter for a word (an initial); a word may have a slip of the pen. Short forms
(Sasha, Alexandru) are other words: nobody guesses them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, Literal

import msgspec
from rapidfuzz.distance import OSA

from rentix.rules.search import CYRILLIC, fold_words

Kind = Literal["same", "fuller", "initials", "typo", "different"]

INITIALS: Final = frozenset(
    folded for letter in (*CYRILLIC, *"abcdefghijklmnopqrstuvwxyz") for folded in fold_words(letter)
)
"""What a single letter folds to: Ю. is iu."""

WEIGHTS: Final[dict[Kind, int]] = {
    "same": 40,
    "fuller": 37,
    "typo": 32,
    "initials": 28,
    "different": 0,
}
_SLIP_FROM, _TWO_SLIPS_FROM = 4, 8
_PLAIN_SLIP_FROM: Final = 7
_SWAP_FROM: Final = 6
_ENDING: Final = 3
ENOUGH, PLENTY = 2, 3
"""So many whole words must agree: one is a first name, or a family's. Rusu Ion may be the father of
Rusu Ana Ion, so of a longer name three must, unless what it has more is a patronymic."""

_PATRONYMIC: Final = re.compile(r"\w{2,}(?:[oe]vici?|[oe]vna|icna)")
"""As folded: Иванович, Ivanovici, Ильинична."""


class Likeness(msgspec.Struct, frozen=True):
    """How two names agree. `matched` counts the words of one that the other has in some form.

    `certain`: two whole words agree, or one and another but for a plain slip; none differs; and
    what one has more is no name that a relative could have.
    """

    kind: Kind
    matched: int
    certain: bool
    reason: str

    @property
    def overlaps(self) -> bool:
        """Whether some words agree, though others do not."""
        return self.kind == "different" and self.matched >= ENOUGH

    @property
    def agrees(self) -> bool:
        """Whether no word of one contradicts the other, and more than one word says so."""
        return self.kind != "different" and (self.matched >= ENOUGH or self.kind == "same")


Known = Callable[[str, str], bool]
"""Whether both spellings of a word are names of other people here, so neither is a slip."""


def compare(one: str, other: str, are_known: Known = lambda *_: False) -> Likeness:
    """Compare two names."""
    left, right = list(fold_words(one)), list(fold_words(other))
    if not left or not right:
        return Likeness("different", 0, certain=False, reason="a name is missing")
    shared = Counter(left) & Counter(right)
    whole = {word for word in shared if word not in INITIALS}
    matched = shared.total()
    left, right = _without(left, shared), _without(right, shared)
    if left and "".join(left) == "".join(right):
        whole.add("".join(left))
        matched, left, right = matched + 1, [], []
    slips = _pair(left, right, _is_slip)
    initials = _pair(left, right, _is_initial)
    matched += len(slips) + len(initials)
    if not matched or (left and right):
        return Likeness("different", matched, certain=False, reason=_difference(matched))
    plain = [pair for pair in slips if _is_plain(*pair) and not are_known(*pair)]
    agreeing = len(whole) + len(plain)
    needed = ENOUGH if all(map(_is_telling_nothing, left or right)) else PLENTY
    certain = bool(whole) and len(plain) == len(slips) <= 1 and agreeing >= needed
    kind, reason = _name_kind(slips, initials, left or right, one, other)
    return Likeness(kind, matched, certain, reason)


def _without(words: Sequence[str], shared: Counter[str]) -> list[str]:
    """The words that the other name lacks, in order."""
    left, kept = Counter(shared), []
    for word in words:
        if left[word]:
            left[word] -= 1
        else:
            kept.append(word)
    return kept


def _pair(
    left: list[str], right: list[str], are_alike: Callable[[str, str], bool]
) -> list[tuple[str, str]]:
    """Take alike words out of both lists, a word at most once."""
    pairs: list[tuple[str, str]] = []
    for word in tuple(left):
        found = next((other for other in right if are_alike(word, other)), None)
        if found is not None:
            left.remove(word)
            right.remove(found)
            pairs.append((word, found))
    return pairs


def _is_slip(word: str, other: str) -> bool:
    shorter = min(len(word), len(other))
    if shorter < _SLIP_FROM:
        return False
    most = 2 if shorter >= _TWO_SLIPS_FROM else 1
    return OSA.distance(word, other, score_cutoff=most) <= most


def _is_plain(word: str, other: str) -> bool:
    """Whether a difference can hardly make another name: one amid a long word.

    Victor and Victoria, Ivanov and Ivanova differ by their ends, and so do Marian and Marina, by
    two letters swapped, and Georgina and Georgiana; short names differ by any letter.
    """
    if OSA.distance(word, other, score_cutoff=1) > 1:
        return False
    framed = word[0] == other[0] and word[-_ENDING:] == other[-_ENDING:]
    is_swap = sorted(word) == sorted(other)
    least = _SWAP_FROM if is_swap else _PLAIN_SLIP_FROM
    return framed and min(len(word), len(other)) >= least


def _is_telling_nothing(word: str) -> bool:
    """Whether a name with this word and one without it are one person's."""
    return word in INITIALS or _PATRONYMIC.fullmatch(word) is not None


def _is_initial(word: str, other: str) -> bool:
    return (word in INITIALS and other.startswith(word)) or (
        other in INITIALS and word.startswith(other)
    )


def _difference(matched: int) -> str:
    return "the names differ" if not matched else "the names agree in part only"


def _name_kind(
    slips: Sequence[tuple[str, str]],
    initials: Sequence[tuple[str, str]],
    more: Sequence[str],
    one: str,
    other: str,
) -> tuple[Kind, str]:
    if slips:
        return "typo", "the names agree but for " + ", ".join(f"{a}/{b}" for a, b in slips)
    if initials:
        return "initials", "the names agree as far as initials tell"
    if more:
        return "fuller", f"the names agree; one has {' '.join(more)} as well"
    if one == other:
        return "same", "the same name"
    return "same", "the same name, spelled or ordered otherwise"
