"""What is sent is bounded in depth and breadth, and a refusal costs nobody else."""

from __future__ import annotations

import pytest

from tests.service import Tenant

NEW = {"name": "Ana Rusu", "phone": "+37369123456"}


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


@pytest.mark.parametrize("depth", [33, 100, 900, 970, 975, 980, 985, 990, 995, 1000, 5000])
@pytest.mark.parametrize("member", ['"settings": {"posting_type": %s}', '"stray": %s'])
def test_deep_json_is_refused_in_a_put_and_in_its_operation_alone(
    tenant: Tenant, depth: int, member: str
) -> None:
    deep = f'{{"externalId": "deep", {member % nested(depth)}}}'
    put = tenant.http.put("/users", content=deep, headers={"Content-Type": "application/json"})
    assert put.status_code == 400
    bulk = tenant.http.post(
        "/users/bulk",
        content=f'{{"operations": [{{"op": "upsert", "externalId": "a", "name": "Ana", '
        f'"phone": "+37369123456"}}, {{"op": "upsert", {deep[1:]}]}}',
        headers={"Content-Type": "application/json"},
    )
    assert bulk.status_code in (200, 400)
    if bulk.status_code == 200:
        assert [result["success"] for result in bulk.json()["results"]] == [True, False]


def test_an_object_of_too_many_members_is_refused(tenant: Tenant) -> None:
    strays = {f"stray{number}": 1 for number in range(201)}
    answer = tenant.put(externalId="a", **NEW, **strays)
    assert answer.status_code == 400
    assert answer.json()["message"] == ["body must have at most 200 members"]
