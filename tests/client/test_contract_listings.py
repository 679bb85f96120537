"""The contract's listings, agency and reference data (6, 8) through the client."""

from __future__ import annotations

from typing import Any

import pytest

from rentix.client import (
    AgentsDisagree,
    AgentUnknown,
    AlreadyLinked,
    BadRequest,
    ListingExists,
    ListingUnknown,
    MediaUnknown,
    MonthlyListingsReached,
    PhotosMissing,
    PreconditionFailed,
    Rentix,
    StatusNotAllowed,
    delete_listing,
    link_listing,
    unlink_listing,
    upsert_listing,
    validate_listing,
)
from tests.client.conftest import Opens
from tests.service import Tenant

PHONE = "069 200 101"
FLAT: Any = {
    "announcement_type": "rent",
    "property_type": "residential",
    "property_secondary_type": "apartment",
    "announcement_value": 450,
    "announcement_currency": "EUR",
    "announcement_pay_period": "month",
    "property_address": "Chișinău, str. Ismail 12",
}


def test_a_listing_is_written_and_read(crm: Rentix) -> None:
    made = crm.listings.put(external_id="o", extra={"balconies": 2}, receipt=True, **FLAT)
    assert (made.created, made.status, made.job_id) == (True, "draft", None)
    assert [note.code for note in made.warnings or ()] == ["kept_as_sent"]
    assert made.fields
    assert crm.listings.put(external_id="o", **FLAT).unchanged is True
    read = crm.listings.get(external_id="o")
    assert (read.form_data["announcementValue"], read.form_data["balconies"]) == (450, 2)
    assert read.contact.reason == "no_agent_given"
    cleared = crm.listings.put(id=read.id, property_address=None)
    assert cleared.updated is True
    assert "propertyAddress" not in crm.listings.get(read.id).form_data


def test_the_agent_may_come_later(crm: Rentix) -> None:
    made = crm.listings.put(external_id="o", external_user_id="a")
    assert [note.code for note in made.warnings or ()] == ["external_user_unknown"]
    assert crm.listings.get(external_id="o").contact.reason == "external_user_unknown"
    crm.users.put(external_id="a", name="Ana", phone=PHONE)
    contact = crm.listings.get(external_id="o").contact
    assert (contact.reason, contact.name) == ("linked", "Ana")


def test_refusals_are_told_apart(crm: Rentix) -> None:
    user_id = crm.users.put(external_id="a", name="Ana", phone=PHONE).id
    listing_id = crm.listings.put(external_id="o", **FLAT).id or 0
    refused: list[tuple[type[Exception], dict[str, Any]]] = [
        (PhotosMissing, {"external_id": "o", "announcement_status": "active"}),
        (StatusNotAllowed, {"external_id": "o", "announcement_status": "blocked"}),
        (AgentUnknown, {"external_id": "o", "user_id": 999_999}),
        (AgentsDisagree, {"external_id": "o", "user_id": user_id, "external_user_id": "b"}),
        (MediaUnknown, {"external_id": "o", "files": [{"id": 999_999}]}),
        (ListingUnknown, {"id": 999_999}),
        (ListingExists, {"id": listing_id, "mode": "create"}),
        (BadRequest, {"external_id": "o", "announcement_value": -1}),
    ]
    for error, fields in refused:
        with pytest.raises(error):
            crm.listings.put(**fields)


def test_photos_are_imported(crm: Rentix) -> None:
    made = crm.listings.put(
        external_id="o",
        files=[{"url": "https://crm.example/1.jpg", "external_file_id": "p-1"}],
    )
    assert crm.jobs.get(made.job_id or 0).status == "pending"
    [photo] = crm.listings.get(external_id="o").files
    assert (photo.id, photo.external_id) == (made.job_id, "p-1")


