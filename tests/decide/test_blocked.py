"""A listing that the operator has blocked: what it says may change, its status may not."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from rentix.decide.batch import decide
from rentix.decide.listing_set import ListingSet, LoadedListings
from rentix.decide.working_set import WorkingSet
from rentix.errors import Code, Fault, Problem
from rentix.model import Listing
from rentix.operations import (
    Caller,
    DeleteListing,
    ListingOutcome,
    ListingPatch,
    Operation,
    PutListing,
    Request,
    Result,
)

BLOCKED = Listing(id=7, agency_id=1, external_id="a", status="blocked", created_ms=1, updated_ms=1)


def decided(operation: Operation) -> Result:
    listings = ListingSet(LoadedListings(listings=(BLOCKED,)))
    working = WorkingSet(listings=listings, new_id=lambda _kind: next(count(100)))
    [result] = decide(working, Request(caller=Caller(1, 1), operations=(operation,)), 1000).results
    return result


def put(**patch: Any) -> PutListing:
    return PutListing(external_id="a", patch=ListingPatch(**patch))


@pytest.mark.parametrize("status", ["draft", "active", "hidden", "completed"])
def test_another_status_is_refused(status: str) -> None:
    refused = decided(put(status=status))
    assert isinstance(refused, Problem)
    assert refused.code is Code.LISTING_BLOCKED


def test_what_else_is_wrong_is_told_first() -> None:
    fault = Fault(Code.TYPE_INVALID, "propertyArea must be a number", ("propertyArea",))
    refused = decided(
        PutListing(external_id="a", patch=ListingPatch(status="active"), faults=(fault,))
    )
    assert isinstance(refused, Problem)
    assert fault in refused.faults


def test_it_stays_blocked_when_the_rest_is_changed() -> None:
    for patch in ({"form": {"announcementValue": 5}}, {"status": "blocked"}):
        changed = decided(put(**patch))
        assert isinstance(changed, ListingOutcome)
        assert changed.listing.status == "blocked"


def test_it_may_be_removed() -> None:
    removed = decided(DeleteListing(external_id="a"))
    assert isinstance(removed, ListingOutcome)
    assert removed.verb == "deleted"
