"""What a roster is made of, from a line of a file to what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

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


class Skipped(msgspec.Struct, frozen=True, rename="camel"):
    """A row that a rule of the map leaves out, and the rule in words.

    `name` and `phone` are as the map finds them: a number is not free because nobody is to be
    brought in by it.
    """

    line: int
    external_id: str | None
    reason: str
    name: str | None = None
    phone: str | None = None


class Record(msgspec.Struct, frozen=True):
    """A row as the API takes it: `operation` is an `upsert` of a bulk, already JSON.

    A null in it clears a field; there is one only if the configuration says that empty cells
    do. `user_id` is the portal's own id if the roster knows it, and is no part of the operation.
    """

    line: int
    external_id: str
    operation: bytes
    user_id: int | None = None

    def fields(self) -> dict[str, Any]:
        """Return the members of a PUT, `externalId` among them."""
        fields: dict[str, Any] = msgspec.json.decode(self.operation)
        del fields["op"]
        return fields


@dataclass(slots=True)
class Fate:
    """What became of an external id's first row; `digest` tells an equal row from another."""

    line: int
    digest: bytes
    state: Literal["waiting", "stored", "rejected"] = "waiting"
