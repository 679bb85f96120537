"""Generated listings: whatever is sent is read or refused, and what is read is stable."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rentix.errors import Problem
from rentix.model import Listing
from rentix.operations import PutListing
from rentix.rules.agencies import read_put_agency
from rentix.rules.leavers import read_deactivate, read_reactivate
from rentix.rules.listing_form import check_form
from rentix.rules.listings import (
    read_delete_listing,
    read_link_listing,
    read_put_listing,
    read_put_listing_bytes,
    read_unlink_listing,
)
from rentix.rules.steering import Terms
from rentix.wire.agency_bodies import PutAgencyBody
from rentix.wire.bodies import DeactivateOperationBody
from rentix.wire.decode import known_members, parse_object
from rentix.wire.listing_bodies import STATUSES, PutListingBody
from rentix.wire.listings import form_data
from tests.faults.corpus import BROKEN, ENDLESS, NASTY, VALID

TERMS = Terms("MD", "ro")
generated = settings(max_examples=300, deadline=None)

TEXTS = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(NASTY)
NUMBERS = st.integers(-300, 300) | st.floats(allow_nan=False, allow_infinity=False) | st.integers()
LEAVES = st.none() | st.booleans() | NUMBERS | TEXTS
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4)
)
WORDS = st.sampled_from(
    [
        *("rent", "sale", "residential", "parking", "house", "room", "residential-land", "garage"),
        *("other", "EUR", "month", *STATUSES, "ro", "RO", "https://crm.example/1.jpg", "x" * 50),
    ]
)
PLACES = st.fixed_dictionaries({"lat": NUMBERS, "lng": NUMBERS})
FILES = st.lists(
    st.dictionaries(st.sampled_from(["url", "id", "externalFileId", "size"]), WORDS | NUMBERS),
    max_size=4,
)
MEMBERS = sorted(
    known_members(PutListingBody)
    | known_members(PutAgencyBody)
    | known_members(DeactivateOperationBody)
)
BODIES = st.dictionaries(
    st.sampled_from(MEMBERS) | TEXTS, WORDS | VALUES | PLACES | FILES, max_size=10
)
SOUND = st.fixed_dictionaries(
    {"externalId": st.just("l-1")},
    optional={
        "announcementType": WORDS,
        "propertyType": WORDS,
        "propertySecondaryType": WORDS,
        "announcementValue": st.floats(0.01, 1e12) | st.integers(1, 10**12),
        "announcementDescription": st.text(st.characters(codec="utf-8"), min_size=40, max_size=90),
        "propertyArea": st.floats(0.01, 1e9),
        "propertyFloorNumber": st.integers(-5, 200),
        "propertyFloorsTotal": st.integers(1, 200),
        "propertyQuantitySize": st.text(min_size=1, max_size=20) | NUMBERS,
        "propertyAddress": st.text(min_size=1, max_size=20) | st.none(),
        "propertyCoordinates": PLACES | st.none(),
        "files": FILES,
        "own": VALUES,
    },
)


def outcome(read: Any, *args: Any) -> Any:
    try:
        return read(*args)
    except Problem as problem:
        return problem.code, problem.message, problem.faults


def reread(operation: PutListing) -> PutListing:
    form = {name: value for name, value in operation.patch.form.items() if value is not None}
    listing = Listing(id=1, agency_id=1, form=form, created_ms=0, updated_ms=0)
    return read_put_listing(json.loads(json.dumps(form_data(listing))), TERMS)


@pytest.mark.slow
@generated
@given(BODIES)
def test_any_object_is_read_or_refused(body: dict[str, Any]) -> None:
    for read in (read_put_listing, read_unlink_listing, read_delete_listing, read_put_agency):
        outcome(read, body, TERMS)
    for read_named in (read_link_listing, read_deactivate):
        outcome(read_named, body, None, TERMS)
        outcome(read_named, body, 1, TERMS)
    outcome(read_reactivate, body, 1, TERMS)


@pytest.mark.slow
@generated
@given(SOUND | BODIES.map(lambda body: {"externalId": "l-1", **body}))
def test_what_is_read_is_stable_and_can_be_checked(body: dict[str, Any]) -> None:
    operation = outcome(read_put_listing, body, TERMS)
    if not isinstance(operation, PutListing) or operation.faults:
        return
    again = reread(operation)
    left = {name: value for name, value in operation.patch.form.items() if value is not None}
    assert again.faults == ()
    assert again.patch.form == left
    assert again.forms == {}
    assert all(code == "kept_as_sent" for code in (note.code for note in again.notes))
    for status in STATUSES:
        check_form(left, status)  # type: ignore[arg-type]  # one of them


@pytest.mark.slow
@generated
@given(SOUND | BODIES.map(lambda body: {"externalId": "l-1", **body}))
def test_both_passes_make_the_same_of_any_listing(body: dict[str, Any]) -> None:
    sent = json.dumps(body).encode()
    fast = outcome(read_put_listing_bytes, sent, TERMS)
    assert fast == outcome(lambda: read_put_listing(parse_object(sent), TERMS))


def test_both_passes_make_the_same_of_odd_and_broken_json() -> None:
    for value in [*VALID, *BROKEN, *ENDLESS]:
        for field in MEMBERS:
            sent = b'{"externalId":"a","%s":%s}' % (field.encode(), value)
            slow = outcome(lambda sent=sent: read_put_listing(parse_object(sent), TERMS))
            assert outcome(read_put_listing_bytes, sent, TERMS) == slow, sent
