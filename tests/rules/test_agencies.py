"""Contract 8: what a submitted agency comes to."""

from __future__ import annotations

from typing import Any

import pytest

from rentix.errors import Problem
from rentix.operations import AgencyPatch
from rentix.rules.agencies import read_put_agency
from rentix.rules.steering import Terms

TERMS = Terms("MD", "ro")


def messages(**members: Any) -> list[str]:
    with pytest.raises(Problem) as refused:
        read_put_agency(members, TERMS)
    return [fault.message for fault in refused.value.faults]


def test_an_agency_is_normalised_as_a_profile_is() -> None:
    put = read_put_agency(
        {
            "name": "Casa  Ștefan",
            "phone": "022 123 456",
            "description": "<p>Din 1999.</p>",
            "logo": {"id": 5},
            "ifMatch": "3",
        },
        TERMS,
    )
    assert put.patch == AgencyPatch(
        name="Casa Ștefan",
        phone="+37322123456",
        descriptions={"ro": "Din 1999."},
        description_is_text=True,
        logo=5,
    )
    assert put.if_match == ("3",)
    assert put.forms["phone"] == ("022 123 456", "+373 22 123 456")
    assert [*put.forms] == ["name", "phone", "description"]


def test_a_region_and_a_locale_hold_for_what_comes_with_them() -> None:
    put = read_put_agency(
        {"region": "ro", "defaultLocale": "ru", "phone": "0721 234 567", "description": "Привет"},
        TERMS,
    )
    assert (put.patch.region, put.patch.locale) == ("RO", "ru")
    assert put.patch.phone == "+40721234567"
    assert put.patch.descriptions == {"ru": "Привет"}


def test_null_clears_what_can_be_missing() -> None:
    put = read_put_agency({"phone": None, "logo": None, "description": None}, TERMS)
    assert put.patch == AgencyPatch(phone=None, logo=None, descriptions=None)
    assert messages(name=None, region=None) == [
        "name must be a string",
        "region must be a string",
    ]


def test_every_fault_is_listed() -> None:
    assert messages(
        phone="0", region="XX", defaultLocale="de", logo={"url": "x"}, name="\u200e"
    ) == [
        "logo.id is required",
        "defaultLocale must be one of: en, ro, ru",
        "region must be a country of ISO 3166 in two letters, such as MD",
        "name must be at least 1 characters",
        "phone must be a valid phone number, such as +373 22 123 456",
    ]


def test_a_logo_as_it_was_read_is_its_id() -> None:
    put = read_put_agency({"logo": {"id": 5, "contentType": "image/png", "variants": []}}, TERMS)
    assert (put.patch.logo, set(put.ignored.values())) == (5, {"read_only"})


def test_what_is_unknown_is_ignored_and_named() -> None:
    put = read_put_agency(
        {"colour": 1, "logo": {"id": 5, "alt": "x"}, "phone": "022123456 0"}, TERMS
    )
    assert put.ignored == {"colour": "unknown_field", "logo.alt": "unknown_field"}
    assert [note.code for note in put.notes] == ["unknown_field", "phone_leftover", "unknown_field"]
