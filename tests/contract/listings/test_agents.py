"""Contract 6: which agent a listing names, and whom a visitor sees, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.listings.shapes import contact, create, faults, ok, put, read, warned
from tests.service import Tenant

ANA, AGENCY = "Ana Rusu", "Casa Test"


def test_with_neither_the_agency_is_shown(tenant: Tenant) -> None:
    """With neither the agency's contact is shown [P]."""
    create(tenant, "a")
    assert contact(tenant, "a") == (AGENCY, "no_agent_given")
    assert read(tenant, "a")["user"] is None


@pytest.mark.parametrize("field", ["userId", "externalUserId"])
def test_an_agent_is_named_by_either_id(tenant: Tenant, field: str) -> None:
    """`userId` or `externalUserId` names the agent [P]."""
    user_id = tenant.create("crm-1")
    body = ok(put(tenant, externalId="a", **{field: user_id if field == "userId" else "crm-1"}))
    assert warned(body) == []
    found = read(tenant, "a")
    assert found["user"] == {
        "id": user_id,
        "externalId": "crm-1",
        "name": ANA,
        "phone": "+373 691 23 456",
        "role": "agent",
    }
    assert (found["contact"]["kind"], found["contact"]["reason"]) == ("agent", "linked")


def test_both_names_must_agree(tenant: Tenant) -> None:
    """Both that disagree: 400; both that agree are one."""
    first, _ = tenant.create("crm-1"), tenant.create("crm-2")
    for other in ("crm-2", "nobody"):
        answer = put(tenant, externalId="a", userId=first, externalUserId=other)
        assert faults(answer) == [("/externalUserId", "agents_disagree")]
    ok(put(tenant, externalId="a", userId=first, externalUserId="crm-1"))
    assert contact(tenant, "a") == (ANA, "linked")


def test_an_unknown_or_foreign_user_id(new_tenant: Callable[..., Tenant]) -> None:
    """Unknown or foreign `userId`: 400, in the same words."""
    mine, other = new_tenant(), new_tenant()
    theirs = other.create("crm-1")
    messages = []
    for user_id in (theirs, 999999999):
        answer = put(mine, externalId="a", userId=user_id)
        assert faults(answer) == [("/userId", "agent_unknown")]
        messages.append(answer.json()["details"][0]["message"].replace(str(user_id), "N"))
    assert messages[0] == messages[1]
    assert mine.get("/listings/external/a").status_code == 404


def bind_by_create(tenant: Tenant) -> int:
    return tenant.create("crm-9", name=ANA)


def bind_by_link(tenant: Tenant) -> int:
    user_id = tenant.register(ANA)
    ok(tenant.http.post(f"/users/{user_id}/link", json={"externalId": "crm-9"}))
    return user_id


def bind_by_bulk(tenant: Tenant) -> int:
    person = {"op": "upsert", "externalId": "crm-9", "name": ANA, "phone": "+37369123456"}
    return int(ok(tenant.bulk(person))["results"][0]["id"])


@pytest.mark.parametrize("bind", [bind_by_create, bind_by_link, bind_by_bulk])
def test_an_external_user_who_comes_later(tenant: Tenant, bind: Callable[[Tenant], int]) -> None:
    """Accepted with a warning; the agency is shown until an agent gets that external id, from
    which commit on the agent is shown.
    """
    body = ok(put(tenant, externalId="a", externalUserId="crm-9"))
    assert warned(body) == [("externalUserId", "external_user_unknown")]
    assert contact(tenant, "a") == (AGENCY, "external_user_unknown")
    before = tenant.get("/listings/external/a")
    assert before.json()["contact"]["externalUserId"] == "crm-9"
    [listed] = ok(tenant.get("/listings"))["items"]
    assert listed["contact"]["externalUserId"] == "crm-9"
    user_id = bind(tenant)
    assert contact(tenant, "a") == (ANA, "linked")
    assert "externalUserId" not in read(tenant, "a")["contact"]
    after = tenant.get("/listings/external/a")
    assert after.headers["ETag"] != before.headers["ETag"]
    for name in ("etag", "updatedAt"):  # nobody wrote to it
        assert after.json()[name] == before.json()[name]
    assert [item["externalId"] for item in ok(tenant.get(f"/listings?userId={user_id}"))["items"]]
    ok(put(tenant, externalId="a", ifMatch=before.json()["etag"], announcementValue=5))


def test_once_resolved_the_listing_holds_the_user(tenant: Tenant) -> None:
    """Unlinking later does not move it, nor does somebody else with that external id."""
    create(tenant, "a", externalUserId="crm-9")
    first = tenant.create("crm-9")
    create(tenant, "b", externalUserId="crm-9")
    ok(tenant.http.delete(f"/users/{first}/link"))
    second = tenant.create("crm-9", name="Ion Lupu", phone="+37369200300")
    for listing in ("a", "b"):
        assert read(tenant, listing)["user"]["id"] == first
    create(tenant, "c", externalUserId="crm-9")
    assert read(tenant, "c")["user"]["id"] == second


