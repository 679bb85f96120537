"""What operations on listings came to, as the wire spells it."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from rentix.operations import ListingOutcome
from rentix.wire.fates import VERBS, print_receipt, shown_etag
from rentix.wire.listing_shapes import ListingDeletedShape, ListingLinkShape, PutListingShape
from rentix.wire.listings import public_url


def put_listing_answer(
    outcome: ListingOutcome, public_base: str, *, dry_run: bool = False, receipt: bool = False
) -> PutListingShape:
    """The answer to PUT /listings."""
    members = _put_members(outcome, public_base, stored=not dry_run, receipt=receipt)
    return PutListingShape(**members, dry_run=dry_run or UNSET)


def listing_link_answer(outcome: ListingOutcome, *, dry_run: bool = False) -> ListingLinkShape:
    """The answer to POST and DELETE /listings/:id/link."""
    return ListingLinkShape(
        id=outcome.listing.id,
        external_id=_external_id(outcome),
        warnings=outcome.warnings or UNSET,
        dry_run=dry_run or UNSET,
        **VERBS[outcome.verb],
    )


def listing_deleted_answer(
    outcome: ListingOutcome, *, dry_run: bool = False
) -> ListingDeletedShape:
    """The answer to DELETE /listings/:id."""
    return ListingDeletedShape(
        id=outcome.listing.id,
        external_id=outcome.listing.external_id,
        warnings=outcome.warnings or UNSET,
        dry_run=dry_run or UNSET,
    )


def listing_members(
    outcome: ListingOutcome, public_base: str, *, stored: bool, receipt: bool
) -> dict[str, Any]:
    """What a result of a bulk says of an operation on a listing."""
    if outcome.verb in ("created", "updated", "unchanged"):
        return _put_members(outcome, public_base, stored=stored, receipt=receipt)
    # A deleted listing has no state that could be asked for.
    etag = UNSET if outcome.verb == "deleted" else shown_etag(outcome, stored=stored)
    return {
        "id": _shown_id(outcome),
        "external_id": _external_id(outcome),
        "etag": etag,
        "warnings": outcome.warnings or UNSET,
        **VERBS[outcome.verb],
    }


def _put_members(
    outcome: ListingOutcome, public_base: str, *, stored: bool, receipt: bool
) -> dict[str, Any]:
    listing = outcome.listing
    shown = _shown_id(outcome) if stored or outcome.verb != "created" else None
    return {
        "id": shown,
        "external_id": listing.external_id,
        "status": listing.status,
        "public_url": None if shown is None else public_url(public_base, shown),
        "job_id": outcome.queued[0].id if outcome.queued and stored else None,
        "etag": shown_etag(outcome, stored=stored),
        "warnings": outcome.warnings or UNSET,
        "fields": print_receipt(outcome.receipt) if receipt and outcome.receipt else UNSET,
        **VERBS[outcome.verb],
    }


def _shown_id(outcome: ListingOutcome) -> int | None:
    # A listing that a dry run created has a made-up negative id, known to later operations only.
    return outcome.listing.id if outcome.listing.id > 0 else None


def _external_id(outcome: ListingOutcome) -> str | None:
    return outcome.former if outcome.verb == "unlinked" else outcome.listing.external_id
