"""Cells as the API takes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

WORDS: Final = {
    **dict.fromkeys(("true", "yes", "da", "да", "1"), True),
    **dict.fromkeys(("false", "no", "nu", "нет", "0"), False),
}


class CellError(ValueError):
    """A cell that cannot be sent. `code` is a machine word."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def convert(target: str, value: object) -> object:
    """Return a cell as the field `target` takes it; None for one without a value.

    Text is not trimmed, for an external id is opaque and the portal cleans the rest. Whole
    numbers of JSON become text. What a type is wrong for is left to the portal to refuse.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    for text in _texts(value):
        _check_sendable(target, text)
    if target.startswith("settings."):
        return _read_bool(target, value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return {"url": value} if target == "avatar" and isinstance(value, str) else value


def _read_bool(target: str, value: object) -> object:
    word = str(value).strip().casefold()
    if word not in WORDS:
        raise CellError("bool_unreadable", f"{target} must be one of: {', '.join(WORDS)}")
    return WORDS[word]


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
