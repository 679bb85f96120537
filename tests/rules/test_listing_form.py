"""Contract 6: what a form as a whole must be, in each status."""

from __future__ import annotations

from itertools import chain
from typing import Any, get_args

import pytest

from rentix.errors import Code
from rentix.model import ListingStatus
from rentix.rules.listing_form import (
    COMPLETE_STATUSES,
    KEPT_MAX,
    KEPT_TOTAL_MAX,
    SUBTYPES,
    check_form,
)
from rentix.wire.listing_bodies import STATUSES, PropertyType, SecondaryType

SALE = {
    "announcementType": "sale",
    "propertyType": "residential",
    "propertySecondaryType": "house",
    "announcementValue": 90000,
    "announcementCurrency": "EUR",
    "propertyAddress": "Orhei",
}


def paths(form: dict[str, Any], status: ListingStatus) -> list[str]:
    return [str(fault.path[0]) for fault in check_form(form, status)]


def test_the_statuses_and_subtypes_are_the_contracts() -> None:
    assert (
        *("draft", "pending_active", "active", "hidden"),
        *("expired", "completed", "publish_failed", "blocked"),
    ) == STATUSES
    assert SUBTYPES.keys() == set(get_args(PropertyType))
    assert set(chain.from_iterable(SUBTYPES.values())) == set(get_args(SecondaryType))


@pytest.mark.parametrize("status", STATUSES)
def test_what_is_required_depends_on_the_status(status: ListingStatus) -> None:
    whole = status in COMPLETE_STATUSES
    required = [*SALE] if whole else []
    assert paths({}, status) == required
    for missing in SALE:
        form = {name: value for name, value in SALE.items() if name != missing}
        assert paths(form, status) == ([missing] if whole else [])


def test_coordinates_are_as_good_as_an_address() -> None:
    form = {**SALE, "propertyAddress": None, "propertyCoordinates": {"lat": 47, "lng": 28}}
    assert paths(form, "active") == []


def test_a_rent_has_a_pay_period() -> None:
    assert paths({**SALE, "announcementType": "rent"}, "active") == ["announcementPayPeriod"]
    assert paths({**SALE, "announcementType": "rent"}, "draft") == []


@pytest.mark.parametrize("kind", SUBTYPES)
def test_each_type_has_its_subtypes(kind: str) -> None:
    for subtype in get_args(SecondaryType):
        found = paths({"propertyType": kind, "propertySecondaryType": subtype}, "draft")
        assert found == ([] if subtype in SUBTYPES[kind] else ["propertySecondaryType"])


def test_land_to_live_on_is_for_sale_only() -> None:
    land = {**SALE, "propertySecondaryType": "residential-land"}
    assert paths(land, "active") == []
    assert paths({**land, "announcementType": "rent"}, "draft") == ["announcementType"]


def test_a_floor_is_in_the_house() -> None:
    assert paths({"propertyFloorNumber": 5, "propertyFloorsTotal": 5}, "draft") == []
    assert paths({"propertyFloorNumber": -1, "propertyFloorsTotal": 1}, "draft") == []
    assert paths({"propertyFloorNumber": 6, "propertyFloorsTotal": 5}, "draft") == [
        "propertyFloorNumber"
    ]


def test_other_fields_do_not_add_up_without_end() -> None:
    form = {**SALE, **{f"x{number}": 1 for number in range(KEPT_MAX)}}
    assert paths(form, "active") == []
    assert paths({**form, "one": 1, "cleared": None}, "active") == ["one"]


def test_other_fields_do_not_grow_without_end() -> None:
    values = {f"x{number}": "ș" * 1980 for number in range(8)}  # 3960 bytes, and 9 around them
    assert paths({**SALE, **values, "propertyAddress": "ș" * 300}, "active") == []
    left = KEPT_TOTAL_MAX - 8 * 3969
    last = "x" * (left - len('{"last":""}'))
    exact = {**SALE, **values, "last": last}
    assert paths(exact, "active") == []
    [fault] = check_form({**exact, "last": last + "x", "more": 1}, "draft")
    assert (fault.path, fault.code) == (("last",), Code.TOO_LONG)
    assert f"{KEPT_TOTAL_MAX} bytes" in fault.message
