"""Two of schemathesis's checks, told which refusals and answers no schema can foresee."""

from __future__ import annotations

from typing import Any

import schemathesis
from schemathesis import Case, CheckContext, Response
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

UNFORESEEABLE = {
    "phone_invalid": "which digits are a number is libphonenumber's to say",
    "social_invalid": "which host a handle or URL leads to is the WHATWG URL rules' to say",
    "url_invalid": "as social_invalid",
    "timestamp_invalid": "ISO 8601 allows more than the format date-time does",
    "text_invalid": "markup is judged by an HTML parser",
    "too_short": "what is left of a text without markup and control characters may be nothing",
    "too_long": "a text may grow when it is normalised",
    "nul_refused": "NUL is refused in any string, unknown members included",
    "media_unknown": "which media there are is the agency's state",
    "required": "name and phone are needed when the external id is new",
    "precondition_failed": "which etag is current is the user's state",
    "exclusive": "If-Match and ifMatch may be sent both, but must be equal",
    "cursor_invalid": "a cursor is opaque, and comes from a page",
    "idempotency_key_reused": "it was used before, with another body",
    "search": "it must hold a letter or a digit of any script",
    "user_unknown": "state, in a bulk",
    "user_exists": "state, in a bulk",
    "external_id_taken": "state, in a bulk",
    "already_linked": "state, in a bulk",
    "stale_source": "state, in a bulk",
    "listing_unknown": "state, in a bulk",
    "listing_exists": "state, in a bulk",
    "agent_unknown": "which agents there are is the agency's state",
    "agents_disagree": "as agent_unknown",
    "successor_invalid": "as agent_unknown",
    "photos_missing": "which photos a listing has is its state",
    "status_not_allowed": "some statuses are the portal's to set",
    "not_one_of": "the subtypes depend on the type, which may be stored",
    "out_of_range": "a floor is judged by how many there are, which may be stored",
    "monthly_listings_reached": "state",
    "aborted": "another operation of an atomic bulk failed for one of these reasons",
}


BULKS = ("POST /users/bulk", "POST /listings/bulk", "POST /media/bulk")


@schemathesis.check
def accepts_what_the_document_allows(
    ctx: CheckContext, response: Response, case: Case[Any]
) -> None:
    """positive_data_acceptance, but for refusals that no schema can foresee.

    An id that was learned from the answer to a dry run, which has none, is no valid one either.
    """
    if (case.path_parameters or {}).get("id", 1) in (None, "null"):
        return
    if response.status_code >= 400 and _reasons(response.json()) <= UNFORESEEABLE.keys():
        return
    positive_data_acceptance(ctx, response, case)


@schemathesis.check
def refuses_what_the_document_forbids(
    ctx: CheckContext, response: Response, case: Case[Any]
) -> None:
    """negative_data_rejection, but for a bulk that refused the bad operations by themselves."""
    if response.status_code == 413:  # what is generated may be over 512 KB as well
        return
    if case.operation.label in BULKS and response.status_code == 200:
        summary = response.json()["summary"]
        if summary["failed"] > 0:
            return
    negative_data_rejection(ctx, response, case)


def _reasons(error: dict[str, Any]) -> set[str]:
    failed = [r["error"] for r in error.get("results", []) if not r["success"]]
    if failed:
        return set().union(*(_reasons(each) for each in failed))
    faults = error.get("details") or [error]
    return {"search" if f.get("parameter") == "search" else f["code"] for f in faults}
