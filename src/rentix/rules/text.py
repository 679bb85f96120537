"""The form in which text is stored: NFC, without control characters, descriptions without HTML.

Marks that turn the direction of writing go as well: they can make a name read as another one.
Joiners stay, as scripts and emoji need them.
"""

from __future__ import annotations

import re
import unicodedata

from rentix.rules.markup import strip_markup

_PASSES_MAX = 8
_DIRECTION_MARKS = "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff"
_CONTROLS = "\\x00-\\x08\\x0e-\\x1b\\x7f-\\x84\\x86-\\x9f"
_INVISIBLE = re.compile(f"[{_DIRECTION_MARKS}{_CONTROLS}]")
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_BLANK = re.compile(r"[^\S\n]")
_TRAILING_BLANKS = re.compile(r"(?<! ) +(?=\n)")
_EMPTY_LINES = re.compile(r"\n{3,}")
_BLANKS = "\t\x1f\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_UNTIDY = re.compile(
    f"[<&\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029{_BLANKS}{_DIRECTION_MARKS}{_CONTROLS}]"
)


def clean_line(text: str) -> str:
    """Write text on one line, as a name is stored: single blanks, none at the ends."""
    if text.isprintable() and "  " not in text and unicodedata.is_normalized("NFC", text):
        return text.strip()
    return " ".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).split())


def clean_text(text: str) -> str:
    """Write text on lines, as a description is stored: plain, never two empty lines running.

    HTML becomes what it says, its blocks lines; entities are decoded until nothing changes, so
    cleaning again changes nothing. Raises ValueError for text escaped too many times over; its
    words complete "<field> ". Lone surrogates are the caller's to refuse.
    """
    if _is_tidy(text):
        return text
    for _ in range(_PASSES_MAX):
        cleaned = _tidy_lines(strip_markup(_tidy_lines(text)))
        if cleaned == text:
            return text
        text = cleaned
    raise ValueError(
        f"must be plain text or HTML: after {_PASSES_MAX} times of decoding it still holds HTML"
    )


def _is_tidy(text: str) -> bool:
    """Whether there is nothing to clean, told at a glance; most descriptions are so."""
    return (
        not _holds_untidy(text)
        and text == text.strip()
        and ("\n" not in text or not (" \n" in text or "\n\n\n" in text))
        and unicodedata.is_normalized("NFC", text)
    )


def _holds_untidy(text: str) -> bool:
    if text.isprintable():  # no blanks but spaces, no marks, no controls
        return "<" in text or "&" in text
    return bool(_UNTIDY.search(text))


def _tidy_lines(text: str) -> str:
    text = _INVISIBLE.sub("", _LINE_END.sub("\n", text))
    text = _BLANK.sub(" ", unicodedata.normalize("NFC", text))
    return _EMPTY_LINES.sub("\n\n", _TRAILING_BLANKS.sub("", text)).strip()
