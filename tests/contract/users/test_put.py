"""Contract 5, PUT /users: which user, what is answered, which fields."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.users.shapes import CHANNELS, ERROR, MOBILE, ok, refused, warned
from tests.service import Tenant

NEW = {"externalId": "7", "name": "Ana Rusu", "phone": MOBILE}


@pytest.mark.parametrize(
    "ids", [{}, {"id": 1, "externalId": "7"}, {"id": 1, "externalId": None}, {"id": None}]
)
def test_exactly_one_of_id_and_external_id(tenant: Tenant, ids: dict[str, Any]) -> None:
    """Exactly one of `id`, `externalId` [P]; both or neither is 400."""
    answer = tenant.put(name="Ana", phone=MOBILE, **ids)
    assert answer.status_code == 400
    body = answer.json()
    assert body.keys() == ERROR
    assert isinstance(body["message"], list)
    assert ok(tenant.get("/users"))["items"] == []


def test_an_unknown_external_id_creates(tenant: Tenant) -> None:
    """Answers `{id, externalId, created: true}` [P]. All carry `etag`."""
    answer = tenant.put(**NEW)
    body = ok(answer)
    assert body.keys() == {"id", "externalId", "created", "etag"}
    assert body["externalId"] == "7"
    assert body["created"] is True
    profile = tenant.get(f"/users/{body['id']}")
    assert ok(profile)["etag"] == body["etag"]
    assert answer.headers["etag"] == profile.headers["etag"] == f'"{body["etag"]}"'


def test_a_known_user_is_updated(tenant: Tenant) -> None:
    """… or `{id, externalId, updated: true}` [P]. All carry `etag`."""
    created = ok(tenant.put(**NEW))
    for key in ({"externalId": "7"}, {"id": created["id"]}):
        body = ok(tenant.put(**key, name=f"Ana {len(key)} {next(iter(key))}"))
        assert body.keys() == {"id", "externalId", "updated", "etag"}
        assert (body["id"], body["externalId"]) == (created["id"], "7")
        assert body["updated"] is True
        assert body["etag"] != created["etag"]


def test_nothing_changed_says_so(tenant: Tenant) -> None:
    """Nothing changed: `{id, externalId, updated: false, unchanged: true}`. All carry `etag`."""
    created = ok(tenant.put(**NEW))
    for body in (ok(tenant.put(**NEW)), ok(tenant.put(id=created["id"]))):
        assert body == {
            "id": created["id"],
            "externalId": "7",
            "updated": False,
            "unchanged": True,
            "etag": created["etag"],
        }


def test_an_id_updates_an_unlinked_user(tenant: Tenant) -> None:
    """Answers `{id, externalId, updated: true}` [P], `externalId` null when not linked."""
    user_id = tenant.register()
    body = ok(tenant.put(id=user_id, name="Elena M"))
    assert (body["id"], body["externalId"], body["updated"]) == (user_id, None, True)


@pytest.mark.parametrize(
    ("sent", "missing"),
    [
        ({}, ["name", "phone"]),
        ({"name": "Ana"}, ["phone"]),
        ({"phone": MOBILE}, ["name"]),
    ],
)
def test_name_and_phone_are_required_to_create(
    tenant: Tenant, sent: dict[str, str], missing: list[str]
) -> None:
    """Unknown `externalId`: create; `name` and `phone` are then required [P]."""
    answer = tenant.put(externalId="7", **sent)
    assert answer.status_code == 400
    body = answer.json()
    assert [detail["pointer"] for detail in body["details"]] == [f"/{name}" for name in missing]
    assert all("is required" in message for message in body["message"])
    assert tenant.get("/users/external/7").status_code == 404


def test_an_id_only_updates(tenant: Tenant, new_tenant: Any) -> None:
    """`id` only updates; unknown is 404. So is another agency's."""
    foreign = new_tenant().create("7")
    for user_id in (foreign, 2**63 - 1):
        body = refused(tenant.put(id=user_id, name="Ana", phone=MOBILE), 404, "user_unknown")
        assert str(user_id) in body["message"]


@pytest.mark.parametrize("user_id", [0, -1, 2**63, 1.5, "1", True])
def test_an_id_is_a_positive_integer(tenant: Tenant, user_id: object) -> None:
    """Internal ids are JSON integers."""
    answer = tenant.put(id=user_id, name="Ana")
    assert answer.status_code == 400
    assert answer.json()["message"][0].startswith("id must be")


