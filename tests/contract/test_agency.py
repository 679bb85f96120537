"""Contract 8: the agency, as its CRM sees and changes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.contract.listings.shapes import contact, create, faults, ok, read, warned
from tests.contract.wire import refused
from tests.service import Tenant


def test_the_agency_of_the_key(new_tenant: Callable[..., Tenant]) -> None:
    """Contract 8: `{id, name, status: "active", isCrmEnabled: true, limits: {monthlyListings:
    {used, limit}}}` [P] "plus `region`, `defaultLocale`".
    """
    tenant = new_tenant(name="Casa Ștefan", region="RO", locale="ru", monthly_listings=70)
    assert tenant.get("/agency").json() == {
        "id": tenant.agency_id,
        "name": "Casa Ștefan",
        "status": "active",
        "isCrmEnabled": True,
        "limits": {"monthlyListings": {"used": 0, "limit": 70}},
        "region": "RO",
        "defaultLocale": "ru",
        "phone": None,
        "description": None,
        "logo": None,
        "etag": tenant.get("/agency").json()["etag"],
    }


def test_the_defaults_of_a_new_agency(tenant: Tenant) -> None:
    """Contract 5: the default region is the agency's (`MD`), its default locale `ro`."""
    body = tenant.get("/agency").json()
    assert (body["region"], body["defaultLocale"]) == ("MD", "ro")


def test_region_and_locale_are_what_values_mean(new_tenant: Callable[..., Tenant]) -> None:
    """Contract 8: `region`, `defaultLocale` are those that a write is read by."""
    tenant = new_tenant(region="RO", locale="ru")
    user_id = tenant.create("a", phone="0721 234 567", description="Привет")
    profile = tenant.get(f"/users/{user_id}").json()
    assert profile["phone"] == "+40 721 234 567"
    tenant.put(id=user_id, description={"ru": None})
    assert tenant.get(f"/users/{user_id}").json()["description"] is None


def change(tenant: Tenant, query: str = "", /, **body: Any) -> httpx2.Response:
    return tenant.http.put(f"/agency{query}", json=body)


def test_what_visitors_see_is_changed(tenant: Tenant) -> None:
    """`PUT /agency` (name, phone, description, region, default locale) for the fallback card."""
    create(tenant, "a")
    texts = {"ro": "Case în Chișinău.", "ru": "Дома в Кишинёве."}
    answer = change(tenant, name="Casa  Nouă", phone="022 123 400", description=texts)
    body = ok(answer)
    assert body["updated"] is True
    assert answer.headers["ETag"] == f'"{body["etag"]}"'
    assert sorted(warned(body)) == [("name", "normalised"), ("phone", "normalised")]
    shown = ok(tenant.get("/agency"))
    assert {name: body[name] for name in shown} == shown
    assert (shown["name"], shown["phone"]) == ("Casa Nouă", "+373 22 123 400")
    assert (shown["description"], shown["descriptions"]) == (texts["ro"], texts)
    assert ok(tenant.get("/agency?locale=ru"))["description"] == texts["ru"]
    assert contact(tenant, "a") == ("Casa Nouă", "no_agent_given")
    assert read(tenant, "a")["contact"]["phone"] == "+373 22 123 400"


def test_absent_keeps_and_null_clears(tenant: Tenant) -> None:
    ok(change(tenant, phone="022 123 400", description="Case."))
    ok(change(tenant, description={"ru": "Дома."}))
    ok(change(tenant, phone=None, description={"ro": None}))
    shown = ok(tenant.get("/agency"))
    assert (shown["name"], shown["phone"], shown["description"]) == ("Casa Test", None, "Дома.")
    create(tenant, "a")
    assert read(tenant, "a")["contact"]["channels"] == []


@pytest.mark.parametrize("phone", ["022 123 400", None])
def test_an_agency_that_cannot_be_reached_is_warned(tenant: Tenant, phone: str | None) -> None:
    """`null` clears; and "nothing … doubtful" is kept quiet about."""
    ok(change(tenant, phone=phone))
    body = ok(change(tenant, phone=None))
    assert body["phone"] is None
    [warning] = body["warnings"]
    assert (warning["field"], warning["code"]) == ("phone", "agency_unreachable")
    assert "PUT /agency" in warning["message"]
    create(tenant, "a")
    shown = read(tenant, "a")["contact"]
    assert (shown["name"], shown["phone"], shown["channels"]) == ("Casa Test", None, [])
    assert "warnings" not in ok(change(tenant, phone="+373 22 123 400"))
    assert "warnings" not in ok(change(tenant, name="Casa Nouă"))


def test_the_next_request_is_read_by_a_new_region(tenant: Tenant) -> None:
    """`region`, `defaultLocale`: those that a write is read by, from the next request on."""
    ok(change(tenant, region="ro", defaultLocale="ru"))
    user_id = tenant.create("a", phone="0721 234 567", description="Привет")
    profile = ok(tenant.get(f"/users/{user_id}"))
    assert profile["phone"] == "+40 721 234 567"
    ok(tenant.put(id=user_id, description={"ru": None}))
    assert ok(tenant.get(f"/users/{user_id}"))["description"] is None


