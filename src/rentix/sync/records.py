"""What a roster is made of, from a line of a file to what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

Cells = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a source: the line it begins on, and its cells by column."""

    line: int
    cells: Cells


class Rejection(msgspec.Struct, frozen=True, rename="camel"):
    """A row that is not in the portal, and why. `code` is the portal's word or one of ours."""

    line: int
    external_id: str | None
    reason: str
    code: str


class Record(msgspec.Struct, frozen=True):
    """A row as the API takes it: `operation` is an `upsert` of a bulk, already JSON."""

    line: int
    external_id: str
    operation: bytes


@dataclass(slots=True)
class Fate:
    """What became of an external id's first row; `digest` tells an equal row from another."""

    line: int
    digest: bytes
    state: Literal["waiting", "stored", "rejected"] = "waiting"
