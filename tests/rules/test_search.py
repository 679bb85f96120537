from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rentix.rules.search import CYRILLIC, LATIN, SPELLINGS, fold_words, search_key


def finds(query: str, name: str) -> bool:
    words = fold_words(query)
    return bool(words) and all(f" {word}" in search_key(name) for word in words)


@pytest.mark.parametrize("query", ["andrei", "Andrey", "ceban", "cheban", "АНДР", "чеб ан", "c"])
def test_the_contracts_example_is_found(query: str) -> None:
    assert finds(query, "Андрей Чебан")


@pytest.mark.parametrize(
    "spellings",
    [
        "Юлия Юлія Iulia Yulia Yuliya Iuliia",
        "Кирилл Kirill Kiril Chiril",
        "Ștefan Ştefan Stefan Стефан Штефан Stephan",
        "Țurcan Ţurcan Turcan Цуркан Tsurkan",
        "Щербина Shcherbina Şcerbina Șcerbina",
        "Жанна Zhanna Jana",
        "Михаил Mihail Mikhail",
        "Христина Khristina Hristina",
        "Яна Yana Iana",
        "Євген Евген Evghen Yevgen",
        "Їжак Yizhak Ijac",
        "Вячеслав Veaceslav Viaceslav Vyacheslav",
        "Дмитрий Dmitriy Dmitry Dmitri Dmitrii",
        "Александр Aleksandr Alexandr",
        "Олександр Oleksandr Olexandr",
        "Алексеев Alekseev Alekseyev Alexeev",
        "Татьяна Tatiana Tatyana",
        "Мар'яна Маряна Мар’яна Mariana",
        "Фёдор Федор Fedor",
        "Gheorghe George Георге",
        "Andreea Andrea",
        "Čeban Čeban CEBAN",
        "Straße Strasse",
    ],
)
def test_the_spellings_of_a_name_find_each_other(spellings: str) -> None:
    names = spellings.split()
    for name in names:
        for query in names:
            assert finds(query, name), (query, name)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("ana", "Ion Rusu"),
        ("rusu", "Ana Peruș"),
        ("ion ceban", "Ion Rusu"),
        ("", "Ana"),
        ("%", "A"),
    ],
)
def test_other_names_are_not_found(query: str, name: str) -> None:
    assert not finds(query, name)


@pytest.mark.parametrize("query", ["O'Brien", "obrien", "brien", "o brien", "O’Bri"])
def test_a_name_with_an_apostrophe_is_found_joined_and_in_parts(query: str) -> None:
    assert finds(query, "Mary O'Brien")


@pytest.mark.parametrize("query", ["ana", "maria", "Ana-Maria", "maria ana", "ana_maria"])
def test_a_hyphen_parts_words(query: str) -> None:
    assert finds(query, "Ana-Maria Rusu")


def test_words_are_folded_in_order() -> None:
    assert fold_words("  Андрей, (ЧЕБАН) 2 ") == ("andrei", "ceban", "2")
    assert fold_words("ь '-' %") == ()
    assert search_key("Ion Rusu") == " ion rusu"


def test_letters_of_other_scripts_stay() -> None:
    assert fold_words("Γιάννης שלום 李") == ("γιανησ", "שלום", "李")
    assert finds("γιαν", "Γιάννης")


@pytest.mark.parametrize("name", ["Mikhail Zhukov", "Gabriela Shchukina", "Христина Петрова"])
def test_a_name_is_found_at_every_letter_typed(name: str) -> None:
    for word in name.split():
        for length in range(1, len(word) + 1):
            assert finds(word[:length], name), word[:length]


LETTERS = st.text("aeiyhkcstzdjpgxqwnйяюжхцчшщєїьășțâ'’ ", max_size=12)


@given(st.one_of(st.text(max_size=30), LETTERS))
def test_any_name_is_found_by_every_beginning_of_its_words(name: str) -> None:
    key = search_key(name)
    assert re.fullmatch(r"(?: [^\W_]+)*", key)
    assert not re.search("[A-Z]", key)
    for word in name.split():
        for length in range(1, len(word) + 1):
            for folded in fold_words(word[:length]):
                assert f" {folded}" in key, (word[:length], folded, key)


def test_the_published_tables_lead_to_plain_latin() -> None:
    for table in (CYRILLIC, LATIN, SPELLINGS):
        assert all(re.fullmatch("[a-z]*", to) for to in table.values())
    for alphabet in ("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"):
        assert all(word.isascii() for word in fold_words(" ".join(alphabet)))


def test_real_names_are_found_by_themselves_in_any_case(test_data: Path) -> None:
    path = test_data / "names/moldova_parliament/data__official.csv"
    with path.open(encoding="utf-8") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    assert len(names) > 90
    for name in names:
        assert finds(name.upper(), name)
        assert finds(" ".join(reversed(name.split())), name)


def test_naughty_strings_are_folded(test_data: Path) -> None:
    for text in json.loads((test_data / "strings/blns.json").read_text("utf-8")):
        assert re.fullmatch(r"(?: [^\W_]+)*", search_key(text))
