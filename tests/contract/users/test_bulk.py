"""Contract 5, POST /users/bulk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.users.shapes import ERROR, FIXED, MOBILE, ok, refused, warned
from tests.service import Tenant


def person(external_id: str, **fields: Any) -> dict[str, Any]:
    return {"op": "upsert", "externalId": external_id, "name": "Ana", "phone": MOBILE, **fields}


def test_the_shape_of_an_answer(tenant: Tenant) -> None:
    """`{"results": [{index, op, success, …}], "summary": {total, succeeded, failed}}` [P]."""
    body = ok(
        tenant.bulk(
            person("7"),
            person("7", op="update", name="Ana M"),
            person("7", name="Ana M"),
            {"op": "unlink", "externalId": "7"},
            person("8", phone="abc"),
        )
    )
    assert body.keys() == {"results", "summary"}
    assert body["summary"] == {"total": 5, "succeeded": 4, "failed": 1}
    created, updated, same, unlinked, failed = results = body["results"]
    assert [result["index"] for result in results] == [0, 1, 2, 3, 4]
    assert [result["op"] for result in results] == [
        "upsert",
        "update",
        "upsert",
        "unlink",
        "upsert",
    ]
    common = {"index", "op", "success", "id", "externalId", "etag"}
    assert created.keys() == common | {"created"}
    assert updated.keys() == common | {"updated"}
    assert same.keys() == common | {"updated", "unchanged"}
    assert (same["updated"], same["unchanged"]) == (False, True)
    assert unlinked.keys() == common | {"unlinked"}
    assert unlinked["externalId"] == "7"
    assert failed.keys() == {"index", "op", "success", "error"}
    assert failed["success"] is False
    assert {"statusCode", "code", "message"} <= failed["error"].keys()
    assert (failed["error"]["statusCode"], failed["error"]["code"]) == (400, "phone_invalid")


def test_link_and_unlink(tenant: Tenant) -> None:
    """`link` `{id, externalId}`, `unlink` `{id | externalId}`."""
    first, second = tenant.register(), tenant.create("8")
    body = ok(
        tenant.bulk(
            {"op": "link", "id": first, "externalId": "7"},
            {"op": "unlink", "id": second},
            {"op": "link", "id": second, "externalId": "7"},
        )
    )
    linked, unlinked, taken = body["results"]
    assert (linked["id"], linked["externalId"], linked["linked"]) == (first, "7", True)
    assert (unlinked["externalId"], unlinked["unlinked"]) == ("8", True)
    assert taken["error"]["code"] == "external_id_taken"
    assert taken["error"]["details"][0]["userId"] == first


@pytest.mark.parametrize("atomic", [False, True])
def test_two_users_swap_their_external_ids(tenant: Tenant, atomic: bool) -> None:
    """In order, …; a later one sees an earlier one's effect."""
    first, second = tenant.create("a"), tenant.create("b")
    answer = tenant.bulk(
        {"op": "unlink", "externalId": "a"},
        {"op": "unlink", "externalId": "b"},
        {"op": "link", "id": first, "externalId": "b"},
        {"op": "link", "id": second, "externalId": "a"},
        atomic=atomic,
    )
    assert ok(answer)["summary"]["failed"] == 0
    assert ok(tenant.get("/users/external/a"))["id"] == second
    assert ok(tenant.get("/users/external/b"))["id"] == first


def test_validate_stores_nothing(tenant: Tenant) -> None:
    """`validate` (as upsert, stores nothing)."""
    body = ok(tenant.bulk(person("7", op="validate"), person("7", op="validate", phone=FIXED)))
    assert [result["created"] for result in body["results"]] == [True, True]
    assert [result["id"] for result in body["results"]] == [None, None]
    assert ok(tenant.get("/users"))["items"] == []
    assert tenant.changes() == []


@pytest.mark.parametrize("op", ["delete", "Upsert", "", None, 7, ["link"], {"x": 1}])
def test_a_bad_op_fails_alone(tenant: Tenant, op: object) -> None:
    """A bad `op` fails that operation only."""
    body = ok(tenant.bulk(person("7", op=op), person("8"), "no object"))
    assert [result["success"] for result in body["results"]] == [False, True, False]
    assert body["results"][0]["error"]["statusCode"] == 400


@pytest.mark.parametrize("count", [0, 101])
def test_too_few_or_too_many(tenant: Tenant, count: int) -> None:
    """0 or more than 100 operations is 400."""
    answer = tenant.bulk(*(person(str(n)) for n in range(count)))
    body = refused(answer, 400, "out_of_range")
    assert body["details"][0]["pointer"] == "/operations"
    assert ok(tenant.get("/users"))["items"] == []


