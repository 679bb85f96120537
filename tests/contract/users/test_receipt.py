"""Contract 5: `?receipt=true`, and warnings."""

from __future__ import annotations

from typing import Any

from tests.contract.users.shapes import FIXED, MOBILE, OTHER_MOBILE, ok, warned
from tests.service import Tenant

GROUPS = {"applied", "unchanged", "normalised", "ignored", "held"}


def receipt(tenant: Tenant, **body: Any) -> dict[str, Any]:
    fields = ok(tenant.put("?receipt=true", **body))["fields"]
    assert isinstance(fields, dict)
    assert fields.keys() == GROUPS
    return fields


def named(fields: dict[str, Any]) -> list[str]:
    return sorted(field for group in fields.values() for field in group)


def test_no_receipt_unless_asked(tenant: Tenant) -> None:
    """`?receipt=true` adds `fields`."""
    body = {"externalId": "7", "name": "Ana", "phone": MOBILE}
    assert "fields" not in ok(tenant.put("?receipt=false", **body))
    assert "fields" not in ok(tenant.put(**body))


def test_a_create_names_every_field_once(tenant: Tenant) -> None:
    """Every submitted profile or unknown field … exactly once."""
    fields = receipt(
        tenant,
        externalId="7",
        mode="upsert",
        name="Ana  Rusu",
        phone="069 123 456",
        description={"ro": "<p>Bună</p>", "ru": "Да", "fr": "Oui"},
        instagram="ana",
        youtube=None,
        avatar={"url": "https://crm.example/ana.jpg"},
        settings={"contact_phone": True, "contact_viber": False, "posting_type": "agent", "x": 1},
        fone="1",
        team={"id": 7},
    )
    assert fields["normalised"] == {
        "name": {"from": "Ana  Rusu", "to": "Ana Rusu"},
        "phone": {"from": "069 123 456", "to": "+373 691 23 456"},
        "description.ro": {"from": "<p>Bună</p>", "to": "Bună"},
        "instagram": {"from": "ana", "to": ok(tenant.get("/users/external/7"))["instagram"]},
    }
    assert fields["ignored"].keys() == {
        "description.fr", "settings.posting_type", "settings.x", "fone", "team"
    }  # fmt: skip
    plain = ["description.ru", "youtube", "avatar"]
    channels = ["settings.contact_phone", "settings.contact_viber"]
    rest = [*fields["normalised"], *fields["ignored"]]
    assert named(fields) == sorted([*plain, *channels, *rest])


def test_an_update_tells_what_became_of_each(tenant: Tenant) -> None:
    """`fields: {applied: [f], unchanged: [f], normalised: {f: {from, to}}, …}`."""
    tenant.put(externalId="7", name="Ana", phone=MOBILE)
    fields = receipt(
        tenant,
        externalId="7",
        name="Ana",
        phone="079 123 456",
        tiktok=None,
        settings={"contact_viber": False, "contact_phone": True},
        fone="1",
    )
    assert fields == {
        "applied": ["settings.contact_viber"],
        "unchanged": ["name", "tiktok", "settings.contact_phone"],
        "normalised": {"phone": {"from": "079 123 456", "to": "+373 791 23 456"}},
        "ignored": {"fone": "unknown_field"},
        "held": {},
    }


def test_normalised_means_changed_as_well(tenant: Tenant) -> None:
    """Normalised means stored in another form *and* changed."""
    sent = {"externalId": "7", "name": " Ana ", "phone": "069 123 456", "instagram": "@ana"}
    first = ok(tenant.put(**sent))
    assert warned(first) == {(f, "normalised") for f in ("name", "phone", "instagram")}
    again = ok(tenant.put("?receipt=true", **sent))
    assert again["fields"]["normalised"] == {}
    assert set(again["fields"]["unchanged"]) == {"name", "phone", "instagram"}
    assert "warnings" not in again


def test_a_held_field_names_its_owner(tenant: Tenant) -> None:
    """`held: {f: owner}`; one that may not be changed is ignored with a warning."""
    user_id = tenant.register(phone=MOBILE)
    body = ok(tenant.put("?receipt=true", id=user_id, phone=OTHER_MOBILE, name="Elena Rusu"))
    assert body["unchanged"] is True
    assert body["fields"]["held"] == {"phone": "agent"}
    assert named(body["fields"]) == ["name", "phone"]
    assert warned(body) == {("phone", "phone_held")}


def test_an_unusable_phone_is_in_the_receipt(tenant: Tenant) -> None:
    """`ignored: {f: reason}`; on update it is ignored with a warning."""
    tenant.put(externalId="7", name="Ana", phone=MOBILE)
    body = ok(tenant.put("?receipt=true", externalId="7", phone="to be asked"))
    assert body["fields"]["ignored"] == {"phone": "phone_invalid"}
    assert warned(body) == {("phone", "phone_invalid")}


def test_control_members_are_not_in_the_receipt(tenant: Tenant) -> None:
    """Every submitted profile or unknown field."""
    fields = receipt(
        tenant,
        externalId="7",
        name="Ana",
        phone=MOBILE,
        mode="upsert",
        sourceUpdatedAt="2026-01-31T12:00:00Z",
        reactivate=True,
    )
    assert named(fields) == ["name", "phone"]


def test_a_bulk_gives_a_receipt_for_each(tenant: Tenant) -> None:
    """Control members as in PUT; `?receipt=true` adds `fields`."""
    person = {"externalId": "7", "name": "Ana", "phone": MOBILE}
    body = ok(
        tenant.bulk({"op": "upsert", **person}, {"op": "validate", **person}, query="?receipt=true")
    )
    first, second = (result["fields"] for result in body["results"])
    assert named(first) == named(second) == ["name", "phone"]
    assert set(second["unchanged"]) == {"name", "phone"}


def test_messengers_on_a_fixed_line_are_doubtful(tenant: Tenant) -> None:
    """`warnings` … whenever something was ignored, normalised or doubtful."""
    person = {"externalId": "7", "name": "Ana", "phone": FIXED}
    messengers = {f"settings.contact_{name}" for name in ("whatsapp", "viber", "telegram")}
    body = ok(tenant.put(**person))
    assert warned(body) == {(field, "channel_on_fixed_line") for field in messengers}
    off = {field.removeprefix("settings."): False for field in messengers}
    assert "warnings" not in ok(tenant.put(**person, settings=off))
