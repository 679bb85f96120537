"""What pages are made of: placeholders, numbers, words, and what is kept."""

from __future__ import annotations

from itertools import pairwise
from secrets import token_bytes
from string import Formatter
from typing import Any

import pytest
from msgspec.structs import replace

from rentix.media.decode.blurhash import _digits
from rentix.model import Variant
from rentix.public.cards import initials
from rentix.public.kept import Kept, Page
from rentix.public.numbers import print_number, print_price
from rentix.public.photos import _photo
from rentix.public.placeholders import decode_blurhash, placeholder_url
from rentix.public.texts import TEXTS, WORDS
from rentix.public.visit import Site, Visit
from rentix.public.wording import facts_of
from tests.public.sample import FORM, LISTING

HASH = "LxH2cX2swxX8l}WDjte;gJfjfQfj"  # red grows to the right, green downwards


def test_a_placeholder_is_what_was_hashed() -> None:
    pixels = decode_blurhash(HASH, 8, 8)
    reds = [pixels[3 * x] for x in range(8)]
    greens = [pixels[3 * 8 * y + 1] for y in range(8)]
    for ramp in (reds, greens):
        assert all(before < after + 12 for before, after in pairwise(ramp))
        assert ramp[-1] - ramp[0] > 150
    assert all(90 < blue < 170 for blue in pixels[2::3])


def test_one_colour_comes_back_as_it_was() -> None:
    assert decode_blurhash("00" + _digits(0xC85028, 4), 6, 8) == bytes((0xC8, 0x50, 0x28)) * 48


@pytest.mark.parametrize("text", ["", "L", "LxH2cX", "LxH2cX2s", "ăîșțâ" * 6, HASH + "00"])
def test_what_is_no_hash_makes_no_placeholder(text: str) -> None:
    assert placeholder_url(text) is None


def test_a_placeholder_is_a_png() -> None:
    url = placeholder_url(HASH)
    assert url
    assert url.startswith("data:image/png;base64,iVBORw0KGgo")


@pytest.mark.parametrize(
    ("number", "locale", "printed"),
    [
        (65000, "ro", "65.000"),
        (1234567.5, "ro", "1.234.567,5"),
        (65000, "ru", "65\u00a0000"),
        (54.25, "en", "54.25"),
        (1000000, "en", "1,000,000"),
        (0.5, "ro", "0,5"),
    ],
)
def test_numbers_are_written_as_people_write_them(number: float, locale: str, printed: str) -> None:
    assert print_number(number, locale) == printed


def test_a_price_has_its_currency() -> None:
    assert print_price(1200, "MDL", "ro") == "1.200\u00a0lei"
    assert print_price(99, "USD", "en") == "99\u00a0$"


@pytest.mark.parametrize(
    ("value", "locale", "printed"),
    [
        (450.5, "ro", "450,50"),
        (65500.5, "ru", "65\u00a0500,50"),
        (65500.5, "en", "65,500.50"),
        (0.25, "en", "0.25"),
        (450.0, "ro", "450"),
        (449.999, "ru", "450"),
    ],
)
def test_a_price_has_two_digits_of_cents_or_none(value: float, locale: str, printed: str) -> None:
    assert print_price(value, "EUR", locale) == f"{printed}\u00a0€"


