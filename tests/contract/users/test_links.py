"""Contract 5, Link and unlink."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
import pytest

from tests.contract.users.shapes import ERROR, MOBILE, ok, refused, warned
from tests.service import Tenant


def link(tenant: Tenant, user_id: object, external_id: object, **headers: str) -> httpx2.Response:
    body = {"externalId": external_id}
    return tenant.http.post(f"/users/{user_id}/link", json=body, headers=headers)


def unlink(tenant: Tenant, user_id: object, **headers: str) -> httpx2.Response:
    return tenant.http.delete(f"/users/{user_id}/link", headers=headers)


def test_link(tenant: Tenant) -> None:
    """POST `{externalId}` → `{id, externalId, linked: true}` [P shape]; again: the same answer."""
    user_id = tenant.register()
    for _ in range(2):
        answer = {"id": user_id, "externalId": "7", "linked": True}
        assert ok(link(tenant, user_id, "7")) == answer
    assert ok(tenant.get("/users/external/7"))["id"] == user_id
    assert len(tenant.changes()) == 2


def test_a_linked_user_has_its_id(tenant: Tenant) -> None:
    """The user has another external id …: 409. It names the holder and the call that frees it."""
    user_id = tenant.create("7")
    body = refused(link(tenant, user_id, "8"), 409, "already_linked")
    assert body.keys() == ERROR
    assert body["details"][0]["userId"] == user_id
    assert f"DELETE /api/v1/users/{user_id}/link" in body["message"]


def test_another_user_holds_the_id(tenant: Tenant) -> None:
    """… or another user holds it: 409."""
    holder, user_id = tenant.create("7"), tenant.register()
    body = refused(link(tenant, user_id, "7"), 409, "external_id_taken")
    assert body["details"][0]["userId"] == holder
    assert f"DELETE /api/v1/users/{holder}/link" in body["message"]
    ok(unlink(tenant, holder))
    assert ok(link(tenant, user_id, "7"))["linked"] is True


def test_unlink(tenant: Tenant) -> None:
    """DELETE → `{id, externalId: <former value>, unlinked: true}` [P shape]."""
    user_id = tenant.create("7")
    assert ok(unlink(tenant, user_id)) == {"id": user_id, "externalId": "7", "unlinked": True}
    assert ok(tenant.get(f"/users/{user_id}"))["externalId"] is None
    assert tenant.get("/users/external/7").status_code == 404


def test_unlink_of_nothing(tenant: Tenant) -> None:
    """Nothing linked: `{id, externalId: null, unlinked: false}`."""
    user_id = tenant.register()
    before = ok(tenant.get(f"/users/{user_id}"))
    answer = {"id": user_id, "externalId": None, "unlinked": False}
    assert ok(unlink(tenant, user_id)) == answer
    assert ok(tenant.get(f"/users/{user_id}")) == before


def test_a_freed_id_creates_a_new_user(tenant: Tenant) -> None:
    """A PUT with a freed external id creates a new user; `warnings` names the former holder."""
    former = tenant.create("7")
    unlink(tenant, former)
    body = ok(tenant.put(externalId="7", name="Ion", phone=MOBILE))
    assert body["created"] is True
    assert body["id"] != former
    assert warned(body) == {("externalId", "external_id_reused")}
    assert str(former) in body["warnings"][0]["message"]
    assert "warnings" not in ok(tenant.put(externalId="7", name="Ion", phone=MOBILE))


def test_the_last_holder_is_the_one_named(tenant: Tenant) -> None:
    """`warnings` names the user that held it before."""
    unlink(tenant, tenant.create("7"))
    last = tenant.create("7")
    unlink(tenant, last)
    [warning] = ok(tenant.put(externalId="7", name="Ion", phone=MOBILE))["warnings"]
    assert f"user {last} " in warning["message"]


@pytest.mark.parametrize("external_id", ["", "x" * 256, None, 7])
def test_a_link_names_an_external_id(tenant: Tenant, external_id: object) -> None:
    """External ids are strings of 1 to 255 code points."""
    answer = link(tenant, tenant.register(), external_id)
    assert answer.status_code == 400
    assert answer.json()["details"][0]["pointer"] == "/externalId"


def test_an_etag_guards_links(tenant: Tenant) -> None:
    """412: `If-Match` does not hold; the body carries the current `etag`."""
    user_id = tenant.register()
    current = ok(tenant.get(f"/users/{user_id}"))["etag"]
    bad = {"If-Match": '"x"'}
    for answer in (link(tenant, user_id, "7", **bad), unlink(tenant, user_id, **bad)):
        assert refused(answer, 412, "precondition_failed")["etag"] == current
    answer = link(tenant, user_id, "7", **{"If-Match": f'"{current}"'})
    ok(answer)
    assert answer.headers["etag"] == tenant.get(f"/users/{user_id}").headers["etag"]


def test_users_that_are_not_there(tenant: Tenant, new_tenant: Callable[..., Tenant]) -> None:
    """404: unknown resource, **and any resource of another agency**."""
    foreign = new_tenant().create("7")
    for user_id in (foreign, 2**62):
        refused(link(tenant, user_id, "8"), 404, "user_unknown")
        refused(unlink(tenant, user_id), 404, "user_unknown")
    for answer in (link(tenant, "x", "8"), unlink(tenant, "1.5")):
        message = refused(answer, 400, "id_invalid")["message"]
        assert message == "Validation failed (numeric string is expected)"
