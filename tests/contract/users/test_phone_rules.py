"""Contract 5: `phone`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.users.shapes import FIXED, MOBILE, OTHER_MOBILE, ok, refused, warned
from tests.service import Tenant


def phone_of(tenant: Tenant, user_id: int) -> str:
    phone = ok(tenant.get(f"/users/{user_id}"))["phone"]
    assert isinstance(phone, str)
    return phone


def test_a_registered_number_is_read_only(tenant: Tenant) -> None:
    """The number an agent **registered** with is read-only [P] … ignored with a warning."""
    user_id = tenant.register(phone=FIXED)
    tenant.http.post(f"/users/{user_id}/link", json={"externalId": "7"})
    for key in ({"id": user_id}, {"externalId": "7"}):
        body = ok(tenant.put(**key, phone=MOBILE, name=f"Elena {len(key)}{next(iter(key))}"))
        assert body["updated"] is True
        assert warned(body) == {("phone", "phone_held")}
        assert phone_of(tenant, user_id) == "+373 22 123 456"


def test_a_registered_number_sent_again_is_no_matter(tenant: Tenant) -> None:
    """One that may not be changed is ignored …: the same one is no change."""
    user_id = tenant.register(phone=MOBILE)
    body = ok(tenant.put("?receipt=true", id=user_id, phone="069 123 456"))
    assert body["unchanged"] is True
    assert body["fields"]["unchanged"] == ["phone"]
    assert "warnings" not in body


def test_a_number_from_the_crm_follows_the_crm(tenant: Tenant) -> None:
    """A number that came from the CRM follows the CRM."""
    user_id = tenant.create("7", phone=MOBILE)
    for key in ({"externalId": "7"}, {"id": user_id}):
        ok(tenant.put(**key, phone=FIXED))
        assert phone_of(tenant, user_id) == "+373 22 123 456"
        ok(tenant.put(**key, phone=MOBILE))
        assert phone_of(tenant, user_id) == "+373 691 23 456"


@pytest.mark.parametrize("phone", ["abc", "+373 22", "12", "   ", "ana@crm.example"])
def test_an_unusable_number(tenant: Tenant, phone: str) -> None:
    """On create an unusable number is 400 `phone_invalid`; on update it is ignored …"""
    body = refused(tenant.put(externalId="7", name="Ana", phone=phone), 400, "phone_invalid")
    assert body["details"][0]["pointer"] == "/phone"
    user_id = tenant.create("7", phone=MOBILE)
    body = ok(tenant.put(externalId="7", phone=phone, name="Ana M"))
    assert body["updated"] is True
    assert warned(body) == {("phone", "phone_invalid")}
    assert phone_of(tenant, user_id) == "+373 691 23 456"


@pytest.mark.parametrize(
    ("sent", "stored", "rest"),
    [
        ("022 123 456, 069 123 456", "+373 691 23 456", ["+373 22 123 456"]),
        ("069 123 456 / 079 123 456", "+373 691 23 456", ["+373 791 23 456"]),
        ("022 123 456; 022 654 321", "+373 22 123 456", ["+373 22 654 321"]),
        (
            "022 123 456, 069 123 456, 079 123 456",
            "+373 691 23 456",
            ["+373 22 123 456", "+373 791 23 456"],
        ),
    ],
)
def test_of_several_numbers_one_is_taken(
    tenant: Tenant, sent: str, stored: str, rest: list[str]
) -> None:
    """The first valid mobile, else the first valid, is taken, with a warning naming the rest."""
    body = ok(tenant.put(externalId="7", name="Ana", phone=sent))
    [warning] = [w for w in body["warnings"] if w["code"] == "phone_several"]
    assert warning["field"] == "phone"
    assert all(number in warning["message"] for number in rest)
    assert phone_of(tenant, body["id"]) == stored


def test_numbers_are_never_glued(tenant: Tenant) -> None:
    """… never glued."""
    body = ok(tenant.put(externalId="7", name="Ana", phone="069123456079123456"[:9] + "/12"))
    assert phone_of(tenant, body["id"]) == "+373 691 23 456"
    assert any(w["field"] == "phone" for w in body["warnings"])


def test_the_default_region_is_the_agencys(new_tenant: Callable[..., Tenant]) -> None:
    """The default region is the agency's (`MD`)."""
    for region, number, shown in (
        ("MD", "022 123 456", "+373 22 123 456"),
        ("RO", "0744 766 618", "+40 744 766 618"),
        ("RO", "+373 22 123 456", "+373 22 123 456"),
    ):
        tenant = new_tenant(region=region)
        assert phone_of(tenant, tenant.create("7", phone=number)) == shown


def test_an_answered_form_sent_back_is_no_change(tenant: Tenant) -> None:
    """Phones are printed in libphonenumber's INTERNATIONAL form, stored as E.164."""
    user_id = tenant.create("7", phone="069-12-34-56")
    for spelling in (phone_of(tenant, user_id), MOBILE, "00373 69 123456", "69123456"):
        assert ok(tenant.put(externalId="7", phone=spelling))["unchanged"] is True, spelling
    assert tenant.changes()[0].fields["phone"] == (None, MOBILE)


def test_a_change_is_logged_as_e164(tenant: Tenant) -> None:
    """… stored as E.164."""
    tenant.create("7", phone=MOBILE)
    tenant.put(externalId="7", phone="079 123 456")
    assert tenant.changes()[1].fields == {"phone": (MOBILE, OTHER_MOBILE)}
