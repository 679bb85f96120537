"""What a country's plan says at once is what libphonenumber says of a number, or nothing."""

from __future__ import annotations

import json
import random
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rentix.rules.phone_digits import ask_library
from rentix.rules.phone_plans import read_by_plan

REGIONS = ("MD", "RO", "UA", "RU", "KZ", "US", "DE", "IT", "GB", "AR", "MX", "BR", "FR", "LT", "SM")
KINDS = range(11)


def check(digits: str, region: str) -> bool:
    """Check a number, and say whether the plan knew it."""
    quick = read_by_plan(digits, region)
    assert quick is None or quick == ask_library(digits, region), (digits, region)
    return quick is not None


def spellings(number: phonenumbers.PhoneNumber) -> set[str]:
    code, e164 = str(number.country_code), phonenumbers.format_number(number, 0)
    national = e164[1 + len(code) :]
    dialled = phonenumbers.normalize_digits_only(phonenumbers.format_number(number, 2))
    prefixed = {f"{prefix}{national}" for prefix in ("0", "1", "8", "06", "00")}
    other = {f"00{code}{national}", f"{code}{national}", f"+{code}0{national}", f"+0{national}"}
    return {e164, national, dialled, e164[:-1], f"{e164}1", national[1:]} | prefixed | other


def examples(region: str) -> list[phonenumbers.PhoneNumber]:
    found = [phonenumbers.example_number_for_type(region, kind) for kind in KINDS]
    return [number for number in found if number is not None]


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_the_examples_of_every_region(region: str) -> None:
    for number in examples(region):
        for digits in spellings(number):
            for read_in in (region, "MD", "US", "XX"):
                check(digits, read_in)


DIGITS = st.text("0123456789", max_size=16)
STARTS = st.sampled_from(
    [
        *("", "+", "0", "00", "8", "+0", "+373", "+3736", "+40", "+407", "+380", "+49", "+39"),
        *("+1", "+7", "+44", "+54", "+549", "+52", "+370", "373", "06", "07", "02", "40", "+800"),
    ]
)


@pytest.mark.slow
@settings(max_examples=1000, deadline=None)
@given(STARTS, DIGITS, st.sampled_from(REGIONS))
def test_any_digits(start: str, digits: str, region: str) -> None:
    if start + digits not in ("", "+"):
        check(start + digits, region)


@pytest.mark.slow
@settings(max_examples=500, deadline=None)
@given(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)), st.randoms(), st.integers(0, 5))
def test_numbers_beside_the_examples(region: str, dice: random.Random, changed: int) -> None:
    for number in examples(region):
        digits = list(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
        for _ in range(changed):
            digits[dice.randrange(2, len(digits))] = dice.choice("0123456789")
        national = "".join(digits)[1 + len(str(number.country_code)) :]
        for written in ("".join(digits), national, f"0{national}"):
            check(written, region)


def test_the_oracle_of_written_forms(test_data: Path) -> None:
    oracle = json.loads((test_data / "phones/md_ro_ua_ru_forms_oracle.json").read_text("utf-8"))
    assert len(oracle) == 551
    for case in oracle:
        digits = "".join(c for c in case["input"] if c in "+0123456789")
        if digits:
            check(digits, case["region"])


@pytest.mark.parametrize(
    ("digits", "region"),
    [
        *(("+37369123456", "US"), ("069123456", "MD"), ("69123456", "MD"), ("37369123456", "MD")),
        *(("0744766618", "RO"), ("+40213456789", "MD"), ("0501234567", "UA"), ("030123456", "DE")),
    ],
)
def test_the_plan_knows_what_people_write_here(digits: str, region: str) -> None:
    assert check(digits, region)


@pytest.mark.parametrize(
    ("digits", "region"),
    [
        *(("+3912345", "IT"), ("+390612345678", "MD"), ("+12025550119", "US"), ("+", "MD")),
        *(("+5491123456789", "AR"), ("+37312", "MD"), ("123456", "MD"), ("+3800800501234", "UA")),
    ],
)
def test_the_plan_says_nothing_of_the_rest(digits: str, region: str) -> None:
    assert not check(digits, region)