def test_all_channels_default_to_true(tenant: Tenant) -> None:
    """On create all four contact channels default to true [P]."""
    tenant.put(**NEW, settings={"contact_viber": False})
    settings = ok(tenant.get("/users/external/7"))["settings"]
    assert {c for c in CHANNELS if settings[c]} == set(CHANNELS) - {"contact_viber"}


def test_the_phone_becomes_international_on_create(tenant: Tenant) -> None:
    """On create … the phone is normalised to international form [P]."""
    ok(tenant.put(externalId="7", name="Ana", phone="069 123-456"))
    assert ok(tenant.get("/users/external/7"))["phone"] == "+373 691 23 456"


def test_settings_are_merged_key_by_key(tenant: Tenant) -> None:
    """`settings`, merged key by key [P]."""
    tenant.put(**NEW)
    tenant.put(externalId="7", settings={"contact_viber": False})
    tenant.put(externalId="7", settings={"contact_telegram": False})
    settings = ok(tenant.get("/users/external/7"))["settings"]
    assert [settings[channel] for channel in CHANNELS] == [True, True, False, False]
    assert ok(tenant.put(externalId="7", settings={}))["unchanged"] is True


def test_absent_keeps_null_clears_a_value_sets(tenant: Tenant) -> None:
    """Absent = keep, `null` = clear, value = set."""
    tenant.put(
        **NEW, instagram="ana.rusu", youtube="@anarusu", tiktok="@anarusu", description="Bună"
    )
    tenant.put(externalId="7", instagram=None, youtube="@ana", description=None)
    profile = ok(tenant.get("/users/external/7"))
    assert (profile["instagram"], profile["description"]) == (None, None)
    assert profile["youtube"] == "https://www.youtube.com/@ana"
    assert profile["tiktok"] == "https://www.tiktok.com/@anarusu"


@pytest.mark.parametrize("field", ["name", "phone", "settings"])
def test_some_fields_cannot_be_cleared(tenant: Tenant, field: str) -> None:
    """`name`, `phone` and `settings` cannot be cleared."""
    tenant.put(**NEW)
    before = ok(tenant.get("/users/external/7"))
    answer = tenant.put(externalId="7", **{field: None})
    assert answer.status_code == 400
    assert answer.json()["message"][0].startswith(f"{field} must be")
    assert ok(tenant.get("/users/external/7")) == before


@pytest.mark.parametrize(
    "field", ["name", "phone", "description", "instagram", "youtube", "tiktok", "externalId"]
)
def test_an_empty_string_is_an_error(tenant: Tenant, field: str) -> None:
    """An empty string is an error."""
    tenant.put(**NEW)
    answer = tenant.put(**{"externalId": "7", field: ""})
    assert answer.status_code == 400
    assert answer.json()["message"] == [f"{field} must be at least 1 characters"]


def test_a_name_has_1_to_200_code_points(tenant: Tenant) -> None:
    """Profile fields: `name` (1–200). Lengths count code points."""
    assert ok(tenant.put(externalId="7", name="Ș" * 199 + "🏠", phone=MOBILE))["created"]
    for name, words in (("x" * 201, "at most 200 characters"), ("  \t", "at least 1 characters")):
        answer = tenant.put(externalId="7", name=name)
        assert answer.status_code == 400
        assert answer.json()["message"] == [f"name must be {words}"]


@pytest.mark.parametrize(
    ("field", "sent", "stored"),
    [
        ("instagram", "ana.rusu", "https://www.instagram.com/ana.rusu"),
        ("instagram", "@ana.rusu", "https://www.instagram.com/ana.rusu"),
        ("instagram", "instagram.com/ana.rusu", "https://www.instagram.com/ana.rusu"),
        ("youtube", "https://m.youtube.com/@ana", "https://www.youtube.com/@ana"),
        ("tiktok", "https://tiktok.com/@ana?lang=ro", "https://www.tiktok.com/@ana"),
    ],
)
def test_socials_come_out_as_canonical_addresses(
    tenant: Tenant, field: str, sent: str, stored: str
) -> None:
    """Socials: handle, `@handle`, bare domain or URL in; canonical URL out."""
    body = ok(tenant.put(**NEW, **{field: sent}))
    found = ok(tenant.get("/users/external/7"))[field]
    assert found.removeprefix("https://").removeprefix("www.").rstrip("/") == (
        stored.removeprefix("https://www.")
    )
    assert found.startswith("https://")
    assert (field, "normalised") in warned(body)
    assert ok(tenant.put(externalId="7", **{field: found}))["unchanged"] is True


