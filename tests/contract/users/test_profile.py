"""Contract 5, Profile."""

from __future__ import annotations

from tests.contract.users.shapes import CHANNELS, FIXED, PROFILE, TIMESTAMP, ok
from tests.service import Service, Tenant


def test_a_profile_has_exactly_the_stated_members(tenant: Tenant) -> None:
    """`id`, `externalId`, …, `settings` [P]; added: `etag`, `status`, `createdAt`, …"""
    user_id = tenant.create("7", phone=FIXED)
    profile = ok(tenant.get(f"/users/{user_id}"))
    assert profile.keys() == PROFILE
    assert profile["settings"].keys() == {"posting_type", *CHANNELS}
    assert (profile["id"], profile["externalId"]) == (user_id, "7")
    assert (profile["name"], profile["phone"]) == ("Ana Rusu", "+373 22 123 456")
    assert profile["status"] == "active"
    for member in ("description", "avatar", "instagram", "youtube", "tiktok"):
        assert profile[member] is None


def test_external_id_is_null_when_not_linked(tenant: Tenant) -> None:
    """`externalId` (null when not linked)."""
    profile = ok(tenant.get(f"/users/{tenant.register()}"))
    assert profile.keys() == PROFILE
    assert profile["externalId"] is None


def test_posting_type_is_the_servers(tenant: Tenant) -> None:
    """`posting_type` is the server's (`"agent"`); sent, it is ignored with a warning."""
    answer = tenant.put(
        externalId="7", name="Ana", phone=FIXED, settings={"posting_type": "agency"}
    )
    assert {"field": "settings.posting_type", "code": "read_only"}.items() <= next(
        w for w in ok(answer)["warnings"] if w["field"] == "settings.posting_type"
    ).items()
    profile = ok(tenant.get("/users/external/7"))
    assert profile["settings"]["posting_type"] == "agent"


def test_times_are_utc_with_milliseconds(tenant: Tenant) -> None:
    """Timestamps: ISO-8601 UTC with milliseconds and `Z` [P]."""
    profile = ok(tenant.get(f"/users/{tenant.create('7')}"))
    for member in ("createdAt", "updatedAt", "lastSyncedAt"):
        assert TIMESTAMP.fullmatch(profile[member])


def test_last_synced_at_is_the_last_effective_write_of_a_key(
    tenant: Tenant, service: Service
) -> None:
    """`lastSyncedAt` (last *effective* write by a CRM key)."""
    user_id = tenant.register("Elena Rusu")
    assert ok(tenant.get(f"/users/{user_id}"))["lastSyncedAt"] is None
    tenant.put(id=user_id, name="Elena Rusu")  # changes nothing
    assert ok(tenant.get(f"/users/{user_id}"))["lastSyncedAt"] is None
    tenant.put(id=user_id, name="Elena Munteanu")
    before = ok(tenant.get(f"/users/{user_id}"))
    assert before["lastSyncedAt"] == before["updatedAt"] > before["createdAt"]
    service.clock.ahead_ms += 5000
    try:
        tenant.put(id=user_id, name="Elena Munteanu")
        assert ok(tenant.get(f"/users/{user_id}")) == before
        tenant.http.post(f"/users/{user_id}/link", json={"externalId": "7"})
        assert ok(tenant.get(f"/users/{user_id}"))["lastSyncedAt"] > before["lastSyncedAt"]
    finally:
        service.clock.ahead_ms -= 5000


def test_ids_are_integers_unique_over_all_agencies(tenant: Tenant, new_tenant: object) -> None:
    """Internal ids are JSON integers, unique over all agencies."""
    assert callable(new_tenant)
    other: Tenant = new_tenant()
    ids = [t.create(external_id) for external_id in ("1", "2") for t in (tenant, other)]
    assert len(set(ids)) == 4
    profile = ok(other.get("/users/external/1"))
    assert type(profile["id"]) is int


def test_external_ids_are_opaque(tenant: Tenant) -> None:
    """External ids are strings of 1 to 255 code points, opaque, case-sensitive, never trimmed."""
    spellings = ["a", "A", " a", "a ", "ă", "a\u0306", "1", "01", "🏠" * 255, "a\nb", "null"]
    ids = {spelling: tenant.create(spelling) for spelling in spellings}
    assert len(set(ids.values())) == len(spellings)
    listed = {user["externalId"]: user["id"] for user in ok(tenant.get("/users"))["items"]}
    assert listed == ids


def test_external_ids_have_1_to_255_code_points(tenant: Tenant) -> None:
    """External ids are strings of 1 to 255 code points [P length]."""
    for external_id, words in (
        ("", "at least 1 characters"),
        ("x" * 256, "at most 255 characters"),
        (7, "must be a string"),
        (None, "must be a string"),
    ):
        answer = tenant.put(externalId=external_id, name="Ana", phone=FIXED)
        assert answer.status_code == 400
        [message] = answer.json()["message"]
        assert message.startswith("externalId")
        assert words in message


def test_the_same_external_id_in_two_agencies_is_two_users(
    tenant: Tenant, new_tenant: object
) -> None:
    """External ids are … unique per agency and kind."""
    assert callable(new_tenant)
    other: Tenant = new_tenant()
    assert tenant.create("7", name="Ana") != other.create("7", name="Ion")
    assert ok(tenant.get("/users/external/7"))["name"] == "Ana"
    assert ok(other.get("/users/external/7"))["name"] == "Ion"
