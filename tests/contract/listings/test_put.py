"""Contract 6: PUT /listings, its answer, its fields and what steers it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.listings.shapes import COMPLETE, PHOTOS, create, faults, ok, put, read, warned
from tests.contract.wire import refused
from tests.service import Tenant


def test_the_answer(tenant: Tenant) -> None:
    """`{id, externalId, status, publicUrl, created|updated: true, jobId}` [P]."""
    answer = put(tenant, externalId="a", **COMPLETE)
    body = ok(answer)
    assert body == {
        "id": body["id"],
        "externalId": "a",
        "status": "draft",
        "publicUrl": f"{tenant.service.app.portal.public_url or ''}/announcement/{body['id']}",
        "created": True,
        "jobId": None,
        "etag": body["etag"],
    }
    assert answer.headers["ETag"] == f'"{body["etag"]}"'
    changed = ok(put(tenant, id=body["id"], announcementValue=64000))
    assert (changed["updated"], changed["id"]) == (True, body["id"])
    assert changed["etag"] != body["etag"]


def test_a_public_url_is_the_base_and_the_id(tenant: Tenant) -> None:
    """`publicUrl` = `<public base>/announcement/<id>`."""
    portal = tenant.service.app.portal
    before, portal.public_url = portal.public_url, "https://portal.example"
    try:
        body = ok(put(tenant, externalId="a"))
        shown = f"https://portal.example/announcement/{body['id']}"
        assert body["publicUrl"] == shown == read(tenant, body["id"])["publicUrl"]
    finally:
        portal.public_url = before


def test_partial_updates(tenant: Tenant) -> None:
    """Partial updates; absent = keep, null = clear, value = set."""
    create(tenant, "a", **COMPLETE, propertyArea=58.5)
    ok(put(tenant, externalId="a", propertyArea=None, announcementValue=60000.5))
    form = read(tenant, "a")["formData"]
    assert "propertyArea" not in form
    assert form["announcementValue"] == 60000.5
    assert form["propertyAddress"] == COMPLETE["propertyAddress"]


def test_the_same_again_writes_nothing(tenant: Tenant) -> None:
    """No change record, no new etag, no sequence number."""
    listing = {"externalId": "a", **COMPLETE, "files": PHOTOS, "hobby": ["chess"]}
    first = ok(put(tenant, **listing))
    changes = len(tenant.changes())
    again = ok(put(tenant, **listing))
    assert (again["updated"], again["unchanged"]) == (False, True)
    assert (again["etag"], again["jobId"]) == (first["etag"], None)
    assert len(tenant.changes()) == changes
    newer = ok(put(tenant, **listing, sourceUpdatedAt="2026-01-02T00:00:00Z"))
    assert (newer["unchanged"], newer["etag"]) == (True, first["etag"])
    older = put(tenant, **listing, sourceUpdatedAt="2026-01-01T00:00:00Z")
    assert (older.status_code, older.json()["code"]) == (409, "stale_source")


def test_a_change_is_recorded_with_before_and_after(tenant: Tenant) -> None:
    listing_id = create(tenant, "a", announcementValue=5)
    ok(put(tenant, id=listing_id, announcementValue=6))
    change = tenant.changes()[-1]
    assert (change.subject, change.subject_id) == ("listing", listing_id)
    assert change.fields == {"announcementValue": (5, 6)}
    assert change.key_id == tenant.key_id


@pytest.mark.parametrize("name", [{}, {"id": 1, "externalId": "a"}])
def test_exactly_one_name(tenant: Tenant, name: dict[str, Any]) -> None:
    """Both or neither is 400."""
    answer = put(tenant, **name)
    assert {code for _, code in faults(answer)} == {"exclusive"}


def test_an_id_only_updates(tenant: Tenant) -> None:
    """`id` only updates; unknown is 404."""
    message = "Listing with id 999999999 not found"
    refused(put(tenant, id=999999999, **COMPLETE), 404, message, "listing_unknown")


def test_modes(tenant: Tenant) -> None:
    """`mode`: create (409 if known), update (404 if unknown), fill (only empty fields)."""
    listing_id = create(tenant, "a", announcementValue=5)
    known = put(tenant, externalId="a", mode="create")
    assert (known.status_code, known.json()["code"]) == (409, "external_id_taken")
    assert known.json()["details"][0]["listingId"] == listing_id
    by_id = put(tenant, id=listing_id, mode="create")
    assert (by_id.status_code, by_id.json()["code"]) == (409, "listing_exists")
    unknown = put(tenant, externalId="b", mode="update")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "listing_unknown")
    filled = ok(
        put(tenant, id=listing_id, mode="fill", announcementValue=6, announcementCurrency="EUR")
    )
    assert warned(filled) == [("announcementValue", "not_empty")]
    form = read(tenant, listing_id)["formData"]
    assert (form["announcementValue"], form["announcementCurrency"]) == (5, "EUR")
    assert ok(put(tenant, externalId="c", mode="fill", announcementValue=7))["created"] is True


def test_preconditions(tenant: Tenant) -> None:
    """`ifMatch` or `If-Match`: 412 with the current etag; the etag of a read will do."""
    body = ok(put(tenant, externalId="a"))
    shown = tenant.get(f"/listings/{body['id']}").headers["ETag"]
    assert shown.strip('"').partition("-")[0] == body["etag"]

    def guarded(tag: str, value: int) -> int:
        change = {"id": body["id"], "announcementValue": value}
        answer = tenant.http.put("/listings", json=change, headers={"If-Match": tag})
        return answer.status_code

    assert guarded(shown, 5) == 200
    assert guarded(shown, 6) == 412
    current = read(tenant, body["id"])["etag"]
    assert guarded(f'"{current}"', 7) == 200
    late = put(tenant, id=body["id"], ifMatch=current, announcementValue=8)
    assert late.status_code == 412
    assert late.json()["etag"] == read(tenant, body["id"])["etag"]
    assert put(tenant, externalId="new", ifMatch="1").status_code == 412


def test_the_etag_of_a_read_is_an_if_match_of_the_body_too(tenant: Tenant) -> None:
    listing_id = create(tenant, "a")
    shown = tenant.get(f"/listings/{listing_id}").headers["ETag"].strip('"')
    assert ok(put(tenant, id=listing_id, ifMatch=shown, announcementValue=8))["updated"] is True


def test_a_dry_run_stores_nothing(tenant: Tenant) -> None:
    """`dryRun`: the same decision and shape, `id: null` for a create, no job."""
    body = ok(put(tenant, "?dryRun=true", externalId="a", files=PHOTOS, **COMPLETE))
    assert body == {
        "id": None,
        "externalId": "a",
        "status": "draft",
        "publicUrl": None,
        "created": True,
        "jobId": None,
        "etag": "unstored",
        "dryRun": True,
    }
    assert tenant.get("/listings/external/a").status_code == 404
    assert tenant.changes() == []
    assert put(tenant, "?dryRun=true", externalId="a", announcementValue=0).status_code == 400


def test_a_receipt_says_what_became_of_every_field(tenant: Tenant) -> None:
    """`receipt`: every submitted field exactly once."""
    create(tenant, "a", announcementCurrency="EUR")
    body = ok(
        put(
            tenant,
            "?receipt=true",
            externalId="a",
            announcementValue=65000.005,
            announcementCurrency="EUR",
            propertyAddress="  Str.  Ismail 12 ",
            announcementStatus="hidden",
            userId=None,
            hobby="chess",
            publicUrl="https://crm.example/1",
        )
    )
    receipt = body["fields"]
    assert sorted(receipt["applied"]) == ["announcementStatus", "hobby"]
    assert sorted(receipt["unchanged"]) == ["announcementCurrency", "userId"]
    assert receipt["normalised"]["propertyAddress"]["to"] == "Str. Ismail 12"
    assert receipt["ignored"] == {"publicUrl": "read_only"}
    assert receipt["held"] == {}


def test_the_same_request_is_one(tenant: Tenant) -> None:
    """`Idempotency-Key`: the first answer again; other content is 422."""
    headers = {"Idempotency-Key": "k"}
    sent = {"externalId": "a", "announcementValue": 5}
    first = tenant.http.put("/listings", json=sent, headers=headers)
    ok(put(tenant, externalId="a", announcementValue=6))
    again = tenant.http.put("/listings", json=sent, headers=headers)
    assert ok(again) == ok(first)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert read(tenant, "a")["formData"]["announcementValue"] == 6
    other = tenant.http.put("/listings", json={**sent, "announcementValue": 7}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_other_form_fields_are_kept_as_sent(tenant: Tenant) -> None:
    """Other form fields are kept as sent, with a warning."""
    body = ok(put(tenant, externalId="a", heating={"kind": "gas"}, rooms=2))
    assert warned(body) == [("heating", "kept_as_sent"), ("rooms", "kept_as_sent")]
    form = read(tenant, "a")["formData"]
    assert (form["heating"], form["rooms"]) == ({"kind": "gas"}, 2)
    ok(put(tenant, externalId="a", rooms=None))
    assert "rooms" not in read(tenant, "a")["formData"]


def test_a_read_sent_back_is_kept_nowhere(tenant: Tenant) -> None:
    """What answers say and nobody writes is ignored, each member with a warning."""
    answer = ok(put(tenant, externalId="a", files=PHOTOS[:1], rooms=2))
    before = read(tenant, "a")
    sent = answer | before | {"posting_type": "agent", "dryRun": True}
    del sent["externalId"]
    body = ok(tenant.http.put("/listings?receipt=true", json=sent))
    printed = sent.keys() - {"id", "files"}
    of_photos = {f"files.0.{name}" for name in before["files"][0].keys() - {"id"}}
    assert set(warned(body)) == {(name, "read_only") for name in printed | of_photos}
    assert body["fields"]["ignored"].keys() == {field for field, _ in warned(body)}
    assert body["unchanged"] is True
    assert read(tenant, "a") == before


def test_a_whole_form_is_to_be_sent_flat(tenant: Tenant) -> None:
    body = ok(put(tenant, externalId="a", formData={"propertyArea": 5}, status="hidden"))
    messages = {warning["field"]: warning["message"] for warning in body["warnings"]}
    assert "beside each other" in messages["formData"]
    assert "announcementStatus" in messages["status"]
    assert read(tenant, "a")["formData"].keys() == {"id", "announcementStatus"}


URL = "https://crm.example/17.jpg"
NAMED = {"url": URL, "externalFileId": "photo-17"}


def test_a_photo_is_named_by_another_member_than_it_is_read_by(tenant: Tenant) -> None:
    """Reads say `externalId` of a photo; who sends that is told of `externalFileId`."""
    body = ok(put(tenant, externalId="a", files=[{"url": URL, "externalId": "photo-17"}]))
    [warning] = body["warnings"]
    assert (warning["field"], warning["code"]) == ("files.0.externalId", "read_only")
    assert "send externalFileId" in warning["message"]
    refusal = put(tenant, externalId="a", files=[{"externalId": "photo-17"}])
    assert faults(refusal) == [("/files/0", "exclusive")]
    assert "externalFileId" in refusal.json()["message"][0]


@pytest.mark.parametrize(
    "sent",
    [
        ([{"url": URL}, NAMED],),
        ([NAMED, {"url": URL}],),
        ([{"url": URL}], [NAMED]),
        ([NAMED], [{"url": URL}]),
        ([{"url": URL}], [{"url": URL}, NAMED]),
    ],
)
def test_no_external_id_of_a_photo_is_lost(tenant: Tenant, sent: tuple[list[Any], ...]) -> None:
    """Nor is a picture that the listing shows fetched again for the sake of its name."""
    first, last = (ok(put(tenant, externalId="a", files=files)) for files in (sent[0], sent[-1]))
    [file] = read(tenant, "a")["files"]
    assert (file["id"], file["externalId"]) == (first["jobId"], "photo-17")
    assert last["jobId"] is None
    media = ok(tenant.get("/media/external/photo-17"))
    assert (media["id"], media["originalUrl"]) == (file["id"], URL)
    again = ok(put(tenant, externalId="a", files=[NAMED]))
    assert (again["unchanged"], warned(again)) == (True, [])


@pytest.mark.parametrize(
    ("kind", "subtypes"),
    [
        ("residential", ("apartment", "house", "room", "residential-land", "other")),
        (
            "commercial",
            (
                *("office", "trade", "warehouse", "production", "business"),
                *("commercial-land", "other"),
            ),
        ),
        (
            "parking",
            ("underground-parking", "open-parking", "garage", "covered-parking", "other"),
        ),
    ],
)
def test_subtypes(tenant: Tenant, kind: str, subtypes: tuple[str, ...]) -> None:
    """Each type has its subtypes [P]."""
    for subtype in subtypes:
        ok(put(tenant, externalId="a", propertyType=kind, propertySecondaryType=subtype))
    other = "garage" if kind != "parking" else "office"
    wrong = put(tenant, externalId="a", propertySecondaryType=other)
    assert faults(wrong) == [("/propertySecondaryType", "not_one_of")]


def test_residential_land_is_for_sale_only(tenant: Tenant) -> None:
    """Residential-land (sale only) [P]."""
    land = {"propertyType": "residential", "propertySecondaryType": "residential-land"}
    ok(put(tenant, externalId="a", announcementType="sale", **land))
    rented = put(tenant, externalId="a", announcementType="rent")
    assert faults(rented) == [("/announcementType", "not_one_of")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("announcementType", "swap", "not_one_of"),
        ("propertyType", "castle", "not_one_of"),
        ("announcementCurrency", "RON", "not_one_of"),
        ("announcementPayPeriod", "hour", "not_one_of"),
        ("announcementStatus", "sold", "not_one_of"),
        ("announcementStatus", None, "type_invalid"),
        ("announcementValue", 0, "out_of_range"),
        ("announcementValue", "65000", "type_invalid"),
        ("announcementDescription", "x" * 39, "too_short"),
        ("announcementDescription", "x" * 2001, "too_long"),
        ("propertyArea", -1, "out_of_range"),
        ("propertyFloorNumber", 1.5, "type_invalid"),
        ("propertyFloorsTotal", 0, "out_of_range"),
        ("propertyCoordinates", {"lat": 91, "lng": 0}, "out_of_range"),
        ("propertyAddress", "", "too_short"),
        ("files", [{"url": "https://crm.example/1.jpg"}] * 21, "out_of_range"),
    ],
)
def test_a_given_value_is_always_checked(tenant: Tenant, field: str, value: Any, code: str) -> None:
    """A given value is always checked, in drafts as well."""
    found = faults(put(tenant, externalId="a", **{field: value}))
    assert [(pointer.split("/")[1], word) for pointer, word in found] == [(field, code)]


def test_every_fault_is_told(tenant: Tenant) -> None:
    """Contract 3: validation failures list every fault."""
    answer = put(
        tenant,
        externalId="a",
        announcementType=5,
        propertyFloorNumber=9,
        propertyFloorsTotal=5,
        files=[{"url": "photos/1.jpg"}, {"id": 999999999}],
        userId=999999999,
        announcementStatus="active",
    )
    pointers = [pointer for pointer, _ in faults(answer)]
    assert len(pointers) == len(set(pointers))
    assert {"/announcementType", "/propertyFloorNumber", "/userId", "/files/0/url"} <= {*pointers}


def test_the_longest_and_shortest_description(tenant: Tenant) -> None:
    """`announcementDescription` (40-2000), counted in code points."""
    for length in (40, 2000):
        ok(put(tenant, externalId="a", announcementDescription="ț" * length))


def test_a_month_has_its_listings(new_tenant: Callable[..., Tenant]) -> None:
    """`monthlyListings` are counted and enforced: 403 with a clear code."""
    tenant = new_tenant(monthly_listings=2)
    create(tenant, "a")
    create(tenant, "b")
    assert ok(tenant.get("/agency"))["limits"] == {"monthlyListings": {"used": 2, "limit": 2}}
    full = put(tenant, externalId="c")
    assert (full.status_code, full.json()["code"]) == (403, "monthly_listings_reached")
    assert put(tenant, "?dryRun=true", externalId="c").status_code == 403
    assert ok(put(tenant, externalId="a", announcementValue=5))["updated"] is True
    ok(tenant.http.delete("/listings/external/a"))
    assert put(tenant, externalId="c").status_code == 403


def test_the_next_month_begins_anew(new_tenant: Callable[..., Tenant]) -> None:
    tenant = new_tenant(monthly_listings=1)
    create(tenant, "a")
    tenant.service.clock.ahead_ms += 32 * 24 * 3600 * 1000
    try:
        assert ok(tenant.get("/agency"))["limits"]["monthlyListings"]["used"] == 0
        assert ok(put(tenant, externalId="b"))["created"] is True
    finally:
        tenant.service.clock.ahead_ms -= 32 * 24 * 3600 * 1000


def test_scopes(new_tenant: Callable[..., Tenant]) -> None:
    """Contract 2: `listings:read`, `listings:write`."""
    reader, writer = (new_tenant(scopes=(s,)) for s in ("listings:read", "listings:write"))
    listing_id = create(writer, "a")
    refused(put(reader, externalId="a"), 403, "API key lacks the scope listings:write")
    hidden = writer.get(f"/listings/{listing_id}")
    refused(hidden, 403, "API key lacks the scope listings:read")


@pytest.mark.parametrize(
    ("field", "value"),
    [("externalUserId", "a\0"), ("files", [{"externalFileId": "a\0"}])],
)
def test_a_nul_is_refused_wherever_something_is_looked_up(
    tenant: Tenant, field: str, value: object
) -> None:
    """Contract 1: "NUL and lone surrogates are a 400 anywhere"."""
    answer = tenant.http.put("/listings", json={"externalId": "nul", field: value})
    assert (answer.status_code, answer.json()["code"]) == (400, "nul_refused")
