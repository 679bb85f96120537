"""Contract 5: `avatar`, as far as it goes before media exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.users.shapes import MOBILE, PROFILE, ok, refused
from tests.service import Tenant

PERSON: dict[str, Any] = {"externalId": "7", "name": "Ana Rusu", "phone": MOBILE}
URL, OTHER_URL = "https://crm.example/ana.jpg", "https://crm.example/ana2.jpg"


def job(tenant: Tenant, job_id: int) -> dict[str, Any]:
    return ok(tenant.get(f"/job/status?id={job_id}"))


def test_a_picture_is_queued(tenant: Tenant) -> None:
    """A queued avatar import adds `jobId`."""
    body = ok(tenant.put(**PERSON, avatar={"url": URL}))
    assert body.keys() == {"id", "externalId", "created", "etag", "jobId"}
    found = job(tenant, body["jobId"])
    assert found.keys() == {"id", "type", "status", "queuePosition", "createdAt"}
    assert (found["id"], found["status"], found["queuePosition"]) == (body["jobId"], "pending", 1)


def test_the_old_picture_stays_until_the_new_one_is_ready(tenant: Tenant) -> None:
    """The old picture stays until the new one is ready: here, none."""
    body = ok(tenant.put(**PERSON, avatar={"url": URL}))
    profile = ok(tenant.get("/users/external/7"))
    assert profile.keys() == PROFILE | {"avatarImport"}
    assert profile["avatar"] is None
    assert profile["avatarImport"] == {"jobId": body["jobId"], "url": URL, "status": "pending"}


def test_the_same_address_is_unchanged(tenant: Tenant) -> None:
    """`avatar` with the URL already imported is unchanged."""
    tenant.put(**PERSON, avatar={"url": URL})
    for spelling in (URL, "HTTPS://CRM.example:443/x/../ana.jpg", f"{URL}#face"):
        body = ok(tenant.put(externalId="7", avatar={"url": spelling}))
        assert body["unchanged"] is True
        assert "jobId" not in body
    assert len(tenant.changes()) == 1


def test_refresh_imports_again(tenant: Tenant) -> None:
    """… unless that import failed or `refresh: true` is inside `avatar`."""
    first = ok(tenant.put(**PERSON, avatar={"url": URL}))
    assert ok(tenant.put(externalId="7", avatar={"url": URL, "refresh": False}))["unchanged"]
    again = ok(tenant.put(externalId="7", avatar={"url": URL, "refresh": True}))
    assert again["jobId"] != first["jobId"]
    assert job(tenant, again["jobId"])["status"] == "pending"


def test_a_refresh_by_itself_writes_nothing_of_the_profile(tenant: Tenant) -> None:
    """Writes nothing: no change record, no new etag, no sequence number."""
    tenant.put(**PERSON, avatar={"url": URL})
    before = ok(tenant.get("/users/external/7"))
    body = ok(tenant.put("?receipt=true", externalId="7", avatar={"url": URL, "refresh": True}))
    assert (body["updated"], body["unchanged"], body["etag"]) == (False, True, before["etag"])
    assert body["fields"]["unchanged"] == ["avatar"]
    assert ok(tenant.get("/users/external/7")) == before
    assert len(tenant.changes()) == 1
    rehearsed = {"externalId": "7", "avatar": {"url": URL, "refresh": True}}
    assert "jobId" not in ok(tenant.put("?dryRun=true", **rehearsed))
    later = ok(tenant.put(**rehearsed, name="Ana Ursu"))
    assert (later["updated"], later["jobId"] > body["jobId"]) == (True, True)


def test_another_address_replaces_the_waiting_one(tenant: Tenant) -> None:
    """A queued avatar import adds `jobId`."""
    first = ok(tenant.put(**PERSON, avatar={"url": URL}))
    second = ok(tenant.put(externalId="7", avatar={"url": OTHER_URL}))
    assert second["jobId"] != first["jobId"]
    assert "publicErrorMessage" in job(tenant, first["jobId"])
    assert ok(tenant.get("/users/external/7"))["avatarImport"]["url"] == OTHER_URL


def test_null_clears_the_picture_and_its_import(tenant: Tenant) -> None:
    """`avatar` `{url}` | `{id}` | null; `null` = clear."""
    first = ok(tenant.put(**PERSON, avatar={"url": URL}))
    assert ok(tenant.put(externalId="7", avatar=None))["updated"] is True
    assert ok(tenant.get("/users/external/7")).keys() == PROFILE
    assert job(tenant, first["jobId"])["status"] == "failed"
    assert ok(tenant.put(externalId="7", avatar=None))["unchanged"] is True


@pytest.mark.slow
@pytest.mark.parametrize(
    ("avatar", "pointer"),
    [
        ({}, "/avatar"),
        ({"url": URL, "id": 1}, "/avatar"),
        ({"id": 1}, "/avatar/id"),
        ({"url": "ana.jpg"}, "/avatar/url"),
        ({"url": "ftp://crm.example/a.jpg"}, "/avatar/url"),
        ({"url": "file:///etc/passwd"}, "/avatar/url"),
        ({"url": "http://a..b/x.jpg"}, "/avatar/url"),
        ({"url": "https://ana:secret@crm.example/a.jpg"}, "/avatar/url"),
        ({"url": ""}, "/avatar/url"),
        ({"url": None}, "/avatar/url"),
        ({"url": URL, "refresh": "yes"}, "/avatar/refresh"),
        (URL, "/avatar"),
        ([URL], "/avatar"),
    ],
)
def test_bad_pictures_are_refused(tenant: Tenant, avatar: object, pointer: str) -> None:
    """`avatar` `{url}` | `{id}` | null; `{id}` of no medium is 400."""
    answer = tenant.put(**PERSON, avatar=avatar)
    assert answer.status_code == 400
    assert [detail["pointer"] for detail in answer.json()["details"]] == [pointer]


def test_a_job_is_its_agencys(tenant: Tenant, new_tenant: Callable[..., Tenant]) -> None:
    """A key … sees only that agency's data [P]."""
    body = ok(tenant.put(**PERSON, avatar={"url": URL}))
    refused(new_tenant().get(f"/job/status?id={body['jobId']}"), 404, "job_unknown")


def test_a_created_and_changed_picture_in_one_bulk(tenant: Tenant) -> None:
    """A later one sees an earlier one's effect."""
    body = ok(
        tenant.bulk(
            {"op": "upsert", **PERSON, "avatar": {"url": URL}},
            {"op": "upsert", "externalId": "7", "avatar": {"url": URL}},
            {"op": "upsert", "externalId": "7", "avatar": {"url": OTHER_URL}},
            {"op": "validate", "externalId": "7", "avatar": {"url": URL}},
        )
    )
    first, same, other, validated = body["results"]
    assert same["unchanged"] is True
    assert other["jobId"] > first["jobId"]
    assert "jobId" not in validated
    assert job(tenant, first["jobId"])["status"] == "failed"
    assert job(tenant, other["jobId"])["status"] == "pending"