@pytest.mark.parametrize("texts", [TEXTS, WORDS])
def test_every_language_says_the_same(texts: dict[str, dict[str, str]]) -> None:
    for key, said in texts["ro"].items():
        names = {name for _, name, _, _ in Formatter().parse(said) if name}
        for locale in ("ru", "en"):
            other = texts[locale][key]
            assert {name for _, name, _, _ in Formatter().parse(other) if name} == names


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ({"propertyQuantitySize": 3, "propertyQuantitySizeValue": None}, ("Camere", "3")),
        ({"propertyQuantitySize": "rooms"}, ("Camere", "3")),
        (
            {"propertyQuantitySize": "studio", "propertyQuantitySizeValue": None},
            ("Compartimentare", "Studio"),
        ),
        (
            {"propertyQuantitySize": "2 camere + salon", "propertyQuantitySizeValue": None},
            ("Compartimentare", "2 camere + salon"),
        ),
        ({"propertyFloorNumber": 0}, ("Etaj", "parter din 5")),
        ({"propertyFloorNumber": None}, ("Etaje", "5")),
        ({"propertyVisualState": "white"}, ("Stare", "Variantă albă")),
        ({"propertyVisualState": "design_proiect"}, ("Stare", "Design proiect")),
    ],
)  # fmt: skip
def test_facts(form: dict[str, Any], shown: tuple[str, str]) -> None:
    facts = facts_of(replace(LISTING, form={**FORM, **form}), "ro")
    assert shown in [(fact.label, fact.text) for fact in facts]


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ana Munteanu", "AM"),
        ("ana", "A"),
        ("Ana Maria Rusu", "AR"),
        ("Андрей Чебан", "АЧ"),
        ("7", "·"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_small_picture_is_one_file_in_all_sizes() -> None:
    variants = [Variant("a.webp", size, 1, 100, 80) for size in ("128", "512", "1024")]
    photo = _photo(variants, None, Visit(Site(), "ro"))
    assert photo.srcset == "/media/files/a.webp 100w"
    assert (photo.width, photo.height, photo.hint) == (100, 80, None)


def test_sizes_of_pictures_without_pixels_are_taken_from_their_names() -> None:
    variants = [Variant(f"{size}.webp", size) for size in ("128", "512", "1024")]
    photo = _photo(variants, None, Visit(Site("https://portal.example/p"), "ro"))
    assert photo.src == "/p/media/files/512.webp"
    assert (photo.width, photo.height) == (1024, 682)


def page(size: int) -> Page:
    return Page(token_bytes(size), "", b"", [])  # which cannot be packed


V = 7  # a version of the store


def test_pages_are_kept_while_what_they_are_of_is_the_same() -> None:
    kept, first, second = Kept(), page(10), page(5_000)
    kept.keep(("page", "a"), V, 1, first)
    kept.keep(("page", "b"), V, 1, second)
    for name, one in (("a", first), ("b", second)):
        found = kept.confirm(("page", name), V, 1)
        assert found
        assert found.unpack() == one.body
    assert kept.confirm(("page", "a"), V, 2) is None
    assert kept.confirm(("page", "c"), V, 1) is None


def test_nothing_is_compared_while_the_store_has_the_same_version() -> None:
    kept, key, one = Kept(), ("page", "a"), page(10)
    kept.keep(key, V, 1, one)
    assert kept.find(key, V) == one
    assert kept.find(key, V + 1) is None
    assert kept.confirm(key, V + 1, 1) == one
    assert kept.find(key, V + 1) == one
    assert kept.confirm(key, V + 2, 2) is None
    assert kept.find(key, V + 2) is None


def test_without_versions_all_is_compared() -> None:
    kept, key = Kept(), ("page", "a")
    kept.keep(key, None, 1, page(10))
    assert kept.find(key, None) is None
    assert kept.confirm(key, None, 1)


def test_what_is_small_is_kept_as_it_is() -> None:
    kept, small = Kept(), Page(b"a" * 1_000, "", b"", [])
    for key in "ab":
        kept.keep(("page", key), V, 1, small)
        assert kept.confirm(("page", key), V, 1) == small


def test_pages_that_are_alike_take_little_room() -> None:
    kept, shared = Kept(), token_bytes(20_000)
    for key in range(10):
        kept.keep(("page", key), V, 1, Page(shared + token_bytes(100), "", b"", []))
    assert kept.size_bytes < 2 * len(shared)


def test_those_not_asked_for_longest_make_room() -> None:
    kept = Kept(max_bytes=40_000)
    kept.keep(("page", "first"), V, 1, page(5_000))  # what the others have nothing in common with
    for key in "abc":
        kept.keep(("page", key), V, 1, page(9_000))
    assert kept.confirm(("page", "a"), V, 1) is not None
    kept.keep(("page", "d"), V, 1, page(10_000))
    assert [key for key in "abcd" if kept.confirm(("page", key), V, 1)] == ["a", "c", "d"]
    assert kept.size_bytes <= 40_000
    for _ in range(50):
        kept.keep(("page", "d"), V, 2, page(10_000))
    assert kept.size_bytes <= 40_000
    assert kept.confirm(("page", "a"), V, 1) is not None
