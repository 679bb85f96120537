"""Whether two names are one person's: what agrees, and what only seems to."""

from __future__ import annotations

import pytest

from rentix.rules.matching.names import compare


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("Ion Ceban", "Ion Ceban", "same"),
        ("Ceban Ion", "ION CEBAN", "same"),
        ("Андрей Чебан", "Ceban Andrei", "same"),
        ("Ștefan Țurcanu", "Stefan Turcanu", "same"),
        ("Ana-Maria Rusu", "Rusu Anamaria", "same"),
        ("Чебан Андрей Иванович", "Andrei Ceban", "fuller"),
        ("Rusu Ana Ilinicna", "Ana Rusu", "fuller"),
        ("Ana Maria Rusu", "Rusu Ana Maria Elena", "fuller"),
        ("Viorica Rusu", "Voirica Rusu", "typo"),
        ("Ion V. Ceban", "Ion Vasile Ceban", "initials"),
        ("Alexandru Rotaru", "Alexnadru Rotaru", "typo"),
        ("Veaceslav Rotaru", "Veacslav Rotaru", "typo"),
    ],
)
def test_names_that_agree_in_two_words_are_certain(one: str, other: str, kind: str) -> None:
    for left, right in ((one, other), (other, one)):
        likeness = compare(left, right)
        assert (likeness.kind, likeness.certain) == (kind, True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Andrei", "Andrei"),
        ("Andrei", "Andrei Ceban"),
        ("I. Ceban", "Ion Ceban"),
        ("Ю. Чебан", "Iurie Ceban"),
        ("Maria Ceban", "Marina Ceban"),
        ("Victor Rusu", "Victoria Rusu"),
        ("Cristian Rusu", "Cristina Rusu"),
        ("Мариан Русу", "Marina Rusu"),
        ("Georgiana Rusu", "Georgina Rusu"),
        ("Alexandru Rusu", "Alexandra Rusu"),
        ("Alexandr Ivanov", "Alexandr Ivanova"),
        ("Alexnadru Rotaru", "Alexandru Rotaur"),
        ("Ion Ceban", "Ioan Ceban"),
        ("Carlo Rusu", "Carol Rusu"),
        ("Ana Maria Rusu", "Rusu Ana"),
        ("Rusu Ion", "Rusu Ana Ion"),
    ],
)
def test_likely_names_are_no_certain_ones(one: str, other: str) -> None:
    for left, right in ((one, other), (other, one)):
        assert not compare(left, right).certain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ion Ceban", "Maria Ceban"),
        ("Ion Vasile Ceban", "Ion Petru Ceban"),
        ("Sasha Rusu", "Alexandru Rusu"),
        ("Ion Ceban", ""),
        ("...", "Ion Ceban"),
    ],
)
def test_a_word_that_contradicts_makes_another_name(one: str, other: str) -> None:
    for left, right in ((one, other), (other, one)):
        assert compare(left, right).kind == "different"


def test_two_spellings_that_others_bear_are_two_names() -> None:
    names = ("Ana Moldovanu", "Ana Moldoveanu")
    assert compare(*names).certain
    assert not compare(*names, lambda *_: True).certain
