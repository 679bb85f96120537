"""Text made of several columns: `{Nume} {Prenume}`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_PIECE: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[^{}]+|[{}]")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a template: a column to put there, or the text itself if that is None."""

    text: str
    column: str | None = None


def read_template(text: str) -> tuple[Part, ...]:
    """Take a template apart; `{{` and `}}` are braces. Raises ValueError with what is wrong."""
    parts: list[Part] = []
    for piece in _PIECE.finditer(text):
        if piece[1] is not None:
            if not (column := piece[1].strip()):
                raise ValueError("{} names no column; write {Column}")
            parts.append(Part("", column))
        elif piece[0] in ("{{", "}}"):
            parts.append(Part(piece[0][0]))
        elif piece[0] in ("{", "}"):
            raise ValueError(f"{piece[0]} stands alone; a brace itself is written {piece[0] * 2}")
        else:
            parts.append(Part(piece[0]))
    if not any(part.column for part in parts):
        raise ValueError("it names no column; a value for all rows goes into [constants]")
    return tuple(parts)