def test_a_read_brings_nothing_until_what_it_shows_changes(crm: Rentix) -> None:
    crm.users.put(external_id="a", name="Ana", phone=PHONE)
    crm.listings.put(external_id="o", external_user_id="a")
    seen = crm.listings.get_if_changed(external_id="o")
    assert seen is not None
    assert crm.listings.get_if_changed(seen.value.id, etag=seen.etag) is None
    crm.users.put(external_id="a", name="Ana M")
    changed = crm.listings.get_if_changed(external_id="o", etag=seen.etag)
    assert changed is not None
    assert changed.value.contact.name == "Ana M"
    # The agent is not the listing's own part: its etag still holds for a write.
    assert crm.listings.put(external_id="o", property_area=50, if_match=seen.etag).updated


def test_lists_go_through_all_pages_and_filters(crm: Rentix) -> None:
    user_id = crm.users.put(external_id="a", name="Ana", phone=PHONE).id or 0
    ids = [crm.listings.put(external_id=f"{n}").id for n in range(3)]
    crm.listings.put(external_id="1", user_id=user_id, announcement_status="hidden")
    assert [listing.id for listing in crm.listings.list(page_size=2)] == ids
    assert [found.external_id for found in crm.listings.list(user_id=user_id)] == ["1"]
    assert [found.external_id for found in crm.listings.list(status="draft")] == ["0", "2"]


def test_links_and_deletion(crm: Rentix) -> None:
    listing_id = crm.listings.put(external_id="o").id or 0
    assert crm.listings.unlink(listing_id).external_id == "o"
    assert crm.listings.link(listing_id, "p").linked is True
    with pytest.raises(AlreadyLinked):
        crm.listings.link(listing_id, "o")
    assert crm.listings.delete(external_id="p", dry_run=True).dry_run is True
    with pytest.raises(PreconditionFailed):
        crm.listings.delete(listing_id, if_match="1")
    assert crm.listings.delete(listing_id).deleted is True
    with pytest.raises(ListingUnknown):
        crm.listings.delete(external_id="p")


def test_a_bulk_of_listings(crm: Rentix) -> None:
    old = crm.listings.put(external_id="old").id or 0
    results = crm.listings.bulk(
        [
            upsert_listing(external_id="o", extra={"lift": True}, **FLAT),
            validate_listing(external_id="q", **FLAT),
            unlink_listing(external_id="old"),
            link_listing(old, "older"),
            delete_listing(external_id="older"),
            delete_listing(id=old),
        ]
    )
    assert [result.success for result in results] == [True] * 5 + [False]
    assert isinstance(results[5].error, ListingUnknown)
    assert [found.external_id for found in crm.listings.list()] == ["o"]


def test_a_month_s_limit(opens: Opens, new_tenant: Any) -> None:
    tenant: Tenant = new_tenant(monthly_listings=1)
    crm = opens(tenant.key, tenant.service.url)
    crm.listings.put(external_id="o")
    with pytest.raises(MonthlyListingsReached):
        crm.listings.put(external_id="p")
    assert crm.agency.get().limits.monthly_listings.used == 1


def test_the_agency_is_read_and_changed(crm: Rentix) -> None:
    seen = crm.agency.get_if_changed()
    assert seen is not None
    assert crm.agency.get_if_changed(etag=seen.etag) is None
    answer = crm.agency.put(
        phone="022 123 400", description={"ru": "Дома"}, locale="ru", if_match=seen.etag
    )
    assert (answer.updated, answer.phone) == (True, "+373 22 123 400")
    assert answer.description == crm.agency.get(locale="ru").description == "Дома"
    with pytest.raises(PreconditionFailed):
        crm.agency.put(phone=None, if_match=seen.etag)
    assert crm.agency.put(phone=None, dry_run=True, receipt=True).dry_run is True


def test_reference_data(crm: Rentix) -> None:
    assert "apartment" in crm.reference.base_schema().secondary_types["residential"]
    assert crm.reference.currencies().base_currency == "EUR"
