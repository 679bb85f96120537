"""Read the phone number meant by what somebody wrote (contract 5).

Several numbers in one value: the first valid mobile is taken, else the first valid; the rest is
named. Digits of two numbers are never glued into a third.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from rentix.model import Phone
from rentix.rules.phone_digits import read_digits
from rentix.rules.phone_text import Block, DigitGroup, take_apart

_CACHE_SIZE = 16_384
_MIN_DIGITS, _MAX_DIGITS = 5, 18
_AREA_CODE_DIGITS_MAX = 4
_LOCAL_DIGITS = range(6, 8)
_ENDING_DIGITS_MAX = 3

_ONE_BLOCK = re.compile(r"\+?[0-9]+(?:[ -][0-9]+)*")


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
    phone = _read_block(text, region) if _ONE_BLOCK.fullmatch(text) else None
    if phone:
        return PhoneReading(phone)
    return _read_many(text, region)


def _read_block(text: str, region: str) -> Phone | None:
    """Read all of it as one number, which leaves nothing over and so is never divided."""
    digits = text.replace(" ", "").replace("-", "")
    whole = digits == text or text.startswith("+")
    if whole or _MIN_DIGITS <= len(digits) <= _MAX_DIGITS:
        return read_digits(digits, region, whole=whole)
    return None


def _read_many(text: str, region: str) -> PhoneReading:
    parts = take_apart(text)
    phones: dict[str, Phone] = {}
    unread: list[str] = []
    for stretch in parts.stretches:
        for block in _join_area_codes(stretch.blocks, region):
            for phone, start, end in _divide(block, region):
                if phone:
                    phones.setdefault(phone.e164, phone)
                else:
                    unread.append(stretch.text[start:end])
    taken = next(
        (p for p in phones.values() if p.kind in {"mobile", "either"}),
        next(iter(phones.values()), None),
    )
    others = tuple(phone.international for phone in phones.values() if phone != taken)
    return PhoneReading(taken, others, (*unread, *parts.leftover))


def _join_area_codes(blocks: tuple[Block, ...], region: str) -> list[Block]:
    """Join an area code with the local number it is parted from: ``0230 / 551958``."""
    joined: list[Block] = []
    for block in blocks:
        if joined and _belong_together(joined[-1], block, region):
            joined[-1] += block
        else:
            joined.append(block)
    return joined


def _belong_together(before: Block, after: Block, region: str) -> bool:
    if after[0].plus or not (before[0].plus or before[0].digits[0] == "0" or _is_short(before)):
        return False
    # A number that is one already takes nothing more; else a longer one might come out.
    alone = _read_groups(before, region) or _read_groups(after, region)
    return alone is None and _read_groups(before + after, region) is not None


def _is_short(block: Block) -> bool:
    return sum(len(group.digits) for group in block) <= _AREA_CODE_DIGITS_MAX


_Piece = tuple[Phone | None, int, int]
"""A number or None for no number, and where it is: first and last group, or start and end."""


class _Division(msgspec.Struct, frozen=True):
    """A way to divide the groups from one position on, and how many digits it leaves over."""

    unread: int
    pieces: tuple[_Piece, ...]


def _divide(block: Block, region: str) -> list[_Piece]:
    """Divide a block into numbers and the rest, with places, so that few digits are left over.

    Works back from the last group: the best division from each group on is known when an earlier
    one is weighed.
    """
    best = _Division(0, ())
    divisions = [best]
    for first in reversed(range(len(block))):
        unread = best.unread + len(block[first].digits)
        best = _Division(unread, ((None, first, first), *best.pieces))
        # From the longest down, so that one number is not torn into two.
        for last in reversed(_ends_of_a_number(block, first)):
            rest = divisions[len(block) - 1 - last]
            if rest.unread >= best.unread:
                continue
            if phone := _read_groups(block[first : last + 1], region):
                best = _Division(rest.unread, ((phone, first, last), *rest.pieces))
        divisions.append(best)
    return _place_pieces(block, best)


def _ends_of_a_number(block: Block, first: int) -> list[int]:
    ends, digits = [], 0
    for last in range(first, len(block)):
        digits += len(block[last].digits)
        if digits > _MAX_DIGITS or _is_another_ending(block[first:last], block[last]):
            break
        if digits >= _MIN_DIGITS:
            ends.append(last)
    return ends


def _is_another_ending(before: Block, group: DigitGroup) -> bool:
    """Whether a group is the ending of a second number: 312.87.58/76 are two local ones."""
    if not before or not group.slash or any(earlier.slash for earlier in before[1:]):
        return False
    digits = "".join(earlier.digits for earlier in before)
    local = len(digits) in _LOCAL_DIGITS and digits[0] != "0"
    return local and len(group.digits) <= _ENDING_DIGITS_MAX


def _read_groups(groups: Block, region: str) -> Phone | None:
    plus = "+" if groups[0].plus else ""
    digits = "".join(group.digits for group in groups)
    phone = read_digits(plus + digits, region, whole=len(groups) == 1)
    if phone is None and any(group.trunk_zero for group in groups):
        digits = "".join(group.digits for group in groups if not group.trunk_zero)
        return read_digits(plus + digits, region, whole=False)
    return phone


def _place_pieces(block: Block, division: _Division) -> list[_Piece]:
    """Turn groups into places in the text; neighbours that make no number become one piece."""
    placed: list[_Piece] = []
    for phone, first, last in division.pieces:
        start, end = block[first].start, block[last].end
        if placed and phone is None and placed[-1][0] is None:
            start = placed.pop()[1]
        placed.append((phone, start, end))
    return placed