def test_the_same_again_writes_nothing(tenant: Tenant) -> None:
    first = ok(change(tenant, name="Casa Nouă"))
    changes = tenant.changes()
    assert changes[-1].subject == "agency"
    assert changes[-1].fields == {"name": ("Casa Test", "Casa Nouă")}
    again = ok(change(tenant, name="Casa Nouă"))
    assert (again["updated"], again["unchanged"], again["etag"]) == (False, True, first["etag"])
    assert tenant.changes() == changes


def test_etags(tenant: Tenant) -> None:
    """304 while it is the same; `If-Match` and `ifMatch` take the etag of a read."""
    shown = tenant.get("/agency").headers["ETag"]
    assert tenant.get("/agency", **{"If-None-Match": shown}).status_code == 304
    create(tenant, "a")  # which is counted, and shown
    current = tenant.get("/agency", **{"If-None-Match": shown})
    assert current.status_code == 200
    tag = current.headers["ETag"]
    guarded = tenant.http.put("/agency", json={"name": "Casa Nouă"}, headers={"If-Match": tag})
    assert ok(guarded)["updated"] is True
    late = change(tenant, name="Casa Veche", ifMatch=tag.strip('"'))
    assert (late.status_code, late.json()["etag"]) == (412, ok(tenant.get("/agency"))["etag"])


def test_a_dry_run_and_a_receipt(tenant: Tenant) -> None:
    body = ok(change(tenant, "?dryRun=true&receipt=true", name="Casa Nouă", region="MD", motto="x"))
    assert (body["dryRun"], body["etag"], body["name"]) == (True, "unstored", "Casa Nouă")
    assert body["fields"] == {
        "applied": ["name"],
        "unchanged": ["region"],
        "normalised": {},
        "ignored": {"motto": "unknown_field"},
        "held": {},
    }
    assert ok(tenant.get("/agency"))["name"] == "Casa Test"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"name": ""}, ("/name", "too_short")),
        ({"name": None}, ("/name", "type_invalid")),
        ({"name": "x" * 201}, ("/name", "too_long")),
        ({"phone": "12"}, ("/phone", "phone_invalid")),
        ({"region": "ZZ"}, ("/region", "not_one_of")),
        ({"region": None}, ("/region", "type_invalid")),
        ({"defaultLocale": "fr"}, ("/defaultLocale", "not_one_of")),
        ({"logo": {"id": 999999999}}, ("/logo/id", "media_unknown")),
        ({"logo": {}}, ("/logo/id", "required")),
        ({"description": "x" * 5001}, ("/description", "too_long")),
    ],
)
def test_bad_values(tenant: Tenant, body: dict[str, Any], fault: tuple[str, str]) -> None:
    assert faults(change(tenant, **body)) == [fault]


def test_budgets_and_status_are_not_the_crms_to_say(tenant: Tenant) -> None:
    """Nothing submitted is dropped in silence."""
    before = ok(tenant.get("/agency"))
    answer = change(tenant, **{**before, "limits": {"monthlyListings": {"limit": 10**6}}})
    body = ok(answer)
    assert body["unchanged"] is True
    printed = ("id", "status", "isCrmEnabled", "limits", "etag")
    assert {(name, "read_only") for name in printed} <= set(warned(body))
    assert ok(tenant.get("/agency")) == before


def test_a_logo_on_its_way_must_be_waited_for(
    tenant: Tenant, new_tenant: Callable[..., Tenant]
) -> None:
    """Logo media id: one that is ready, of this agency."""
    queued = {"url": "https://crm.example/logo.png"}
    for owner in (tenant, new_tenant()):
        media_id = ok(owner.http.post("/media/upload-from-url", json=queued))["mediaId"]
        assert faults(change(tenant, logo={"id": media_id})) == [("/logo/id", "media_unknown")]


def test_the_same_request_is_one(tenant: Tenant) -> None:
    def send() -> httpx2.Response:
        headers = {"Idempotency-Key": "k"}
        return tenant.http.put("/agency", json={"name": "Casa Nouă"}, headers=headers)

    first, again = send(), send()
    assert ok(first) == ok(again)
    assert again.headers["Idempotency-Replayed"] == "true"


def test_scopes(new_tenant: Callable[..., Tenant]) -> None:
    """Contract 2: `agency:read`, `agency:write`."""
    reader = new_tenant(scopes=("agency:read",))
    refused(change(reader, name="x"), 403, "API key lacks the scope agency:write")
    writer = new_tenant(scopes=("agency:write",))
    refused(writer.get("/agency"), 403, "API key lacks the scope agency:read")


def test_one_agency_changes_nothing_of_another(new_tenant: Callable[..., Tenant]) -> None:
    mine, other = new_tenant(), new_tenant()
    before = ok(other.get("/agency"))
    ok(change(mine, name="Casa Mea", phone="022 123 400"))
    assert ok(other.get("/agency")) == before
