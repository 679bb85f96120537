"""Who asks, and what is said in passing."""

from __future__ import annotations

from typing import Literal

import msgspec

Mode = Literal["upsert", "create", "update", "fill"]


class Caller(msgspec.Struct, frozen=True):
    """Who asks. `key_id` is None for the portal itself; `run` names a client's sync run."""

    agency_id: int
    key_id: int | None = None
    run: str | None = None


class Note(msgspec.Struct, frozen=True):
    """A warning: something submitted was ignored, stored in another form, or is doubtful."""

    field: str
    code: str
    message: str