def test_a_hundred(tenant: Tenant) -> None:
    """1 to 100 operations."""
    body = ok(tenant.bulk(*(person(str(n)) for n in range(100))))
    assert body["summary"] == {"total": 100, "succeeded": 100, "failed": 0}
    assert [change.seq for change in tenant.changes()] == list(range(1, 101))


@pytest.mark.parametrize("operations", [None, {}, "x"])
def test_operations_are_an_array(tenant: Tenant, operations: object) -> None:
    """`{"operations": [{"op": "upsert", …flat fields}, …]}` [P]."""
    for body in ({"operations": operations}, {}):
        assert tenant.http.post("/users/bulk", json=body).status_code == 400


def test_atomic_all_or_none(tenant: Tenant) -> None:
    """`"atomic": true`: one fails, none is stored; 422, every `success` false, `aborted`."""
    tenant.create("7")
    before = ok(tenant.get("/users")), len(tenant.changes())
    operations = (person("8"), person("7", name="Ion"), person("9", phone="abc"))
    body = refused(tenant.bulk(*operations, atomic=True), 422, "all_operations_failed")
    assert body.keys() == ERROR | {"results", "summary"}
    assert body["summary"] == {"total": 3, "succeeded": 0, "failed": 3}
    assert [result["success"] for result in body["results"]] == [False] * 3
    codes = [result["error"]["code"] for result in body["results"]]
    assert codes == ["aborted", "aborted", "phone_invalid"]
    assert (ok(tenant.get("/users")), len(tenant.changes())) == before
    assert ok(tenant.bulk(*operations[:2], atomic=True))["summary"]["succeeded"] == 2


def test_all_failed(tenant: Tenant) -> None:
    """All failed: 422, the same body plus the error envelope's keys."""
    answer = tenant.bulk({"op": "unlink", "externalId": "7"}, {"op": "x"})
    body = refused(answer, 422, "all_operations_failed")
    assert body.keys() == ERROR | {"results", "summary"}
    assert (body["statusCode"], body["error"]) == (422, "Unprocessable Entity")
    assert [result["error"]["statusCode"] for result in body["results"]] == [404, 400]


def test_control_members_as_in_put(tenant: Tenant) -> None:
    """Control members as in PUT."""
    etag = ok(tenant.put(**{k: v for k, v in person("7").items() if k != "op"}))["etag"]
    body = ok(
        tenant.bulk(
            person("7", mode="create"),
            person("8", mode="update"),
            person("7", ifMatch="x"),
            person("7", name="Ana M", ifMatch=etag, sourceUpdatedAt="2026-01-31T12:00:00Z"),
            person("7", sourceUpdatedAt="2026-01-31T11:00:00Z"),
        )
    )
    errors = [result.get("error", {}) for result in body["results"]]
    assert [error.get("statusCode") for error in errors] == [409, 404, 412, None, 409]
    assert errors[2]["etag"] == etag


def test_each_lists_every_fault(tenant: Tenant) -> None:
    """Validation failures list **every** fault."""
    answer = tenant.bulk({"op": "upsert", "externalId": "7", "name": 5, "tiktok": 7})
    [result] = refused(answer, 422, "all_operations_failed")["results"]
    pointers = {detail["pointer"] for detail in result["error"]["details"]}
    assert pointers == {"/name", "/tiktok", "/phone"}


def test_warnings_of_each_and_of_the_whole(tenant: Tenant) -> None:
    """Nothing submitted is dropped in silence."""
    body = ok(tenant.bulk(person("7", fone="1"), atomc=True))
    assert warned(body) == {("atomc", "unknown_field")}
    assert warned(body["results"][0]) == {("fone", "unknown_field")}


def test_a_freed_id_within_a_bulk(tenant: Tenant) -> None:
    """A later one sees an earlier one's effect; `warnings` names the user that held it before."""
    former = tenant.create("7")
    body = ok(tenant.bulk({"op": "unlink", "id": former}, person("7", name="Ion")))
    second = body["results"][1]
    assert second["created"] is True
    assert second["id"] != former
    assert warned(second) == {("externalId", "external_id_reused")}


def test_other_agencies_users(tenant: Tenant, new_tenant: Callable[..., Tenant]) -> None:
    """404: any resource of another agency."""
    foreign = new_tenant().create("7")
    answer = tenant.bulk(
        {"op": "unlink", "id": foreign},
        {"op": "link", "id": foreign, "externalId": "8"},
        {"op": "upsert", "id": foreign, "name": "Ion"},
        {"op": "unlink", "externalId": "7"},
    )
    results = refused(answer, 422, "all_operations_failed")["results"]
    assert [result["error"]["statusCode"] for result in results] == [404] * 4
