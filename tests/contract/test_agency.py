"""Contract 8: GET /agency."""

from __future__ import annotations

from collections.abc import Callable

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