def test_the_unlinked_external_id_sent_again_keeps_the_user(tenant: Tenant) -> None:
    """A CRM sends its whole listing each time; that moves nothing."""
    first = tenant.create("crm-9")
    create(tenant, "a", externalUserId="crm-9")
    ok(tenant.http.delete(f"/users/{first}/link"))
    again = ok(put(tenant, externalId="a", externalUserId="crm-9"))
    assert again["unchanged"] is True
    assert read(tenant, "a")["user"]["id"] == first


def test_null_detaches(tenant: Tenant) -> None:
    """`userId: null` detaches."""
    user_id = tenant.create("crm-1")
    for name, null in (("userId", "userId"), ("externalUserId", "externalUserId")):
        ok(put(tenant, externalId="a", **{name: user_id if name == "userId" else "crm-1"}))
        ok(put(tenant, externalId="a", **{null: None}))
        assert contact(tenant, "a") == (AGENCY, "no_agent_given")
    ok(put(tenant, externalId="a", externalUserId="nobody"))
    ok(put(tenant, externalId="a", userId=None))
    assert contact(tenant, "a") == (AGENCY, "no_agent_given")
    tenant.create("nobody")
    assert contact(tenant, "a") == (AGENCY, "no_agent_given")


def test_a_null_beside_a_name_says_nothing(tenant: Tenant) -> None:
    user_id = tenant.create("crm-1")
    ok(put(tenant, externalId="a", userId=user_id, externalUserId=None))
    assert contact(tenant, "a") == (ANA, "linked")
    ok(put(tenant, externalId="b", userId=None, externalUserId="crm-1"))
    assert contact(tenant, "b") == (ANA, "linked")


def test_an_inactive_agent_is_not_shown(tenant: Tenant) -> None:
    """Reason `agent_inactive`."""
    user_id = tenant.create("crm-1")
    create(tenant, "before", userId=user_id)
    ok(tenant.http.post(f"/users/{user_id}/deactivate", json={}))
    body = ok(put(tenant, externalId="after", userId=user_id))
    assert warned(body) == [("userId", "agent_inactive")]
    for listing in ("before", "after"):
        assert contact(tenant, listing) == (AGENCY, "agent_inactive")


CHANNELS = {
    "contact_phone": ("phone", "tel:+37369123456"),
    "contact_whatsapp": ("whatsapp", "https://wa.me/37369123456"),
    "contact_viber": ("viber", "viber://chat?number=%2B37369123456"),
    "contact_telegram": ("telegram", "https://t.me/+37369123456"),
}


@pytest.mark.parametrize("only", CHANNELS)
def test_channels_are_those_that_the_settings_allow(tenant: Tenant, only: str) -> None:
    """Channels as data, only those the settings allow."""
    settings: dict[str, Any] = dict.fromkeys(CHANNELS, False) | {only: True}
    user_id = tenant.create("crm-1", settings=settings)
    create(tenant, "a", userId=user_id)
    shown = read(tenant, "a")["contact"]
    kind, url = CHANNELS[only]
    assert shown["channels"] == [{"kind": kind, "url": url}]
    assert (shown["phone"] is not None) == (only == "contact_phone")


def test_an_agent_who_cannot_be_reached_is_not_shown(tenant: Tenant) -> None:
    """An agent whose channels are all off never yields an empty card: the agency is shown."""
    ok(tenant.http.put("/agency", json={"phone": "022 123 400"}))
    user_id = tenant.create("crm-1", settings=dict.fromkeys(CHANNELS, False))
    create(tenant, "a", userId=user_id)
    assert read(tenant, "a")["contact"] == {
        "kind": "agency",
        "reason": "no_channel_enabled",
        "name": AGENCY,
        "phone": "+373 22 123 400",
        "channels": [{"kind": "phone", "url": "tel:+37322123400"}],
    }
    tenant.put(id=user_id, settings={"contact_viber": True})
    assert contact(tenant, "a") == (ANA, "linked")


def test_a_change_of_the_agent_shows_at_once(tenant: Tenant) -> None:
    user_id = tenant.create("crm-1")
    create(tenant, "a", userId=user_id)
    before = tenant.get("/listings/external/a").headers["ETag"]
    tenant.put(id=user_id, phone="+37369200300")
    found = tenant.get("/listings/external/a", **{"If-None-Match": before})
    assert ok(found)["contact"]["phone"] == "+373 692 00 300"
