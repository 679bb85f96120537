"""Contract 5: `?dryRun=true` runs the same decision, stores nothing, answers the same shape."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.users.shapes import MOBILE, OTHER_MOBILE, ok, refused
from tests.service import Tenant

NEW: dict[str, Any] = {"externalId": "7", "name": "Ana Rusu", "phone": MOBILE}
PICTURE = {"url": "https://crm.example/ana.jpg"}


def everything(tenant: Tenant) -> tuple[Any, int]:
    return ok(tenant.get("/users"))["items"], len(tenant.changes())


def test_a_dry_create_has_no_id_and_stores_nothing(tenant: Tenant) -> None:
    """The same shape plus `dryRun: true` (`id: null` for a create, no `jobId`)."""
    body = ok(tenant.put("?dryRun=true", **NEW, avatar=PICTURE))
    assert body.keys() == {"id", "externalId", "created", "etag", "dryRun"}
    assert (body["id"], body["created"], body["dryRun"]) == (None, True, True)
    assert everything(tenant) == ([], 0)


@pytest.mark.parametrize(
    "sent",
    [
        {"name": "Ana Munteanu"},
        {"phone": "079 123 456", "settings": {"contact_viber": False}},
        {"avatar": PICTURE, "description": "<p>Bună</p>"},
        {},
        {"name": "Ana Rusu", "fone": "1"},
    ],
)
def test_a_dry_run_answers_as_the_real_run_does(tenant: Tenant, sent: dict[str, Any]) -> None:
    """`?dryRun=true` runs the same decision."""
    tenant.put(**NEW)
    before = everything(tenant)
    dry = ok(tenant.put("?dryRun=true&receipt=true", externalId="7", **sent))
    assert everything(tenant) == before
    real = ok(tenant.put("?receipt=true", externalId="7", **sent))
    assert dry.pop("dryRun") is True
    assert ("jobId" in real) is ("avatar" in sent)
    real.pop("jobId", None)
    changed = real["updated"]
    assert dry.pop("etag") == ("unstored" if changed else real["etag"])
    real.pop("etag")
    assert dry == real


def test_a_dry_run_is_refused_as_the_real_run_is(tenant: Tenant) -> None:
    """`?dryRun=true` runs the same decision."""
    tenant.put(**NEW, sourceUpdatedAt="2026-01-31T12:00:00Z")
    for query in ("?dryRun=true", ""):
        refused(tenant.put(query, externalId="8", name="Ion"), 400, "required")
        refused(tenant.put(query, **NEW, mode="create"), 409, "external_id_taken")
        refused(tenant.put(query, **NEW, ifMatch="x"), 412, "precondition_failed")
        old = "2026-01-31T11:00:00Z"
        refused(tenant.put(query, **NEW, sourceUpdatedAt=old), 409, "stale_source")


def test_a_dry_run_stores_no_source_time(tenant: Tenant) -> None:
    """`?dryRun=true` … stores nothing."""
    tenant.put(**NEW, sourceUpdatedAt="2026-01-31T12:00:00Z")
    ok(tenant.put("?dryRun=true", **NEW, sourceUpdatedAt="2026-02-01T12:00:00Z"))
    ok(tenant.put(**NEW, sourceUpdatedAt="2026-01-31T13:00:00Z"))


def test_a_dry_bulk_sees_its_own_effects(tenant: Tenant) -> None:
    """A later one sees an earlier one's effect; `?dryRun=true` stores nothing."""
    operations = [
        {"op": "upsert", **NEW, "avatar": PICTURE},
        {"op": "upsert", "externalId": "7", "phone": OTHER_MOBILE},
        {"op": "unlink", "externalId": "7"},
        {"op": "upsert", **NEW},
    ]
    body = ok(tenant.bulk(*operations, query="?dryRun=true"))
    assert body["dryRun"] is True
    results = body["results"]
    assert [r["id"] for r in results] == [None] * 4
    assert [next(k for k in ("created", "updated", "unlinked") if k in r) for r in results] == [
        "created",
        "updated",
        "unlinked",
        "created",
    ]
    assert "jobId" not in results[0]
    assert everything(tenant) == ([], 0)


def test_a_dry_link_stores_nothing(tenant: Tenant) -> None:
    """`?dryRun=true` … answers the same shape plus `dryRun: true`."""
    user_id = tenant.register()
    before = everything(tenant)
    answer = tenant.http.post(f"/users/{user_id}/link?dryRun=true", json={"externalId": "7"})
    assert ok(answer) == {"id": user_id, "externalId": "7", "linked": True, "dryRun": True}
    assert everything(tenant) == before


@pytest.mark.parametrize(
    "query", ["?dryRun=1", "?dryRun", "?dryRun=TRUE", "?dryRun=true&dryRun=false"]
)
def test_a_doubtful_dry_run_is_refused(tenant: Tenant, query: str) -> None:
    """`?dryRun=true`: 400 bad parameters, and nothing is stored."""
    answer = tenant.put(query, **NEW)
    assert answer.status_code == 400
    assert answer.json()["details"][0]["parameter"] == "dryRun"
    assert everything(tenant) == ([], 0)


def test_a_misspelt_dry_run_is_named(tenant: Tenant) -> None:
    """Nothing submitted is dropped in silence."""
    body = ok(tenant.put("?dry_run=true", **NEW))
    assert [w["field"] for w in body["warnings"]] == ["?dry_run"]
