"""Cells as the API takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from msgspec import UNSET

from rentix.sync.targets import SETTINGS
from rentix.wire.bodies import MAX_ID

WORDS: Final = {
    **dict.fromkeys(("true", "yes", "da", "да", "так", "1"), True),
    **dict.fromkeys(("false", "no", "nu", "нет", "ні", "0"), False),
}
PRECISE: Final = 1e15
"""A spreadsheet keeps fifteen digits of a number; the rest of a longer one are made up."""

Convert = Callable[[object], object]


class CellError(ValueError):
    """A cell that cannot be sent. `code` is a machine word."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def converter(target: str) -> Convert:
    """Return what makes a cell a value of the field `target`; None for one without a value.

    Text is not trimmed, for an external id is opaque and the portal cleans the rest. Whole
    numbers become text. What a type is wrong for is left to the portal to refuse.
    """
    special = {"avatar": _read_avatar, "userId": _read_user_id}
    read = special.get(target, _read_bool if target in SETTINGS else _as_it_is)

    def convert(value: object) -> object:
        if type(value) is str:
            if not value or value.isspace():
                return None
            if not value.isascii() or "\0" in value:
                _check_sendable(target, value)
        elif value is None or value is UNSET:
            return None
        else:
            value = _read_other(target, value)
        return value if read is _as_it_is else read(target, value)

    return convert


def _read_other(target: str, value: object) -> object:
    for text in _texts(value):
        _check_sendable(target, text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if isinstance(value, float):
        if abs(value) >= PRECISE:
            raise CellError(
                "number_imprecise",
                f"{target} is a number of more than 15 digits, of which a spreadsheet keeps 15; "
                "make the column text",
            )
        if not value.is_integer():
            return value
    return str(int(value))


def _as_it_is(_: str, value: object) -> object:
    return value


def _read_avatar(_: str, value: object) -> object:
    return {"url": value} if isinstance(value, str) else value


def _read_bool(target: str, value: object) -> object:
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold()
    if word not in WORDS:
        raise CellError("bool_unreadable", f"{target} must be one of: {', '.join(WORDS)}")
    return WORDS[word]


def _read_user_id(target: str, value: object) -> object:
    digits = value.strip() if isinstance(value, str) else ""
    if not (digits.isascii() and digits.isdigit() and 0 < int(digits[:20]) <= MAX_ID):
        raise CellError("user_id_invalid", f"{target} must be a user's number on the portal")
    return int(digits)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _check_sendable(target: str, text: str) -> None:
    # Either is a 400 for the request as a whole (contract 1): it would cost 99 other rows.
    if "\0" in text:
        raise CellError("nul_refused", f"{target} holds a NUL character")
    if not is_text(text):
        raise CellError("text_broken", f"{target} holds bytes that are not in the file's encoding")


def is_text(text: str) -> bool:
    """Whether every character can be written: no half of a pair, no undecodable byte."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
