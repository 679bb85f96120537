"""Take apart what people write into a phone field, before any number is read from it.

A value such as ``tel. 0744/766.618 int. 12; fax 0230551958, x@y.ro`` holds stretches of digits,
each of which may be one number or several, and the rest: extensions, e-mails, remarks. Which digits
make a number is `rentix.rules.phones`' matter.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_GROUPS = 48
"""More groups of digits than this are no phone numbers; it bounds the work of a hostile value."""

# Excel turns 69123456 into 69123456.0, which would read as one digit more.
_EXCEL_FLOAT = re.compile(r"(?<![\d.])(\d{6,})\.0{1,2}(?![\d.])")
_EXTENSION = re.compile(
    r"(?<=\d)[\s./,;()-]{0,3}(?:extension|ext|interior|int|добавочный|доб|внутр|вн|x|\#)[\s.:=]{0,3}\d{1,6}(?![\s./-]?\d)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?<![^\W\d_])(?:telefon|telephone|téléphone|phone|tel|fax|faks|mobil|mobile|mob|gsm|cell|whatsapp|viber|telegram|"
    r"телефон|тел|факс|мобильный|мобильний|моб|вайбер|вотсап)(?![^\W\d_])[\s.:]{0,3}",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[\s,;|]+|[^\s,;|]+")
_LETTER_AMONG_DIGITS = re.compile(r"\d[^\W\d_]+\+?\d")
_STRETCH = re.compile(r"[+\d\s().:/\[\]\\-]+|[^+\d\s().:/\[\]\\-]+")
_ATOM = re.compile(r"\++|\d+|[^+\d]+")
_WIDE_GAP = re.compile(r"\s/|/\s|\s-+\s|--|//|\s\s|\.\s|\]|:")
_CONJUNCTIONS = frozenset({"si", "şi", "și", "sau", "or", "and", "или", "та", "або"})


@dataclass(frozen=True, slots=True)
class DigitGroup:
    """Digits written without a gap, and what stood before them."""

    digits: str
    plus: bool
    slash: bool
    trunk_zero: bool
    """A lone ``(0)``: the national prefix, shown inside an international number."""
    start: int
    end: int


Block = tuple[DigitGroup, ...]
"""Groups that no plus and no gap such as `` / `` or ``. `` parts: mostly one number."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Blocks with nothing but blanks and punctuation between them: one number or several."""

    text: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class PhoneText:
    """A value taken apart: where numbers may be, and everything else that says something."""

    stretches: tuple[Stretch, ...]
    leftover: tuple[str, ...]


def take_apart(text: str) -> PhoneText:
    """Split a phone field into stretches of digits and leftovers. Never fails."""
    leftover: list[str] = []
    text = _EXCEL_FLOAT.sub(r"\1", plain(text))
    text = _EXTENSION.sub(lambda found: _set_aside(found[0], leftover), text)
    text = _set_words_aside(_LABEL.sub(";", text), leftover)
    stretches = []
    for found in _STRETCH.finditer(text):
        blocks = _group_digits(found[0])
        if blocks:
            stretches.append(Stretch(found[0], blocks))
        else:
            leftover.extend(_remarks(found[0]))
    if sum(len(block) for stretch in stretches for block in stretch.blocks) > MAX_GROUPS:
        return PhoneText((), (text.strip(), *leftover))
    return PhoneText(tuple(stretches), tuple(leftover))


def plain(text: str) -> str:
    """Write any script's digits, dashes and blanks in ASCII, line ends as ``;``, no marks."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_plain_character, unicodedata.normalize("NFKC", text)))


def _plain_character(character: str) -> str:
    match unicodedata.category(character):
        case "Nd":
            return str(unicodedata.decimal(character))
        case "Cc" | "Zl" | "Zp":
            return ";"
        case "Zs":
            return " "
        case "Cf" | "Cs" | "Mn" | "Me":
            return ""
        case "Pd":
            return "-"
        case _:
            return "-" if character == "\N{MINUS SIGN}" else character


def _set_aside(piece: str, leftover: list[str]) -> str:
    leftover.append(piece.strip(" .,;/()-"))
    return ";"


def _set_words_aside(text: str, leftover: list[str]) -> str:
    """Take out e-mails, links and digits with a letter inside: ``+3738OO12345`` is no number."""
    return "".join(
        _set_aside(token, leftover) if _is_no_number(token) else token
        for part in _TOKEN.findall(text)
        for token in (part.split("/") if "@" in part else (part,))
    )


def _is_no_number(token: str) -> bool:
    return (
        "@" in token
        or "www." in token
        or "://" in token
        or bool(_LETTER_AMONG_DIGITS.search(token))
    )


def _remarks(text: str) -> list[str]:
    words = (word.strip() for word in re.findall(r"[^\W\d_]{2,}", text))
    return [word for word in words if word.casefold() not in _CONJUNCTIONS]


def _group_digits(stretch: str) -> tuple[Block, ...]:
    blocks: list[list[DigitGroup]] = []
    gap, plus = "", None
    for atom in _ATOM.finditer(stretch):
        if atom[0][0] == "+":
            plus = atom.start()
        elif not atom[0].isdigit():
            gap += atom[0]
        else:
            lone = atom[0] == "0" and gap.endswith("(") and stretch.startswith(")", atom.end())
            start = atom.start() if plus is None else plus
            group = DigitGroup(atom[0], plus is not None, "/" in gap, lone, start, atom.end())
            if not blocks or group.plus or _WIDE_GAP.search(gap):
                blocks.append([])
            blocks[-1].append(group)
            gap, plus = "", None
    return tuple(map(tuple, blocks))
