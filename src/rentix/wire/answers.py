"""Outcomes of operations as the wire spells them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from rentix.errors import Problem
from rentix.operations import ListingOutcome, MediaOutcome, Note, Outcome, Result
from rentix.wire.errors import operation_error
from rentix.wire.fates import VERBS, print_receipt, shown_etag
from rentix.wire.leavers import deactivate_members
from rentix.wire.listing_answers import listing_members
from rentix.wire.media import queued_members
from rentix.wire.shapes import (
    BulkShape,
    LinkShape,
    PutShape,
    ResultShape,
    SummaryShape,
)

encode = msgspec.json.Encoder().encode


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
        **VERBS[outcome.verb],
    )


def bulk_answer(
    ops: Sequence[object],
    results: Sequence[Result],
    notes: tuple[Note, ...] = (),
    *,
    public_base: str = "",
    dry_run: bool = False,
    receipt: bool = False,
) -> BulkShape:
    """The answer to a bulk; `ops` are the words that the client sent.

    `public_base` is what the paths of listings' pages are put behind.
    """
    entries = tuple(
        _entry(
            index,
            op,
            result,
            public_base,
            stored=not dry_run and op != "validate",
            receipt=receipt,
        )
        for index, (op, result) in enumerate(zip(ops, results, strict=True))
    )
    succeeded = sum(entry.success for entry in entries)
    summary = SummaryShape(len(entries), succeeded, len(entries) - succeeded)
    return BulkShape(
        results=entries, summary=summary, warnings=notes or UNSET, dry_run=dry_run or UNSET
    )


def _entry(
    index: int, op: object, result: Result, public_base: str, *, stored: bool, receipt: bool
) -> ResultShape:
    word = op if isinstance(op, str) else None
    if isinstance(result, Problem):
        return ResultShape(index=index, op=word, success=False, error=operation_error(result))
    if isinstance(result, MediaOutcome):
        members = queued_members(result, stored=stored)
    elif isinstance(result, ListingOutcome):
        members = listing_members(result, public_base, stored=stored, receipt=receipt)
    else:
        assert isinstance(result, Outcome)  # noqa: S101 - a bulk has no other operations
        members = _user_members(result, stored=stored, receipt=receipt)
    return ResultShape(index=index, op=word, success=True, **members)


def _user_members(outcome: Outcome, *, stored: bool, receipt: bool) -> dict[str, Any]:
    if outcome.verb in ("linked", "unlinked", "not_linked"):
        return _link_members(outcome, stored=stored)
    if outcome.verb == "deactivated":
        return _link_members(outcome, stored=stored) | deactivate_members(outcome)
    return _put_members(outcome, stored=stored, receipt=receipt)


def _link_members(outcome: Outcome, *, stored: bool) -> dict[str, Any]:
    return {
        "id": _shown_id(outcome),
        "external_id": _external_id(outcome),
        "etag": shown_etag(outcome, stored=stored),
        "warnings": outcome.warnings or UNSET,
        **VERBS[outcome.verb],
    }


def _put_members(outcome: Outcome, *, stored: bool, receipt: bool) -> dict[str, Any]:
    return {
        "id": _shown_id(outcome) if stored or outcome.verb != "created" else None,
        "external_id": outcome.user.external_id,
        "etag": shown_etag(outcome, stored=stored),
        "job_id": outcome.queued.id if outcome.queued and stored else UNSET,
        "warnings": outcome.warnings or UNSET,
        "fields": print_receipt(outcome.receipt) if receipt and outcome.receipt else UNSET,
        **VERBS[outcome.verb],
    }


def _shown_id(outcome: Outcome) -> int | None:
    # A user that a dry run created has a made-up negative id, known to later operations only.
    return outcome.user.id if outcome.user.id > 0 else None


def _external_id(outcome: Outcome) -> str | None:
    return outcome.freed if outcome.verb == "unlinked" else outcome.user.external_id
