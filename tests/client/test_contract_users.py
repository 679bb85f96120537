"""The contract's users (5, 6a) through the client, of either kind, against the real service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rentix.client import (
    Aborted,
    AlreadyLinked,
    BadRequest,
    ExternalIdTaken,
    IdempotencyKeyReused,
    PhoneInvalid,
    PreconditionFailed,
    Rentix,
    StaleSource,
    SuccessorInvalid,
    UserUnknown,
    deactivate_user,
    link_user,
    unlink_user,
    upsert_user,
    validate_user,
)
from tests.service import Tenant

PHONE = "069 200 101"


def test_a_user_is_created_updated_unchanged(crm: Rentix) -> None:
    made = crm.users.put(external_id="a", name="Ana  Ursu", phone=PHONE, receipt=True)
    assert (made.created, made.external_id) == (True, "a")
    assert [note.code for note in made.warnings or ()] == ["normalised", "normalised"]
    assert made.fields
    assert made.fields.normalised["phone"].stored == "+373 692 00 101"
    changed = crm.users.put(id=made.id or 0, description={"ru": "Агент"}, instagram="@ana.ursu")
    assert changed.updated is True
    same = crm.users.put(external_id="a", name="Ana Ursu")
    assert (same.updated, same.unchanged) == (False, True)
    profile = crm.users.get(external_id="a", locale="ru")
    assert (profile.name, profile.description) == ("Ana Ursu", "Агент")
    assert crm.users.get(profile.id).instagram == "https://www.instagram.com/ana.ursu"


def test_none_clears_and_what_is_left_out_is_kept(crm: Rentix) -> None:
    crm.users.put(external_id="a", name="Ana", phone=PHONE, tiktok="@ana", youtube="@ana")
    crm.users.put(external_id="a", tiktok=None, settings={"contact_viber": False})
    profile = crm.users.get(external_id="a")
    assert (profile.tiktok, profile.youtube is None) == (None, False)
    assert (profile.settings.contact_viber, profile.settings.contact_phone) == (False, True)


def test_a_dry_run_stores_nothing(crm: Rentix, tenant: Tenant) -> None:
    answer = crm.users.put(external_id="a", name="Ana", phone=PHONE, dry_run=True)
    assert (answer.dry_run, answer.created, answer.id) == (True, True, None)
    assert tenant.changes() == []


def test_faults_are_all_told(crm: Rentix) -> None:
    with pytest.raises(BadRequest) as caught:
        crm.users.put(external_id="a", name="", phone=PHONE, instagram="https://example.com/a")
    fault = caught.value
    assert fault.code == "validation_failed"
    assert [detail.pointer for detail in fault.details] == ["/name", "/instagram"]
    assert fault.request_id
    with pytest.raises(PhoneInvalid):
        crm.users.put(external_id="a", name="Ana", phone="none")


def test_a_precondition_fails_with_the_current_etag(crm: Rentix) -> None:
    made = crm.users.put(external_id="a", name="Ana", phone=PHONE)
    crm.users.put(external_id="a", name="Ana M", if_match=made.etag)
    with pytest.raises(PreconditionFailed) as caught:
        crm.users.put(external_id="a", name="Ana N", if_match=made.etag)
    assert caught.value.etag == crm.users.get(external_id="a").etag
    assert crm.users.put(external_id="a", name="Ana N", if_match=caught.value.etag or "").updated
    with pytest.raises(PreconditionFailed) as caught:
        crm.users.put(external_id="b", name="Ion", phone=PHONE, if_match="1")
    assert caught.value.etag is None


def test_what_is_older_or_known_is_refused(crm: Rentix) -> None:
    now = datetime.now(UTC)
    made = crm.users.put(external_id="a", name="Ana", phone=PHONE, source_updated_at=now)
    with pytest.raises(StaleSource):
        crm.users.put(external_id="a", name="B", source_updated_at=now - timedelta(hours=1))
    with pytest.raises(ExternalIdTaken) as caught:
        crm.users.put(external_id="a", name="Ana", phone=PHONE, mode="create")
    assert caught.value.holder_id == made.id
    with pytest.raises(UserUnknown):
        crm.users.put(external_id="b", name="Ana", mode="update")


def test_a_key_is_remembered_and_not_reused(crm: Rentix, tenant: Tenant) -> None:
    first = crm.users.put(external_id="a", name="Ana", phone=PHONE, idempotency_key="k", run_id="r")
    again = crm.users.put(external_id="a", name="Ana", phone=PHONE, idempotency_key="k", run_id="r")
    assert (first.created, again.created) == (True, True)
    assert [change.run for change in tenant.changes()] == ["r"]
    with pytest.raises(IdempotencyKeyReused):
        crm.users.put(external_id="b", name="Ana", phone=PHONE, idempotency_key="k")


def test_a_read_brings_nothing_when_nothing_changed(crm: Rentix) -> None:
    made = crm.users.put(external_id="a", name="Ana", phone=PHONE)
    seen = crm.users.get_if_changed(external_id="a")
    assert seen is not None
    assert seen.value.name == "Ana"
    assert crm.users.get_if_changed(made.id, etag=seen.etag) is None
    assert crm.users.get_if_changed(made.id, etag=made.etag) is None
    crm.users.put(external_id="a", name="Ana M")
    changed = crm.users.get_if_changed(external_id="a", etag=seen.etag)
    assert changed is not None
    assert changed.value.name == "Ana M"


def test_lists_go_through_all_pages_and_filters(crm: Rentix) -> None:
    ids = [
        crm.users.put(external_id=f"{n}", name=f"Ana {n}", phone=f"+3736920010{n}").id
        for n in range(5)
    ]
    assert [user.id for user in crm.users.list(page_size=2)] == ids
    assert [user.external_id for user in crm.users.list(phone="069 200 103")] == ["3"]
    assert len(list(crm.users.list(search="ана", linked=True, status="active"))) == 5
    since = crm.users.get(external_id="4").updated_at
    assert "4" in [user.external_id for user in crm.users.list(updated_since=since)]
    later = datetime.now(UTC) + timedelta(days=1)
    assert list(crm.users.list(updated_since=later, linked=False)) == []


def test_links(crm: Rentix, tenant: Tenant) -> None:
    registered = tenant.register()
    assert crm.users.link(registered, "a/1", dry_run=True).dry_run is True
    assert crm.users.link(registered, "a/1").linked is True
    with pytest.raises(AlreadyLinked):
        crm.users.link(registered, "b")
    with pytest.raises(PreconditionFailed):
        crm.users.unlink(registered, if_match="1")
    former = crm.users.unlink(registered, if_match=crm.users.get(registered).etag)
    assert (former.external_id, former.unlinked) == ("a/1", True)
    assert crm.users.unlink(registered).unlinked is False


def test_an_agent_leaves_and_returns(crm: Rentix) -> None:
    leaver = crm.users.put(external_id="a", name="Ana", phone=PHONE).id or 0
    crm.users.put(external_id="b", name="Ion", phone=PHONE)
    listing = crm.listings.put(external_id="o", external_user_id="a").id
    with pytest.raises(SuccessorInvalid):
        crm.users.deactivate(leaver, successor_external_id="a")
    left = crm.users.deactivate(leaver, successor_external_id="b", undo_days=3)
    assert (left.deactivated, left.moved_listings) == (True, 1)
    assert crm.listings.get(listing).contact.name == "Ion"
    back = crm.users.reactivate(leaver)
    assert (back.restored_listings, back.changed_since) == (1, ())
    assert crm.listings.get(listing).contact.name == "Ana"


def test_a_bulk_answers_for_each_item_in_order(crm: Rentix, tenant: Tenant) -> None:
    registered = tenant.register()
    results = crm.users.bulk(
        [
            upsert_user(external_id="a", name="Ana", phone=PHONE),
            link_user(registered, "a"),
            validate_user(external_id="b", name="Ion", phone=PHONE),
            unlink_user(external_id="a"),
            deactivate_user(id=registered),
            {"externalId": "c", "name": "Ion", "phone": PHONE},
        ],
        run_id="night",
    )
    assert [result.index for result in results] == [0, 1, 2, 3, 4, 5]
    assert [result.success for result in results] == [True, False, True, True, True, True]
    with pytest.raises(ExternalIdTaken) as caught:
        results[1].raise_for_error()
    assert caught.value.holder_id == results[0].answer.id
    assert caught.value.request_id == results[0].request_id is not None
    assert {change.run for change in tenant.changes()} == {None, "night"}


def test_a_bulk_of_any_length_is_split(crm: Rentix) -> None:
    people = (upsert_user(external_id=f"{n}", name="Ana", phone=PHONE) for n in range(230))
    results = crm.users.bulk(people, idempotency_key="night")
    assert [result.answer.external_id for result in results] == [f"{n}" for n in range(230)]
    assert all(result.answer.created for result in results)
    assert len({result.request_id for result in results}) == 3
    again = (upsert_user(external_id=f"{n}", name="Ana", phone=PHONE) for n in range(230))
    replayed = crm.users.bulk_each(again, idempotency_key="night")
    assert all(result.answer.created for result in replayed)


def test_a_bulk_in_which_all_fail_has_results(crm: Rentix) -> None:
    results = crm.users.bulk([upsert_user(external_id="a"), unlink_user(id=999)])
    assert [result.answer.error.status_code for result in results if result.answer.error] == [
        400,
        404,
    ]
    assert results[1].error is not None
    assert results[1].error.request_id


def test_an_atomic_bulk_is_all_or_nothing(crm: Rentix) -> None:
    good = upsert_user(external_id="a", name="Ana", phone=PHONE)
    results = crm.users.bulk([good, upsert_user(external_id="b")], atomic=True)
    assert isinstance(results[0].error, Aborted)
    assert isinstance(results[1].error, BadRequest)
    assert list(crm.users.list()) == []
    assert all(result.success for result in crm.users.bulk([good], atomic=True, receipt=True))
