"""Contract 6: listings, and what becomes of them, as the wire spells them."""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import replace

from rentix.errors import Code, Problem
from rentix.model import Agency, Change, Listing, Media, Phone, Picture, User, Variant
from rentix.operations import (
    AgencyOutcome,
    Fates,
    ListingOutcome,
    Note,
    Outcome,
    Result,
    Shift,
)
from rentix.views import Channel, Contact, ListingView
from rentix.wire.answers import bulk_answer, encode
from rentix.wire.leavers import deactivate_answer, reactivate_answer
from rentix.wire.listing_answers import (
    listing_deleted_answer,
    listing_link_answer,
    put_listing_answer,
)
from rentix.wire.listings import listing
from rentix.wire.profiles import agency, put_agency_answer

BASE = "https://portal.example"
PHONE = Phone("+37369123401", "+373 69 123 401", "mobile")
USER = User(
    id=3, agency_id=1, external_id="u-3", name="Ana Rusu", phone=PHONE, created_ms=0, updated_ms=0
)
LISTING = Listing(
    id=12,
    agency_id=1,
    external_id="l-12",
    status="active",
    form={"zone": 1, "announcementValue": 450, "balcony": True, "announcementType": "rent"},
    files=(5, 6),
    user_id=3,
    version=7,
    created_ms=0,
    updated_ms=1000,
)
CHANGE = Change(
    agency_id=1, seq=7, subject="listing", subject_id=12, fields={}, at_ms=0, key_id=1, run=None
)
PICTURE = Picture("image/jpeg", 48210, (Variant("a.webp", "128", 900),))
CONTACT = Contact(
    kind="agent",
    reason="linked",
    name="Ana Rusu",
    phone="+373 69 123 401",
    channels=(Channel("phone", "tel:+37369123401"),),
)


def printed(shape: Any) -> Any:
    return json.loads(encode(shape))


def test_a_listing_is_read_as_the_contract_says() -> None:
    view = ListingView(
        listing=LISTING,
        agency=Agency(id=1, name="Casa"),
        agent=USER,
        media=(
            Media(id=5, agency_id=1, external_id="f-5", status="success", picture=PICTURE),
            Media(id=6, agency_id=1),
        ),
    )
    assert printed(listing(view, CONTACT, BASE, "https://files.example/")) == {
        "id": 12,
        "externalId": "l-12",
        "publicUrl": "https://portal.example/announcement/12",
        "createdAt": "1970-01-01T00:00:00.000Z",
        "updatedAt": "1970-01-01T00:00:01.000Z",
        "lastSyncedAt": None,
        "formData": {
            "id": 12,
            "announcementStatus": "active",
            "announcementType": "rent",
            "announcementValue": 450,
            "balcony": True,
            "zone": 1,
        },
        "user": {
            "id": 3,
            "externalId": "u-3",
            "name": "Ana Rusu",
            "phone": "+373 69 123 401",
            "role": "agent",
        },
        "files": [
            {
                "id": 5,
                "externalId": "f-5",
                "contentType": "image/jpeg",
                "size": "48210",
                "optimization": "success",
                "variants": [{"url": "https://files.example/a.webp", "variantSize": "128"}],
            },
            {
                "id": 6,
                "externalId": None,
                "contentType": None,
                "size": None,
                "optimization": "pending",
                "variants": [],
            },
        ],
        "contact": {
            "kind": "agent",
            "reason": "linked",
            "name": "Ana Rusu",
            "phone": "+373 69 123 401",
            "channels": [{"kind": "phone", "url": "tel:+37369123401"}],
        },
        "etag": "7",
    }


def test_the_order_of_a_form_is_not_the_stores() -> None:
    turned = replace(LISTING, form=dict(reversed(LISTING.form.items())))
    views = [ListingView(listing=each, agency=Agency(id=1, name="C")) for each in (LISTING, turned)]
    one, other = (encode(listing(view, CONTACT, BASE, "")) for view in views)
    assert one == other
    assert b'"user":null' in one


def test_a_put_answers_with_id_status_page_and_job() -> None:
    outcome = ListingOutcome(
        verb="created",
        listing=LISTING,
        queued=(Media(id=8, agency_id=1), Media(id=9, agency_id=1)),
        change=CHANGE,
        fates=Fates(taken=["announcementType"]),
    )
    whole = {
        "id": 12,
        "externalId": "l-12",
        "status": "active",
        "publicUrl": "https://portal.example/announcement/12",
        "created": True,
        "jobId": 8,
        "etag": "7",
    }
    assert printed(put_listing_answer(outcome, BASE)) == whole
    receipt = printed(put_listing_answer(outcome, BASE, receipt=True))["fields"]
    assert receipt["applied"] == ["announcementType"]
    rehearsed = replace(outcome, listing=replace(LISTING, id=-1, version=-1))
    assert printed(put_listing_answer(rehearsed, BASE, dry_run=True)) == {
        **whole,
        "id": None,
        "publicUrl": None,
        "jobId": None,
        "etag": "unstored",
        "dryRun": True,
    }


