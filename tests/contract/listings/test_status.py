"""Contract 6: statuses and their moves, as far as they go without anybody who imports photos."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.listings.shapes import (
    COMPLETE,
    PHOTOS,
    create,
    faults,
    ok,
    put,
    status,
    warned,
)
from tests.service import Tenant


def test_a_new_listing_is_a_draft(tenant: Tenant) -> None:
    """Created as `draft` unless a status is given [P]."""
    assert ok(put(tenant, externalId="a"))["status"] == "draft"
    assert ok(put(tenant, externalId="b", announcementStatus="hidden"))["status"] == "hidden"


@pytest.mark.parametrize("wanted", ["draft", "hidden"])
def test_these_need_nothing(tenant: Tenant, wanted: str) -> None:
    assert ok(put(tenant, externalId="a", announcementStatus=wanted))["status"] == wanted


@pytest.mark.parametrize("wanted", ["active", "pending_active", "expired", "completed"])
def test_these_need_the_required_fields(tenant: Tenant, wanted: str) -> None:
    """Required fields (the three types, value, currency, address or coordinates) only there."""
    answer = put(tenant, externalId="a", announcementStatus=wanted, files=PHOTOS)
    assert sorted(pointer for pointer, _ in faults(answer)) == [
        "/announcementCurrency",
        "/announcementType",
        "/announcementValue",
        "/propertyAddress",
        "/propertySecondaryType",
        "/propertyType",
    ]
    full = {**COMPLETE, "files": PHOTOS, "announcementStatus": wanted}
    expected = "pending_active" if wanted == "active" else wanted
    assert ok(put(tenant, externalId="a", **full))["status"] == expected


def test_rent_needs_a_pay_period(tenant: Tenant) -> None:
    """Pay period for rent."""
    rent = {**COMPLETE, "announcementType": "rent", "announcementStatus": "completed"}
    answer = put(tenant, externalId="a", **rent)
    assert faults(answer) == [("/announcementPayPeriod", "required")]
    ok(put(tenant, externalId="a", **rent, announcementPayPeriod="month"))


def test_coordinates_are_a_place_too(tenant: Tenant) -> None:
    """Address or coordinates."""
    form = {name: value for name, value in COMPLETE.items() if name != "propertyAddress"}
    place = {"lat": 47.01, "lng": 28.86}
    body = put(
        tenant, externalId="a", announcementStatus="expired", propertyCoordinates=place, **form
    )
    assert ok(body)["status"] == "expired"
    cleared = put(tenant, externalId="a", propertyCoordinates=None)
    assert faults(cleared) == [("/propertyAddress", "required")]


@pytest.mark.parametrize("count", [0, 2])
def test_active_needs_three_photos(tenant: Tenant, count: int) -> None:
    """`active` needs at least 3 photos [P]."""
    listing = {**COMPLETE, "announcementStatus": "active", "files": PHOTOS[:count]}
    assert faults(put(tenant, externalId="a", **listing)) == [("/files", "photos_missing")]


def test_with_photos_still_processing_it_is_pending(tenant: Tenant) -> None:
    """With photos still processing the status is `pending_active`; asking again is no change."""
    listing = {**COMPLETE, "announcementStatus": "active", "files": PHOTOS}
    body = ok(put(tenant, externalId="a", **listing))
    assert body["status"] == "pending_active"
    assert warned(body) == [("announcementStatus", "photos_processing")]
    again = ok(put(tenant, externalId="a", **listing))
    assert (again["status"], again["unchanged"]) == ("pending_active", True)
    back = ok(put(tenant, externalId="a", announcementStatus="draft"))
    assert (back["status"], back["updated"]) == ("draft", True)


@pytest.mark.parametrize("wanted", ["publish_failed", "blocked"])
def test_these_are_the_portals_to_set(tenant: Tenant, wanted: str) -> None:
    answer = put(tenant, externalId="a", announcementStatus=wanted)
    assert faults(answer) == [("/announcementStatus", "status_not_allowed")]


def test_a_word_that_is_no_status_is_told_those_that_may_be_sent(tenant: Tenant) -> None:
    """Not those that are refused as the portal's own."""
    answer = put(tenant, externalId="a", announcementStatus="sold")
    assert faults(answer) == [("/announcementStatus", "not_one_of")]
    offered = "draft, active, hidden, expired, completed"
    assert answer.json()["message"] == [f"announcementStatus must be one of: {offered}"]
    for status_ in offered.split(", "):
        listing = {**COMPLETE, "files": PHOTOS, "announcementStatus": status_}
        ok(put(tenant, externalId=status_, **listing))


@pytest.mark.parametrize("before", ["hidden", "expired", "completed"])
def test_these_may_go_to_active(tenant: Tenant, before: str) -> None:
    """Hidden, expired, completed may go to active."""
    create(tenant, "a", **COMPLETE, files=PHOTOS, announcementStatus=before)
    body = ok(put(tenant, externalId="a", announcementStatus="active"))
    assert body["status"] == "pending_active"


def test_a_required_field_cannot_be_cleared_while_it_is_required(tenant: Tenant) -> None:
    create(tenant, "a", **COMPLETE, announcementStatus="completed")
    cleared: dict[str, Any] = {"announcementValue": None}
    assert faults(put(tenant, externalId="a", **cleared)) == [("/announcementValue", "required")]
    ok(put(tenant, externalId="a", announcementStatus="draft", **cleared))
    assert status(tenant, "a") == "draft"
