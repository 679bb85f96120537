"""What a check comes to."""

from __future__ import annotations

from typing import Literal

import msgspec

State = Literal["ok", "warning", "failed"]


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at, and, if it is not well, what to do."""

    check: str
    state: State
    message: str


def well(check: str, message: str) -> Check:
    """Nothing is to be done."""
    return Check(check, "ok", message)


def dubious(check: str, message: str) -> Check:
    """A sync works, but somebody should look."""
    return Check(check, "warning", message)


def bad(check: str, message: str) -> Check:
    """A sync cannot work until this is mended."""
    return Check(check, "failed", message)