def test_a_put_that_changes_nothing_says_so() -> None:
    answer = printed(put_listing_answer(ListingOutcome(verb="unchanged", listing=LISTING), BASE))
    assert (answer["updated"], answer["unchanged"], answer["jobId"]) == (False, True, None)


def test_links_and_deletions_name_the_external_id() -> None:
    freed = ListingOutcome(
        verb="unlinked", listing=replace(LISTING, external_id=None), former="l-12", change=CHANGE
    )
    assert printed(listing_link_answer(freed)) == {"id": 12, "externalId": "l-12", "unlinked": True}
    linked = ListingOutcome(verb="linked", listing=LISTING)
    assert printed(listing_link_answer(linked, dry_run=True)) == {
        "id": 12,
        "externalId": "l-12",
        "linked": True,
        "dryRun": True,
    }
    gone = ListingOutcome(verb="deleted", listing=LISTING, change=CHANGE)
    assert printed(listing_deleted_answer(gone)) == {
        "id": 12,
        "externalId": "l-12",
        "deleted": True,
    }


def test_a_bulk_has_what_each_operation_alone_would_answer() -> None:
    note = Note("x", "kept_as_sent", "x is kept")
    results: list[Result] = [
        ListingOutcome(verb="created", listing=LISTING, change=CHANGE, warnings=(note,)),
        ListingOutcome(verb="updated", listing=LISTING, change=CHANGE),
        ListingOutcome(verb="deleted", listing=LISTING, change=CHANGE),
        Problem(Code.MEDIA_UNKNOWN, "files.0.id names no media"),
    ]
    body = printed(
        bulk_answer(["upsert", "validate", "delete", "upsert"], results, public_base=BASE)
    )
    created, validated, deleted, refused = body["results"]
    assert created == {
        "index": 0,
        "op": "upsert",
        "success": True,
        "id": 12,
        "externalId": "l-12",
        "created": True,
        "status": "active",
        "jobId": None,
        "etag": "7",
        "publicUrl": "https://portal.example/announcement/12",
        "warnings": [{"field": "x", "code": "kept_as_sent", "message": "x is kept"}],
    }
    assert validated["etag"] == "unstored"
    assert deleted == {
        "index": 2,
        "op": "delete",
        "success": True,
        "id": 12,
        "externalId": "l-12",
        "deleted": True,
    }
    assert refused["error"]["code"] == "media_unknown"
    assert body["summary"] == {"total": 4, "succeeded": 3, "failed": 1}


def test_a_leaver_and_a_return_say_what_became_of_the_listings() -> None:
    left = Outcome(
        verb="deactivated",
        user=USER,
        shift=Shift(kind="leave", agency_id=1, user_id=3, listings=(12, 13)),
    )
    assert printed(deactivate_answer(left)) == {
        "id": 3,
        "deactivated": True,
        "movedListings": 2,
        "etag": "0",
    }
    (entry,) = printed(bulk_answer(["deactivate"], [left]))["results"]
    assert (entry["deactivated"], entry["movedListings"]) == (True, 2)
    back = replace(
        left,
        verb="reactivated",
        shift=Shift(
            kind="return", agency_id=1, user_id=3, listings=(12,), changed=((13, 4), (14, None))
        ),
    )
    assert printed(reactivate_answer(back, dry_run=True)) == {
        "id": 3,
        "reactivated": True,
        "restoredListings": 1,
        "etag": "0",
        "dryRun": True,
        "changedSince": [{"id": 13, "userId": 4}, {"id": 14, "userId": None}],
    }


def test_an_agency_shows_what_visitors_see() -> None:
    found = Agency(
        id=1,
        name="Casa",
        phone="+37322123456",
        descriptions={"ro": "Bună", "ru": "Привет"},
        version=4,
        locale="ru",
    )
    answer = printed(agency(found))
    assert (answer["phone"], answer["description"]) == ("+373 22 123 456", "Привет")
    assert (answer["descriptions"]["ro"], answer["logo"], answer["etag"]) == ("Bună", None, "4")
    updated = AgencyOutcome(verb="updated", agency=found, change=CHANGE)
    answer = printed(put_agency_answer(updated, dry_run=True))
    assert (answer["updated"], answer["etag"], answer["dryRun"]) == (True, "unstored", True)