@pytest.mark.parametrize("field", ["instagram", "youtube", "tiktok"])
def test_a_foreign_host_is_refused(tenant: Tenant, field: str) -> None:
    """Socials: … a foreign host is 400."""
    for address in ("https://evil.example/ana", "https://instagram.com.evil.example/ana"):
        body = refused(tenant.put(**NEW, **{field: address}), 400, "social_invalid")
        assert body["details"][0]["pointer"] == f"/{field}"


def test_unknown_fields_are_ignored_with_a_warning(tenant: Tenant) -> None:
    """Unknown fields are ignored with a warning."""
    body = ok(
        tenant.put(
            **NEW,
            fone="1",
            op="upsert",
            settings={"contact_fax": True},
            avatar={"url": "https://crm.example/a.jpg", "alt": "Ana"},
        )
    )
    assert body["created"] is True
    assert warned(body) == {
        ("fone", "unknown_field"),
        ("op", "unknown_field"),
        ("settings.contact_fax", "unknown_field"),
        ("avatar.alt", "unknown_field"),
    }


SOCIALS = {"instagram", "youtube", "tiktok"}


def test_a_read_sent_back_is_no_change(tenant: Tenant) -> None:
    """What the portal says of a user is ignored, and told from what is misspelt."""
    ok(tenant.put(**NEW, description={"ro": "Bună", "en": "Hello"}))
    ok(tenant.put(externalId=NEW["externalId"], avatar={"url": "https://crm.example/a.jpg"}))
    [shown] = ok(tenant.get("/users?stored=true"))["items"]
    del shown["id"], shown["settings"], shown["avatar"]
    body = ok(tenant.put(**shown))
    assert body["unchanged"] is True
    printed = shown.keys() - {"externalId", "name", "phone", "description"} - SOCIALS
    assert {"status", "etag", "createdAt", "descriptions", "stored", "avatarImport"} <= printed
    assert warned(body) == {(name, "read_only") for name in printed}
    assert any("/deactivate" in note["message"] for note in body["warnings"])


def test_every_fault_is_listed(tenant: Tenant) -> None:
    """Validation failures list **every** fault, one string each."""
    answer = tenant.put(
        externalId="7",
        name=5,
        phone="",
        description=7,
        instagram="https://evil.example/ana",
        settings={"contact_phone": "yes", "contact_viber": 1},
        mode="replace",
        sourceUpdatedAt="yesterday",
    )
    body = refused(answer, 400, "validation_failed")
    assert {detail["pointer"] for detail in body["details"]} == {
        "/name",
        "/phone",
        "/description",
        "/instagram",
        "/settings/contact_phone",
        "/settings/contact_viber",
        "/mode",
        "/sourceUpdatedAt",
    }
    assert len(body["message"]) == 8
    assert "name must be a string" in body["message"]
    assert "mode must be one of: create, fill, update, upsert" in body["message"] or (
        "mode must be one of: upsert, create, update, fill" in body["message"]
    )


def test_faults_of_a_new_user_come_with_what_it_lacks(tenant: Tenant) -> None:
    """Validation failures list **every** fault; `name` and `phone` are then required [P]."""
    answer = tenant.put(externalId="7", name=5, instagram="https://evil.example/ana")
    body = refused(answer, 400, "validation_failed")
    assert {detail["pointer"] for detail in body["details"]} == {"/name", "/instagram", "/phone"}


def test_another_agency_sees_nothing(tenant: Tenant, new_tenant: Any) -> None:
    """A key belongs to one agency and sees only that agency's data [P]."""
    other: Tenant = new_tenant()
    user_id = other.create("7")
    assert tenant.get("/users/external/7").status_code == 404
    assert tenant.get(f"/users/{user_id}").status_code == 404
    assert ok(tenant.put(**NEW))["created"] is True
    assert ok(other.get("/users/external/7"))["id"] == user_id
