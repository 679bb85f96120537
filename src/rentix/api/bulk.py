"""POST /users/bulk: up to 100 operations in order (contract 5)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from rentix.api.call import Call, Reply, json_reply
from rentix.api.refusals import error_reply
from rentix.api.writing import stray_notes, terms, write
from rentix.errors import Code, Fault, Problem, invalid
from rentix.operations import Note, Operation, Result
from rentix.rules.leavers import read_deactivate
from rentix.rules.puts import read_link, read_put, read_sound, read_unlink
from rentix.rules.steering import Terms
from rentix.wire.answers import bulk_answer, encode
from rentix.wire.bodies import MAX_OPERATIONS, BulkBody
from rentix.wire.decode import parse_object, read, unknown_members
from rentix.wire.errors import bulk_error
from rentix.wire.shapes import BulkShape
from rentix.wire.sound import SoundBulk, SoundOperation, sound_bulk
from rentix.wire.sound_listings import SoundListingBulk, SoundListingOperation

OPS = ("upsert", "update", "link", "unlink", "deactivate", "validate")
OPS_INVALID = "an operation must be an object"
_SLICE_S = 0.001


async def bulk_users(call: Call) -> Reply:
    """Write up to 100 operations.

    Each is decided in order and on its own, so look at every `success`; with `atomic` they stand or
    fall together. Members of `upsert` lie flat beside `op`.
    """
    body, notes = _read_body(call.body)
    return await write_bulk(call, body, notes, partial(_read, terms=bulk_terms(call)))


async def write_bulk(
    call: Call,
    body: BulkBody | SoundBulk | SoundListingBulk,
    notes: tuple[Note, ...],
    read_one: Callable[[object], Operation],
) -> Reply:
    """Have the operations of a bulk decided and stored; `read_one` makes them of what was sent."""
    async with call.portal.turn(call.tenant[1].id):
        operations = await _read_operations(body.operations, read_one)
    ops = [_op(item) for item in body.operations]
    notes = stray_notes(call) + notes

    def answer(results: Sequence[Result]) -> BulkShape:
        dry_run, receipt = call.query.get("dryRun", False), call.query.get("receipt", False)
        base = call.portal.public_url or ""
        return bulk_answer(ops, results, notes, public_base=base, dry_run=dry_run, receipt=receipt)

    def render(results: Sequence[Result]) -> bytes | None:
        return encode(answer(results)) if _any_succeeded(results) else None

    results = await write(call, operations, render, atomic=body.atomic is True)
    if isinstance(results, Reply):
        return results
    if _any_succeeded(results):
        return json_reply(answer(results))
    return _refusal(call, results, answer(results))


def bulk_terms(call: Call) -> Terms:
    """How the agency reads values.

    Raises:
        Problem: 400, there is an If-Match.
    """
    if b"if-match" in call.headers:
        message = "If-Match cannot hold for several operations; send ifMatch in each"
        raise Problem(Code.HEADER_INVALID, message)
    return terms(call)


async def _read_operations(
    items: Sequence[Any], read_one: Callable[[object], Operation]
) -> list[Operation | Problem]:
    operations: list[Operation | Problem] = []
    began = time.perf_counter()
    for item in items:
        try:
            operations.append(read_one(item))
        except Problem as problem:
            operations.append(problem)
        # Texts and phones may take time: others get their turn in between, and an agency has one
        # turn, however many bulks it sends.
        if time.perf_counter() - began > _SLICE_S:
            await asyncio.sleep(0)
            began = time.perf_counter()
    return operations


def _any_succeeded(results: Sequence[Result]) -> bool:
    return not all(isinstance(result, Problem) for result in results)


def _read_body(body: bytes) -> tuple[BulkBody | SoundBulk, tuple[Note, ...]]:
    sound = sound_bulk(body)
    if sound is not None:
        return sound, ()
    return read_bulk(parse_object(body))


def _op(item: object) -> object:
    if isinstance(item, SoundOperation | SoundListingOperation):
        return item.op
    return item.get("op") if isinstance(item, dict) else None


def read_bulk(raw: dict[str, Any]) -> tuple[BulkBody, tuple[Note, ...]]:
    """The operations in `raw`, unread, and warnings of what else is there.

    Raises:
        Problem: 400, it is no bulk, or one of none or too many.
    """
    # What is inside an operation is that operation's matter, not the whole request's.
    hollow = {"operations": [None] * len(raw["operations"])} if _is_listed(raw) else {}
    body, faults = read(BulkBody, raw | hollow)
    count = len(body.operations) if body else 1
    if not 1 <= count <= MAX_OPERATIONS:
        message = f"operations must contain 1 to {MAX_OPERATIONS} elements; there are {count}"
        faults.append(Fault(Code.OUT_OF_RANGE, message, ("operations",)))
    if body is None or faults:
        raise invalid(faults)
    return BulkBody(operations=raw["operations"], atomic=body.atomic), _unknown_notes(raw)


def _is_listed(raw: dict[str, Any]) -> bool:
    return isinstance(raw.get("operations"), list)


def _read(raw: object, terms: Terms) -> Operation:
    if isinstance(raw, SoundOperation):
        return read_sound(raw, terms, validate_only=raw.op == "validate")
    if not isinstance(raw, dict):
        raise invalid([Fault(Code.TYPE_INVALID, OPS_INVALID)])
    op = raw.get("op")
    members = {name: value for name, value in raw.items() if name != "op"}
    if op == "link":
        return read_link(members, None, terms)
    if op == "unlink":
        return read_unlink(members, terms)
    if op == "deactivate":
        return read_deactivate(members, None, terms)
    if op in OPS:
        return read_put(members, terms, validate_only=op == "validate")
    message = f"op must be one of: {', '.join(OPS)}"
    raise invalid([Fault(Code.NOT_ONE_OF, message, ("op",))])


def _unknown_notes(raw: dict[str, Any]) -> tuple[Note, ...]:
    return tuple(
        Note(name, "unknown_field", f"{name} is not a member of a bulk request; it was ignored")
        for name in unknown_members(BulkBody, raw)
    )


def _refusal(call: Call, results: Sequence[Result], body: BulkShape) -> Reply:
    aborted = any(isinstance(r, Problem) and r.code is Code.ABORTED for r in results)
    message = "nothing was stored: " + (
        "an operation failed and the request is atomic" if aborted else "every operation failed"
    )
    problem = Problem(Code.ALL_FAILED, f"{message}; results says why")
    return error_reply(bulk_error(problem, call.request_id, body), call, [])
