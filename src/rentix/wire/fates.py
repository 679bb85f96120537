"""What became of an operation, and of each field that it submitted, as the wire spells it."""

from __future__ import annotations

from rentix.model import UNSTORED
from rentix.operations import AgencyOutcome, ListingOutcome, Outcome, Receipt
from rentix.wire.shapes import FieldsShape, FormShape

VERBS: dict[str, dict[str, bool]] = {
    "created": {"created": True},
    "updated": {"updated": True},
    "unchanged": {"updated": False, "unchanged": True},
    "linked": {"linked": True},
    "unlinked": {"unlinked": True},
    "not_linked": {"unlinked": False},
    "deleted": {"deleted": True},
    "deactivated": {"deactivated": True},
    "reactivated": {"reactivated": True},
}


def print_receipt(receipt: Receipt) -> FieldsShape:
    """Where every submitted field went."""
    return FieldsShape(
        applied=receipt.applied,
        unchanged=receipt.unchanged,
        normalised={field: FormShape(*form) for field, form in receipt.normalised.items()},
        ignored=receipt.ignored,
        held=receipt.held,
    )


def shown_etag(outcome: Outcome | ListingOutcome | AgencyOutcome, *, stored: bool) -> str:
    """The etag of the state that is stored, or `UNSTORED`."""
    if not stored and outcome.change is not None:
        return UNSTORED
    if isinstance(outcome, ListingOutcome):
        return outcome.listing.etag
    return outcome.agency.etag if isinstance(outcome, AgencyOutcome) else outcome.user.etag
