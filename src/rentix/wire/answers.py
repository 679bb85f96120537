"""Outcomes of operations as the wire spells them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from rentix.errors import Problem
from rentix.model import UNSTORED
from rentix.operations import MediaOutcome, Note, Outcome, Receipt, Result
from rentix.wire.errors import operation_error
from rentix.wire.media import queued_members
from rentix.wire.shapes import (
    BulkShape,
    FieldsShape,
    FormShape,
    LinkShape,
    PutShape,
    ResultShape,
    SummaryShape,
)

encode = msgspec.json.Encoder().encode

_VERBS: dict[str, dict[str, bool]] = {
    "created": {"created": True},
    "updated": {"updated": True},
    "unchanged": {"updated": False, "unchanged": True},
    "linked": {"linked": True},
    "unlinked": {"unlinked": True},
    "not_linked": {"unlinked": False},
}


def put_answer(outcome: Outcome, *, dry_run: bool = False, receipt: bool = False) -> PutShape:
    """The answer to PUT /users."""
    members = _put_members(outcome, stored=not dry_run, receipt=receipt)
    return PutShape(**members, dry_run=dry_run or UNSET)


def link_answer(outcome: Outcome, *, dry_run: bool = False) -> LinkShape:
    """The answer to POST and DELETE /users/:id/link."""
    return LinkShape(
        id=outcome.user.id,
        external_id=_external_id(outcome),
        warnings=outcome.warnings or UNSET,
        dry_run=dry_run or UNSET,
        **_VERBS[outcome.verb],
    )


def bulk_answer(
    ops: Sequence[object],
    results: Sequence[Result],
    notes: tuple[Note, ...] = (),
    *,
    dry_run: bool = False,
    receipt: bool = False,
) -> BulkShape:
    """The answer to a bulk; `ops` are the words that the client sent."""
    entries = tuple(
        _entry(index, op, result, stored=not dry_run and op != "validate", receipt=receipt)
        for index, (op, result) in enumerate(zip(ops, results, strict=True))
    )
    succeeded = sum(entry.success for entry in entries)
    summary = SummaryShape(len(entries), succeeded, len(entries) - succeeded)
    return BulkShape(
        results=entries, summary=summary, warnings=notes or UNSET, dry_run=dry_run or UNSET
    )


def _entry(index: int, op: object, result: Result, *, stored: bool, receipt: bool) -> ResultShape:
    word = op if isinstance(op, str) else None
    if isinstance(result, Problem):
        return ResultShape(index=index, op=word, success=False, error=operation_error(result))
    if isinstance(result, MediaOutcome):
        members = queued_members(result, stored=stored)
    elif result.verb in ("linked", "unlinked", "not_linked"):
        members = _link_members(result, stored=stored)
    else:
        members = _put_members(result, stored=stored, receipt=receipt)
    return ResultShape(index=index, op=word, success=True, **members)


def _link_members(outcome: Outcome, *, stored: bool) -> dict[str, Any]:
    return {
        "id": _shown_id(outcome),
        "external_id": _external_id(outcome),
        "etag": shown_etag(outcome, stored=stored),
        "warnings": outcome.warnings or UNSET,
        **_VERBS[outcome.verb],
    }


def _put_members(outcome: Outcome, *, stored: bool, receipt: bool) -> dict[str, Any]:
    return {
        "id": _shown_id(outcome) if stored or outcome.verb != "created" else None,
        "external_id": outcome.user.external_id,
        "etag": shown_etag(outcome, stored=stored),
        "job_id": outcome.queued.id if outcome.queued and stored else UNSET,
        "warnings": outcome.warnings or UNSET,
        "fields": _fields(outcome.receipt) if receipt and outcome.receipt else UNSET,
        **_VERBS[outcome.verb],
    }


def shown_etag(outcome: Outcome, *, stored: bool) -> str:
    """The etag of the state that is stored, or `UNSTORED`."""
    return outcome.user.etag if stored or outcome.change is None else UNSTORED


def _shown_id(outcome: Outcome) -> int | None:
    # A user that a dry run created has a made-up negative id, known to later operations only.
    return outcome.user.id if outcome.user.id > 0 else None


def _external_id(outcome: Outcome) -> str | None:
    return outcome.freed if outcome.verb == "unlinked" else outcome.user.external_id


def _fields(receipt: Receipt) -> FieldsShape:
    return FieldsShape(
        applied=receipt.applied,
        unchanged=receipt.unchanged,
        normalised={field: FormShape(*form) for field, form in receipt.normalised.items()},
        ignored=receipt.ignored,
        held=receipt.held,
    )
