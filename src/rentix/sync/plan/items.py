"""What a plan is made of: one item an agent, with the reason in words."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

Action = Literal["create", "update", "link", "unlink", "deactivate", "conflict", "skip"]

ACTIONS: Final[tuple[Action, ...]] = (
    "create",
    "update",
    "link",
    "unlink",
    "deactivate",
    "conflict",
    "skip",
)
WRITES: Final[frozenset[Action]] = frozenset(ACTIONS) - {"conflict", "skip"}
"""The actions that `apply` carries out; the others say why nothing is done."""


class FieldChange(msgspec.Struct, frozen=True):
    """A field's value on the portal and the one it gets; None is none."""

    field: str
    old: Any
    new: Any


class Item(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What is to be done about one agent, and why.

    `code` is the reason as a machine word. `if_match` is the user's etag when the plan was made: it
    must hold when the item is applied. `send` are the members of the upsert, as the source has
    them. `line` is the source's.
    """

    action: Action
    reason: str
    code: str
    external_id: str | None = None
    user_id: int | None = None
    name: str | None = None
    line: int | None = None
    if_match: str | None = None
    fields: tuple[FieldChange, ...] = ()
    send: dict[str, Any] = {}


class Limit(msgspec.Struct, frozen=True, rename="camel"):
    """A limit that stops a plan from being applied: how many there are, how many may be."""

    limit: str
    count: int
    allowed: int
    message: str


class Plan(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Source × portal. `summary` counts the agents by action, and those that are as they should be.

    `id` is new with every plan, so that no two of them share an idempotency key, whatever they say;
    `digest` is the SHA-256 of what the plan says, and the same when that is. `warnings` are what
    the portal would say of values, by code, with how often and an example.
    """

    version: Literal[1] = 1
    digest: str = ""
    id: str
    made_at: str
    portal: str
    agency_id: int
    agency: str
    source: str
    summary: dict[str, int]
    limits: tuple[Limit, ...] = ()
    warnings: dict[str, tuple[int, str]] = {}
    items: tuple[Item, ...] = ()

    @property
    def writes(self) -> tuple[Item, ...]:
        """The items that `apply` carries out."""
        return tuple(item for item in self.items if item.action in WRITES)
