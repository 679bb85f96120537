"""Read one number's digits; validity, kinds and printed forms are libphonenumber's."""

from __future__ import annotations

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from rentix.model import Phone, PhoneKind
from rentix.rules.phone_plans import NATIONAL_DIGITS_MAX, read_by_plan

_MIN_DIGITS_WITH_COUNTRY = 11

_KINDS: dict[int, PhoneKind | None] = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "either",
    PhoneNumberType.UNKNOWN: None,  # libphonenumber's word for a number that is not valid
}


def read_digits(digits: str, region: str, *, whole: bool = True) -> Phone | None:
    """Read an optional plus and ASCII digits; `whole` when they were written without a gap.

    `region` is where a number without a country code belongs. None when no valid number comes out.
    """
    if digits.startswith("+0"):  # no country code begins with 0, so the plus is the mistake
        digits = digits[1:]
    phone = _read_number(digits, region)
    if phone or digits.startswith("+"):
        return phone
    if digits.startswith("00"):  # the international prefix people use, whatever their plan says
        return _read_number("+" + digits[2:], region)
    if whole and len(digits) >= _MIN_DIGITS_WITH_COUNTRY:
        abroad = _read_number("+" + digits, region)
        # Only mobiles: a slip of the keys in a number from here hardly ever makes one of those.
        return abroad if abroad and abroad.kind == "mobile" else None
    return None


def _read_number(digits: str, region: str) -> Phone | None:
    return read_by_plan(digits, region) or ask_library(digits, region)


def ask_library(digits: str, region: str) -> Phone | None:
    """Read as libphonenumber does."""
    try:
        number = phonenumbers.parse(digits, region)
        kind = _find_kind(number)
        e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        # Some plans read a printed number anew as another one; such a number is not kept.
        if kind is None or (e164 != digits and phonenumbers.parse(e164) != number):
            return None
    except phonenumbers.NumberParseException:
        return None
    international = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    return Phone(e164, international, kind)


def _find_kind(number: phonenumbers.PhoneNumber) -> PhoneKind | None:
    """Say what a number is; None when it is not valid."""
    digits_max = NATIONAL_DIGITS_MAX.get(number.country_code or 0)
    if digits_max and len(phonenumbers.national_significant_number(number)) > digits_max:
        return None
    return _KINDS.get(phonenumbers.number_type(number), "other")
