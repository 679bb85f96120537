"""Lists are read in steps, whatever is asked for at once, and come out whole."""

from __future__ import annotations

from typing import Any

import pytest

from rentix.api.lists import STEP
from tests.service import Tenant

COUNT = 2 * STEP + 50
LIMITS = (1, STEP - 1, STEP, STEP + 1, 2 * STEP, COUNT - 1, COUNT, COUNT + 1, 1000)
FIELDS: dict[str, dict[str, Any]] = {
    "/listings": {"announcementDescription": "ș" * 2000},
    "/users": {"name": "Ana", "phone": "+37369123456"},
}


def fill(tenant: Tenant, path: str) -> list[int]:
    ids: list[int] = []
    for first in range(0, COUNT, 90):
        operations = [
            {"op": "upsert", "externalId": f"x-{number}", **FIELDS[path]}
            for number in range(first, first + 90)
        ]
        answer = tenant.http.post(f"{path}/bulk", json={"operations": operations})
        ids += [result["id"] for result in answer.json()["results"]]
    return ids


def ids_of(items: list[dict[str, Any]]) -> list[int]:
    return [item.get("formData", item)["id"] for item in items]


@pytest.mark.slow
@pytest.mark.parametrize("path", FIELDS)
def test_no_more_than_a_step_is_read_at_a_time(
    tenant: Tenant, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = fill(tenant, path)
    store, name, asked = tenant.service.app_store, path[1:], list[int]()
    read = getattr(store, name)

    def watched(agency_id: int, wanted: Any, after: int, limit: int) -> Any:
        asked.append(limit)
        return read(agency_id, wanted, after, limit)

    monkeypatch.setattr(store, name, watched)
    assert ids_of(tenant.get(path).json()["items"]) == ids
    for limit in LIMITS:
        seen: list[int] = []
        page = tenant.get(f"{path}?limit={limit}").json()
        seen += ids_of(page["items"])
        assert seen == ids[:limit]
        assert (page["nextCursor"] is None) == (limit >= COUNT)
        if page["nextCursor"]:
            rest = tenant.get(f"{path}?limit=1000&cursor={page['nextCursor']}").json()
            assert seen + ids_of(rest["items"]) == ids
            assert rest["nextCursor"] is None
    assert max(asked) == STEP
