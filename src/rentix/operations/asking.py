"""Who asks, and what is said in passing."""

from __future__ import annotations

from typing import Literal

import msgspec

from rentix.errors import Fault

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


class Naming(msgspec.Struct, frozen=True, kw_only=True):
    """An operation on what exactly one of its two ids names, if its etag is one of `if_match`."""

    id: int | None = None
    external_id: str | None = None
    if_match: tuple[str, ...] | None = None
    notes: tuple[Note, ...] = ()


class Linking(msgspec.Struct, frozen=True, kw_only=True):
    """An operation that attaches an external id to what has none."""

    id: int
    external_id: str
    if_match: tuple[str, ...] | None = None
    notes: tuple[Note, ...] = ()


class Putting(Naming, frozen=True, kw_only=True):
    """What steers a PUT, whatever it is of, and what reading made of it.

    `forms` maps a field that was normalised to (as sent, as stored); `ignored` an unknown field
    to the reason; `notes` are said only of fields whose value is taken. `faults` are what reading
    found wrong: with any, it is refused. `validate_only` decides and stores nothing.
    """

    mode: Mode = "upsert"
    source_us: int | None = None
    forms: dict[str, tuple[str, str]] = {}
    ignored: dict[str, str] = {}
    faults: tuple[Fault, ...] = ()
    validate_only: bool = False
