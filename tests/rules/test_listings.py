"""Contract 6: what a submitted listing comes to, before anything that is stored is looked at."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rentix.errors import Problem
from rentix.model import Listing
from rentix.operations import FileRef, PutListing
from rentix.rules.listings import (
    read_delete_listing,
    read_link_listing,
    read_put_listing,
    read_put_listing_bytes,
    read_unlink_listing,
)
from rentix.rules.steering import Terms
from rentix.wire.listing_bodies import OFFERED_STATUSES
from rentix.wire.listings import form_data

TERMS = Terms("MD", "ro")
TEXT = "Apartament luminos, cu două camere, lângă parc."


def put(**members: Any) -> PutListing:
    return read_put_listing({"externalId": "l-1", **members}, TERMS)


def messages(**members: Any) -> list[str]:
    return [fault.message for fault in put(**members).faults]


def notes(operation: PutListing) -> list[tuple[str, str]]:
    return [(note.field, note.code) for note in operation.notes]


def test_a_whole_listing_is_taken_as_it_is() -> None:
    form = {
        "announcementType": "rent",
        "propertyType": "residential",
        "propertySecondaryType": "apartment",
        "announcementValue": 450,
        "announcementCurrency": "EUR",
        "announcementPayPeriod": "month",
        "announcementDescription": TEXT,
        "propertyArea": 52.5,
        "propertyFloorNumber": 3,
        "propertyFloorsTotal": 9,
        "propertyQuantitySize": "rooms",
        "propertyQuantitySizeValue": 2,
        "propertyHousingMarket": "secondary",
        "propertyVisualState": "euro",
        "propertyAddress": "Chișinău, str. Pușkin 22",
        "propertyCoordinates": {"lat": 47.0245, "lng": 28.8322},
    }
    operation = put(**form, announcementStatus="active", userId=7)
    assert operation.faults == ()
    assert operation.notes == ()
    assert operation.patch.form == form
    assert (operation.patch.status, operation.patch.user_id) == ("active", 7)


def test_members_that_steer_are_those_of_users() -> None:
    operation = put(mode="fill", sourceUpdatedAt="1970-01-01T00:00:01Z", ifMatch='"5"')
    assert (operation.mode, operation.source_us, operation.if_match) == ("fill", 10**6, ("5",))
    assert put().mode == "upsert"
    assert put().patch.form == {}


@pytest.mark.parametrize("ids", [{}, {"id": 1, "externalId": "a"}, {"id": 0}, {"externalId": ""}])
def test_exactly_one_id_names_the_listing(ids: dict[str, Any]) -> None:
    with pytest.raises(Problem):
        read_put_listing(ids, TERMS)


def test_every_fault_is_listed_in_the_contracts_forms() -> None:
    assert messages(
        announcementType="lease",
        announcementValue="450",
        announcementCurrency="RUB",
        announcementStatus="sold",
        announcementDescription="scurt",
        propertyArea=0,
        propertyFloorNumber=201,
        propertyFloorsTotal=2.5,
        propertyCoordinates={"lat": 91},
        files=[{"url": "photos/1.jpg"}, {"id": 1, "url": "https://crm.example/1.jpg"}, 5],
        userId="7",
    ) == [
        "announcementType must be one of: rent, sale",
        "announcementValue must be a number",
        "announcementCurrency must be one of: EUR, MDL, USD",
        "propertyArea must be more than 0 and at most 1000000000",
        "propertyFloorNumber must be between -5 and 200",
        "propertyFloorsTotal must be an integer number",
        "propertyCoordinates.lat must be between -90 and 90",
        "propertyCoordinates.lng is required",
        f"announcementStatus must be one of: {', '.join(OFFERED_STATUSES)}",
        "files.2 must be an object",
        "userId must be an integer number",
        "announcementDescription must be at least 40 characters",
        "files.0.url must be an absolute http or https URL, such as https://crm.example/photos/7.jpg",
        "files.1 must have a url, an id or an externalFileId; only url and externalFileId together",
    ]


@pytest.mark.parametrize("value", [True, "450", 0, -1, 0.001, 10**12 + 1, [], {}])
def test_a_price_is_a_number_above_nothing(value: object) -> None:
    assert [m.split(" must be ")[0] for m in messages(announcementValue=value)] == [
        "announcementValue"
    ]


@pytest.mark.parametrize(
    ("sent", "stored"), [(65000, 65000), (65000.0, 65000), (99.5, 99.5), (99.999, 100)]
)
def test_a_price_is_stored_to_the_cent(sent: float, stored: float) -> None:
    operation = put(announcementValue=sent)
    kept = operation.patch.form["announcementValue"]
    assert (kept, type(kept)) == (stored, type(stored))
    assert operation.forms == (
        {} if sent == stored else {"announcementValue": (str(sent), str(stored))}
    )


def test_null_clears_a_field_of_the_form_and_no_status() -> None:
    operation = put(announcementValue=None, propertyCoordinates=None, note=None, files=None)
    assert operation.patch.form == {
        "announcementValue": None,
        "propertyCoordinates": None,
        "note": None,
    }
    assert operation.patch.files is None
    assert messages(announcementStatus=None) == ["announcementStatus must be a string"]


def test_a_description_is_measured_once_it_is_plain_text() -> None:
    operation = put(announcementDescription=f"<p>{TEXT}</p><p><b>{TEXT}</b></p>")
    assert operation.patch.form["announcementDescription"] == f"{TEXT}\n\n{TEXT}"
    assert [*operation.forms] == ["announcementDescription"]
    assert messages(announcementDescription=f"<p>{'<b></b>' * 40}scurt</p>") == [
        "announcementDescription must be at least 40 characters"
    ]
    markup = "<b>" + "ж" * 2000 + "</b>"
    assert messages(announcementDescription=markup) == []
    assert messages(announcementDescription="ж" * 2001) == [
        "announcementDescription must be at most 2000 characters"
    ]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"propertyType": "parking", "propertySecondaryType": "house"}, "propertySecondaryType"),
        (
            {"announcementType": "rent", "propertySecondaryType": "residential-land"},
            "announcementType",
        ),
        ({"propertyFloorNumber": 6, "propertyFloorsTotal": 5}, "propertyFloorNumber"),
    ],
)
def test_fields_that_contradict_each_other_are_refused(form: dict[str, Any], field: str) -> None:
    assert [fault.path for fault in put(**form).faults] == [(field,)]


def test_other_fields_are_kept_as_sent_with_a_warning() -> None:
    value = {"balcony": [True, 1.5, None]}
    operation = put(extras=value, propertyareea=50)
    assert operation.patch.form == {"extras": value, "propertyareea": 50}
    assert notes(operation) == [("extras", "kept_as_sent"), ("propertyareea", "kept_as_sent")]
    assert operation.ignored == {}


@pytest.mark.parametrize(
    "member",
    [
        {"n" * 101: 1},
        {"big": "x" * 4000},
        {"big": 2**53 + 1},
        {"big": [{"deep": -1e300}]},
        {"nul": "a\0b"},
        {"": 1},
    ],
)
def test_what_is_kept_as_sent_has_bounds(member: dict[str, Any]) -> None:
    assert len(put(**member).faults) == 1


def test_what_only_the_portal_says_is_ignored() -> None:
    operation = put(formData={"id": 1}, publicUrl="x", etag="7", reactivate=True)
    assert operation.patch.form == {}
    assert operation.ignored == {
        "formData": "read_only",
        "publicUrl": "read_only",
        "etag": "read_only",
        "reactivate": "not_applicable",
    }


def test_photos_are_named_in_three_ways() -> None:
    operation = put(
        files=[
            {"url": "https://crm.example/1.jpg#top", "externalFileId": "f-1"},
            {"url": "https://crm.example/2.jpg"},
            {"id": 9},
            {"externalFileId": "f-4"},
        ]
    )
    assert operation.faults == ()
    assert operation.patch.files == (
        FileRef(url="https://crm.example/1.jpg", external_id="f-1"),
        FileRef(url="https://crm.example/2.jpg", index=1),
        FileRef(id=9, index=2),
        FileRef(external_id="f-4", index=3),
    )
    assert notes(operation) == [("files.0.url", "normalised")]


def test_a_photo_that_comes_twice_is_shown_once() -> None:
    url = "https://crm.example/1.jpg"
    operation = put(
        files=[
            {"url": url},
            {"id": 9},
            {"url": f"{url}#again"},
            {"id": 9},
            {"url": url, "externalFileId": "a"},
            {"externalFileId": "b"},
            {"externalFileId": "b"},
        ]
    )
    assert operation.patch.files == (
        FileRef(url=url, external_id="a"),
        FileRef(id=9, index=1),
        FileRef(external_id="b", index=5),
    )
    assert [*operation.ignored] == ["files.2", "files.3", "files.4", "files.6"]


@pytest.mark.parametrize("names", [(None, "a"), ("a", None)])
def test_a_photo_that_comes_twice_keeps_its_name(names: tuple[str | None, ...]) -> None:
    url = "https://crm.example/1.jpg"
    files = [{"url": url} | ({"externalFileId": name} if name else {}) for name in names]
    assert put(files=files).patch.files == (FileRef(url=url, external_id="a"),)


@pytest.mark.parametrize(
    "files",
    [
        [{}],
        [{"id": 1, "externalFileId": "a"}],
        [{"url": "ftp://crm.example/1.jpg"}],
        [{"id": n} for n in range(1, 22)],
        [None],
        "https://crm.example/1.jpg",
    ],
)
def test_photos_that_cannot_be_told_are_refused(files: Any) -> None:
    faults = put(files=files).faults
    assert [fault.path[0] for fault in faults] == ["files"]


def test_a_null_beside_an_agent_says_nothing() -> None:
    patch = put(userId=None, externalUserId="a").patch
    assert (patch.user_id, patch.external_user_id) == (put().patch.user_id, "a")
    patch = put(userId=5, externalUserId=None).patch
    assert (patch.user_id, patch.external_user_id) == (5, put().patch.external_user_id)
    patch = put(userId=None, externalUserId=None).patch
    assert (patch.user_id, patch.external_user_id) == (None, None)


def test_a_listing_that_was_read_can_be_sent_back() -> None:
    first = put(announcementValue=99.999, propertyAddress="  Str.  A ", extras=[1])
    listing = Listing(
        id=1, agency_id=1, form=first.patch.form, status="draft", created_ms=0, updated_ms=0
    )
    again = read_put_listing(json.loads(json.dumps(form_data(listing))), TERMS)
    assert again.patch.form == first.patch.form
    assert again.forms == {}


def test_both_passes_make_the_same_of_a_listing() -> None:
    members = {
        "externalId": "a",
        "announcementValue": 5.0,
        "propertyCoordinates": {"lat": 1, "lng": 2.5},
        "files": [{"url": "https://crm.example/1.jpg"}],
    }
    assert read_put_listing_bytes(json.dumps(members).encode(), TERMS) == read_put_listing(
        members, TERMS
    )


@pytest.mark.slow
def test_links_and_deletions_name_a_listing() -> None:
    link = read_link_listing({"externalId": "a", "colour": 1}, 7, TERMS)
    assert (link.id, link.external_id, [n.code for n in link.notes]) == (7, "a", ["unknown_field"])
    assert read_link_listing({"id": 8, "externalId": "a"}, None, TERMS).id == 8
    assert read_unlink_listing({"externalId": "a"}, TERMS).external_id == "a"
    assert read_delete_listing({"id": 3, "ifMatch": "4"}, TERMS).if_match == ("4",)
    for raw in ({}, {"id": 1, "externalId": "a"}, {"id": "1"}):
        for read in (read_unlink_listing, read_delete_listing):
            with pytest.raises(Problem):
                read(raw, TERMS)
    with pytest.raises(Problem):
        read_link_listing({"externalId": "a"}, None, TERMS)
