"""Contract 5, PUT /users: `mode`, `sourceUpdatedAt`, `ifMatch` and the header `If-Match`."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from tests.contract.users.shapes import ERROR, FIXED, MOBILE, ok, refused, warned
from tests.service import Tenant

NEW: dict[str, Any] = {"externalId": "7", "name": "Ana Rusu", "phone": MOBILE}
NOON, LATER = "2026-01-31T12:00:00.000Z", "2026-01-31T12:00:00.001Z"


def profile_of(tenant: Tenant, external_id: str = "7") -> dict[str, Any]:
    return ok(tenant.get(f"/users/external/{external_id}"))


def put_if(tenant: Tenant, etag: str, **body: Any) -> httpx2.Response:
    return tenant.http.put("/users", json=body, headers={"If-Match": etag})


@pytest.mark.parametrize("mode", [None, "upsert", "create", "fill"])
def test_modes_that_create(tenant: Tenant, mode: str | None) -> None:
    """`mode` `upsert` (default) | … | `fill` (creates, …)."""
    body = ok(tenant.put(**NEW, **({"mode": mode} if mode else {})))
    assert body["created"] is True


def test_create_refuses_a_known_id(tenant: Tenant) -> None:
    """`create` (409 if known); a 409 names the holder and the call that would free it."""
    user_id = tenant.create("7", name="Ana Rusu")
    before = profile_of(tenant)
    body = refused(tenant.put(**NEW | {"name": "Ion"}, mode="create"), 409, "external_id_taken")
    assert body.keys() == ERROR
    assert body["details"][0]["userId"] == user_id
    assert f"DELETE /api/v1/users/{user_id}/link" in body["message"]
    assert profile_of(tenant) == before


def test_create_by_id_is_a_conflict_too(tenant: Tenant) -> None:
    """`create` (409 if known); `id` only updates; unknown is 404."""
    user_id = tenant.register()
    answer = tenant.put(id=user_id, name="Ana", mode="create")
    assert answer.status_code == 409
    assert "None" not in answer.text
    assert tenant.put(id=2**62, name="Ana", mode="create").status_code == 404


def test_update_refuses_an_unknown_id(tenant: Tenant) -> None:
    """`update` (404 if unknown)."""
    refused(tenant.put(**NEW, mode="update"), 404, "user_unknown")
    assert ok(tenant.get("/users"))["items"] == []
    tenant.put(**NEW)
    assert ok(tenant.put(externalId="7", name="Ana M", mode="update"))["updated"] is True


def test_fill_touches_only_empty_fields(tenant: Tenant) -> None:
    """`fill` (creates, else only fills empty fields)."""
    tenant.put(**NEW, instagram="ana", description={"ru": "Да"})
    body = ok(
        tenant.put(
            "?receipt=true",
            externalId="7",
            mode="fill",
            name="Ion",
            phone=FIXED,
            instagram=None,
            youtube="@ana",
            description={"ro": "Bună", "ru": "Нет"},
            settings={"contact_viber": False},
        )
    )
    assert body["updated"] is True
    profile = profile_of(tenant)
    assert (profile["name"], profile["phone"]) == ("Ana Rusu", "+373 691 23 456")
    assert profile["instagram"].endswith("/ana")
    assert profile["youtube"].endswith("/@ana")
    assert profile["descriptions"] == {"ro": "Bună", "ru": "Да"}
    assert profile["settings"]["contact_viber"] is True
    kept = {"name", "phone", "instagram", "description.ru", "settings.contact_viber"}
    assert set(body["fields"]["ignored"]) == kept
    assert {(field, "not_empty") for field in kept} <= warned(body)


def test_fill_of_a_full_user_writes_nothing(tenant: Tenant) -> None:
    """`fill` … only fills empty fields; nothing changed: `unchanged: true`."""
    tenant.put(**NEW)
    before = profile_of(tenant)
    assert ok(tenant.put(externalId="7", name="Ion", mode="fill"))["unchanged"] is True
    assert profile_of(tenant) == before
    assert len(tenant.changes()) == 1


@pytest.mark.parametrize("mode", ["Upsert", "", "delete", 1, None])
def test_other_modes_are_refused(tenant: Tenant, mode: object) -> None:
    """`mode` `upsert` (default) | `create` | `update` | `fill`."""
    answer = tenant.put(**NEW, mode=mode)
    assert answer.status_code == 400
    assert answer.json()["details"][0]["pointer"] == "/mode"


def test_an_older_source_is_refused(tenant: Tenant) -> None:
    """`sourceUpdatedAt` (stored; older than stored is 409)."""
    tenant.put(**NEW, sourceUpdatedAt=LATER)
    before = profile_of(tenant)
    body = refused(
        tenant.put(externalId="7", name="Ion", sourceUpdatedAt=NOON), 409, "stale_source"
    )
    assert body["details"][0]["pointer"] == "/sourceUpdatedAt"
    assert profile_of(tenant) == before
    for source in ({"sourceUpdatedAt": LATER}, {}):
        assert tenant.put(externalId="7", name="Ion", **source).status_code == 200


def test_source_times_are_compared_as_instants(tenant: Tenant) -> None:
    """`sourceUpdatedAt` … older than stored is 409."""
    tenant.put(**NEW, sourceUpdatedAt="2026-01-31T12:00:00Z")
    older = "2026-01-31T13:59:59.999999+02:00"
    refused(tenant.put(externalId="7", name="I", sourceUpdatedAt=older), 409, "stale_source")
    same = "2026-01-31T14:00:00+02:00"
    assert ok(tenant.put(externalId="7", name="I", sourceUpdatedAt=same))["updated"] is True


@pytest.mark.parametrize("text", ["2026-01-31T12:00:00", "31.01.2026", "", 1769860800, None])
def test_a_source_time_has_a_zone(tenant: Tenant, text: object) -> None:
    """`sourceUpdatedAt`; timestamps: ISO-8601."""
    answer = tenant.put(**NEW, sourceUpdatedAt=text)
    assert answer.status_code == 400
    assert answer.json()["details"][0]["pointer"] == "/sourceUpdatedAt"


def test_a_newer_source_time_is_stored_though_nothing_changed(tenant: Tenant) -> None:
    """A newer `sourceUpdatedAt` and an idempotency record are still stored."""
    tenant.put(**NEW, sourceUpdatedAt=NOON)
    before = profile_of(tenant)
    assert ok(tenant.put(**NEW, sourceUpdatedAt=LATER))["unchanged"] is True
    assert profile_of(tenant) == before
    assert len(tenant.changes()) == 1
    refused(tenant.put(externalId="7", name="Ion", sourceUpdatedAt=NOON), 409, "stale_source")


def test_a_refused_write_leaves_the_source_time(tenant: Tenant) -> None:
    """409, 412 … nothing is stored."""
    tenant.put(**NEW, sourceUpdatedAt=NOON)
    stale = tenant.put(externalId="7", name="Ion", sourceUpdatedAt=LATER, ifMatch="other")
    assert stale.status_code == 412
    assert tenant.put(externalId="7", name="Ion", sourceUpdatedAt=NOON).status_code == 200


def test_a_precondition_that_holds(tenant: Tenant) -> None:
    """`ifMatch` (or the header `If-Match`)."""
    etag = ok(tenant.put(**NEW))["etag"]
    etag = ok(tenant.put(externalId="7", name="Ana 1", ifMatch=etag))["etag"]
    for number, form in enumerate(('"{}"', '"zz", "{}"', "*"), start=2):
        answer = put_if(tenant, form.format(etag), externalId="7", name=f"Ana {number}")
        etag = ok(answer)["etag"]


def test_a_precondition_that_does_not_hold(tenant: Tenant) -> None:
    """412: `If-Match` / `ifMatch` does not hold; the body carries the current `etag`."""
    old = ok(tenant.put(**NEW))["etag"]
    current = ok(tenant.put(externalId="7", name="Ana 1"))["etag"]
    for answer in (
        tenant.put(externalId="7", name="Ana 2", ifMatch=old),
        put_if(tenant, f'"{old}"', externalId="7", name="Ana 2"),
        put_if(tenant, f'W/"{current}"', externalId="7", name="Ana 2"),  # RFC 9110: strong
    ):
        body = refused(answer, 412, "precondition_failed")
        assert body.keys() == ERROR | {"etag"}
        assert body["etag"] == current
    assert profile_of(tenant)["name"] == "Ana 1"


def test_a_precondition_on_nobody(tenant: Tenant) -> None:
    """412: `If-Match` / `ifMatch` does not hold; the body carries the current `etag`."""
    body = refused(put_if(tenant, "*", **NEW), 412, "precondition_failed")
    assert body["etag"] is None
    assert ok(tenant.get("/users"))["items"] == []


def test_two_preconditions_that_differ(tenant: Tenant) -> None:
    """`ifMatch` (or the header `If-Match`): not two that differ."""
    etag = ok(tenant.put(**NEW))["etag"]
    assert put_if(tenant, '"x"', externalId="7", name="I", ifMatch=etag).status_code == 400
    assert put_if(tenant, f'"{etag}"', externalId="7", name="I", ifMatch=etag).status_code == 200


def test_an_unchanged_write_is_held_to_its_precondition(tenant: Tenant) -> None:
    """412: `If-Match` / `ifMatch` does not hold."""
    tenant.put(**NEW)
    refused(tenant.put(**NEW, ifMatch="other"), 412, "precondition_failed")
