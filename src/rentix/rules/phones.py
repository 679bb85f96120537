"""Read the phone number meant by what somebody wrote (contract 5).

Several numbers in one value: the first valid mobile is taken, else the first valid; the rest is
named. Digits of two numbers are never glued into a third.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from rentix.model import Phone
from rentix.rules.phone_digits import read_digits
from rentix.rules.phone_text import DigitGroup, Stretch, take_apart

_CACHE_SIZE = 16_384
_MIN_DIGITS, _MAX_DIGITS = 5, 18
_SUBSCRIBER_DIGITS = 5
_LOCAL_DIGITS = range(6, 8)
_ENDING_DIGITS_MAX = 3
_WIDE_GAP_COST = 4

_ONE_NUMBER = re.compile(r"\+[0-9]+(?:[ -][0-9]+)*|[0-9]+")


class PhoneReading(msgspec.Struct, frozen=True):
    """What a phone field holds.

    `others` are further valid numbers, in INTERNATIONAL form, each once. `leftover` is the rest as
    it was written: digits that make no valid number, extensions, e-mails, remarks.
    """

    phone: Phone | None
    others: tuple[str, ...] = ()
    leftover: tuple[str, ...] = ()


@lru_cache(maxsize=_CACHE_SIZE)
def read_phones(text: str, region: str) -> PhoneReading:
    """Read a value of at most 255 code points.

    `region` (``MD``) is where a number without a country code belongs. Reading a phone's `e164` or
    `international` again gives the same phone, whatever the region.
    """
    if _ONE_NUMBER.fullmatch(text):
        phone = read_digits(text.replace(" ", "").replace("-", ""), region)
        if phone:
            return PhoneReading(phone)
    return _read_many(text, region)


def _read_many(text: str, region: str) -> PhoneReading:
    parts = take_apart(text)
    phones: dict[str, Phone] = {}
    unread: list[str] = []
    for stretch in parts.stretches:
        for piece in _divide(stretch, region):
            if isinstance(piece, Phone):
                phones.setdefault(piece.e164, piece)
            else:
                unread.append(piece)
    taken = next(
        (p for p in phones.values() if p.kind in {"mobile", "either"}),
        next(iter(phones.values()), None),
    )
    others = tuple(phone.international for phone in phones.values() if phone != taken)
    return PhoneReading(taken, others, (*unread, *parts.leftover))


@dataclass(frozen=True, slots=True)
class _Division:
    """A way to divide the groups from one position on; the cheapest wins."""

    cost: int
    pieces: tuple[tuple[Phone | None, int, int], ...]


def _divide(stretch: Stretch, region: str) -> list[Phone | str]:
    """Divide a stretch so that few digits are left over and no number spans what parts two."""
    groups = stretch.groups
    best = _Division(0, ())
    divisions = [best]
    for first in reversed(range(len(groups))):
        later = divisions[-1]
        unread_cost = later.cost + len(groups[first].digits)
        best = _Division(unread_cost, ((None, first, first), *later.pieces))
        for last in _ends_of_a_number(groups, first):
            later = divisions[len(groups) - 1 - last]
            cost = later.cost + _cost(groups[first : last + 1])
            if cost < best.cost and (phone := _read_groups(groups[first : last + 1], region)):
                best = _Division(cost, ((phone, first, last), *later.pieces))
        divisions.append(best)
    return _name_pieces(stretch, best)


def _ends_of_a_number(groups: tuple[DigitGroup, ...], first: int) -> list[int]:
    ends, digits = [], 0
    for last in range(first, len(groups)):
        digits += len(groups[last].digits)
        another = last > first and _begins_another(groups[first:last], groups[last])
        if another or digits > _MAX_DIGITS:
            break
        if digits >= _MIN_DIGITS:
            ends.append(last)
    return ends


def _begins_another(groups: tuple[DigitGroup, ...], group: DigitGroup) -> bool:
    """Whether a group cannot belong to the number that the groups before it make up."""
    if group.plus:
        return True
    if group.gap == "wide":
        return min(len(groups[-1].digits), len(group.digits)) >= _SUBSCRIBER_DIGITS
    if group.gap == "slash" and all(earlier.gap != "slash" for earlier in groups[1:]):
        # 312.87.58/76 is a local number and another one that ends in 76.
        before = "".join(earlier.digits for earlier in groups)
        local = len(before) in _LOCAL_DIGITS and before[0] != "0"
        return local and len(group.digits) <= _ENDING_DIGITS_MAX
    return False


def _cost(groups: tuple[DigitGroup, ...]) -> int:
    """Weigh a number: as one digit left over, and more where it spans a likely border."""
    gaps = sum(group.gap == "wide" for group in groups[1:])
    zeros = sum(group.digits[0] == "0" for group in groups[1:])
    return 1 + _WIDE_GAP_COST * gaps + zeros


def _read_groups(groups: tuple[DigitGroup, ...], region: str) -> Phone | None:
    plus = "+" if groups[0].plus else ""
    digits = "".join(group.digits for group in groups)
    phone = read_digits(plus + digits, region, whole=len(groups) == 1)
    if phone is None and any(group.trunk_zero for group in groups):
        digits = "".join(group.digits for group in groups if not group.trunk_zero)
        return read_digits(plus + digits, region, whole=False)
    return phone


def _name_pieces(stretch: Stretch, division: _Division) -> list[Phone | str]:
    """List numbers in the order written; neighbouring groups that make none become one piece."""
    named: list[Phone | str] = []
    start = end = -1
    for phone, first, last in division.pieces:
        group = stretch.groups[first]
        if start >= 0 and (phone or group.plus or group.gap == "wide"):
            named.append(stretch.text[start:end])
            start = -1
        if phone:
            named.append(phone)
        else:
            start, end = (group.start if start < 0 else start), stretch.groups[last].end
    return [*named, stretch.text[start:end]] if start >= 0 else named
