"""Numbers in their usual spelling, read by one look at their country's plan.

libphonenumber parses, formats and parses again, which takes ten times as long. Its metadata are
compiled here into one pattern a country. Where a plan has more to it than a national prefix
(countries that share a calling code, carriers, zeros that belong to the number), and for whatever
does not fit at once, the answer is None: then `rentix.rules.phone_digits` asks the library itself.
"""

from __future__ import annotations

import re
from functools import cache

import msgspec
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata
from phonenumbers.phonemetadata import NumberFormat, PhoneNumberDesc

from rentix.model import Phone, PhoneKind

# libphonenumber also lists ten-digit 0800 and 0900 numbers of Ukraine; its plan has nine digits.
NATIONAL_DIGITS_MAX = {380: 9}

_CALLING_CODE_ENDS = (4, 3, 2)
_OTHERS = (
    *("premium_rate", "toll_free", "shared_cost", "voip"),
    *("personal_number", "pager", "uan", "voicemail"),
)
_REGIONS = {
    str(code): regions[0]
    for code, regions in COUNTRY_CODE_TO_REGION_CODE.items()
    if len(regions) == 1
}
"""The countries that have a calling code of their own, by that code."""


Format = tuple[re.Pattern[str], re.Pattern[str], str]
"""Whether it is a number's, how it groups the digits, and how it prints the groups."""


class Plan(msgspec.Struct, frozen=True):
    """A country's numbers. `kinds` matches a whole number, and its group's name is the kind.

    `prefix` and `abroad` are what is dialled before a national and an international number.
    """

    code: str
    prefix: str
    abroad: re.Pattern[str]
    general: re.Pattern[str]
    kinds: re.Pattern[str]
    formats: tuple[Format, ...]


def read_by_plan(digits: str, region: str) -> Phone | None:
    """Read an optional plus and ASCII digits; None says nothing about them."""
    if digits.startswith("+"):
        plan = _find_plan(digits)
        national = digits[len(plan.code) + 1 :] if plan else ""
    else:
        plan = _region_plan(region)
        national = _significant(digits, plan) if plan else ""
    if plan is None or national.startswith(("0", plan.prefix or "0")):
        return None
    found = plan.kinds.fullmatch(national)
    if found is None:
        return None
    kind: PhoneKind = found.lastgroup  # type: ignore[assignment]  # groups are named by kinds
    return Phone(f"+{plan.code}{national}", f"+{plan.code} {_print(national, plan)}", kind)


def _find_plan(digits: str) -> Plan | None:
    # No calling code begins with another one.
    for end in _CALLING_CODE_ENDS:
        region = _REGIONS.get(digits[1:end])
        if region:
            return _region_plan(region)
    return None


def _significant(digits: str, plan: Plan) -> str:
    """Take off what stands before the national number; nothing is left when that is not plain."""
    if plan.abroad.match(digits):
        return ""
    if digits.startswith(plan.code):
        return "" if plan.general.fullmatch(digits) else digits[len(plan.code) :]
    return digits.removeprefix(plan.prefix)


def _print(national: str, plan: Plan) -> str:
    for wanted, groups, form in plan.formats:
        if wanted.fullmatch(national):
            return groups.sub(form, national)
    return national


@cache
def _region_plan(region: str) -> Plan | None:
    """The plan of a country that is simple enough."""
    found = PhoneMetadata.metadata_for_region(region, None)
    if found is None or str(found.country_code) not in _REGIONS:
        return None
    prefix = found.national_prefix_for_parsing or ""
    general = found.general_desc.national_number_pattern if found.general_desc else None
    if general is None or found.national_prefix_transform_rule or not (prefix + "0").isdigit():
        return None
    formats = found.intl_number_format or found.number_format
    return Plan(
        code=str(found.country_code),
        prefix=prefix,
        abroad=re.compile(found.international_prefix or "(?!)"),
        general=re.compile(general),
        kinds=re.compile(_kinds(found)),
        formats=tuple(map(_format, formats)),
    )


def _format(rule: NumberFormat) -> Format:
    pattern = rule.pattern or ""
    leading = rule.leading_digits_pattern[-1] if rule.leading_digits_pattern else ""
    return re.compile(f"(?={leading})(?:{pattern})"), re.compile(pattern), rule.format or ""


def _kinds(found: PhoneMetadata) -> str:
    # In the library's order: the first that fits the whole number counts.
    fixed, mobile = _pattern(found.fixed_line), _pattern(found.mobile)
    both = fixed if found.same_mobile_and_fixed_line_pattern else rf"(?={mobile}\Z){fixed}"
    other = "|".join(_pattern(getattr(found, name)) for name in _OTHERS)
    most = NATIONAL_DIGITS_MAX.get(found.country_code or 0, 17)
    return (
        rf"(?=\d{{2,{most}}}\Z)(?={_pattern(found.general_desc)}\Z)(?:"
        f"(?P<other>{other})|(?P<either>{both})|(?P<fixed>{fixed})|(?P<mobile>{mobile}))"
    )


def _pattern(desc: PhoneNumberDesc | None) -> str:
    if desc is None or not desc.national_number_pattern:
        return "(?!)"
    lengths = "|".join(rf"\d{{{length}}}\Z" for length in desc.possible_length)
    return f"(?:(?={lengths})(?:{desc.national_number_pattern}))"
