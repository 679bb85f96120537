"""Whom a name may mean, found without comparing it with every other.

A name is filed under each pair of its words, one of them whole, the other whole, with a letter left
out, or as an initial. Two names that agree but for one slip or initial share such a pair.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final, Generic, TypeVar

from rentix.rules.search import fold_words

T = TypeVar("T")

_WORDS_MAX: Final = 6


class NameIndex(Generic[T]):
    """Things by their names."""

    def __init__(self, named: Iterable[tuple[str, T]]) -> None:
        self._things: list[T] = []
        self._filed: defaultdict[str, list[int]] = defaultdict(list)
        for number, (name, thing) in enumerate(named):
            self._things.append(thing)
            for key in set(_keys(name)):
                self._filed[key].append(number)

    def find(self, name: str) -> list[T]:
        """Those whose name may agree with this one, in the order in which they were given."""
        found = {number for key in set(_keys(name)) for number in self._filed.get(key, ())}
        return [self._things[number] for number in sorted(found)]


def _keys(name: str) -> Iterator[str]:
    words = tuple(dict.fromkeys(fold_words(name)))[:_WORDS_MAX]
    if words:
        yield "".join(sorted(words))
    for word in words:
        for other in words:
            if other != word:
                yield from (f"{word} {form}" for form in _forms(other))


def _forms(word: str) -> Iterator[str]:
    yield word
    yield word[0]
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]
