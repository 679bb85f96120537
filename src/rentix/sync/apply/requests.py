"""A plan's items as bulks: in an order that frees before it gives, and takes away last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, Literal

import msgspec

from rentix.client import batches
from rentix.sync.plan import Item, Plan

Step = Literal["unlink", "link", "linked", "upsert", "deactivate"]
STEPS: Final[tuple[Step, ...]] = ("unlink", "link", "linked", "upsert", "deactivate")
"""What is done in turn. `linked` are the upserts of who was linked just now, in bulks of their own:
what came of a link must not change which others are sent together, and with it their keys.
"""


@dataclass(frozen=True, slots=True)
class Part:
    """One operation of a bulk: the number of its item in the plan, and its JSON."""

    item: int
    operation: bytes


def parts_of(step: Step, plan: Plan, etags: Mapping[int, str]) -> Iterator[Part]:
    """Yield the operations of a step; `etags` are those of items that were linked before it."""
    for number, item in enumerate(plan.items):
        members = _members(step, item, etags.get(number))
        if members is not None:
            op = "upsert" if step == "linked" else step
            yield Part(number, msgspec.json.encode({"op": op, **members}, order="deterministic"))


def _members(step: Step, item: Item, linked: str | None) -> dict[str, Any] | None:
    if step in ("linked", "upsert"):
        return _upsert(step, item, linked)
    if item.action != step:
        return None
    named: dict[str, Any] = {"id": item.user_id, "ifMatch": item.if_match}
    return named | {"externalId": item.external_id} if step == "link" else named


def _upsert(step: Step, item: Item, linked: str | None) -> dict[str, Any] | None:
    if step == "linked":
        if item.action != "link" or not item.send or linked is None:
            return None
        return _update(item, linked)
    if item.action == "create":
        return {**item.send, "mode": "create"}
    return _update(item, item.if_match) if item.action == "update" else None


def _update(item: Item, etag: str | None) -> dict[str, Any]:
    # Who was unlinked meanwhile is not there; without the mode the portal would ask for all that a
    # new user needs.
    return {**item.send, "mode": "update", "ifMatch": etag}


def split(parts: Iterable[Part]) -> Iterator[list[Part]]:
    """Yield the parts in bulks that the API takes."""
    return batches.split(parts, lambda part: len(part.operation))


def key_of(plan: Plan, parts: Sequence[Part]) -> str:
    """The idempotency key of a bulk: the same for the same items of the same plan, only."""
    digest = blake2b(digest_size=20)
    digest.update(f"{plan.id}\n{plan.digest}\n".encode())
    for part in parts:
        digest.update(b"%d\n%s\n" % (part.item, part.operation))
    return f"plan-{digest.hexdigest()}"
