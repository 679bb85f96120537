"""Contract 3: what belongs to another agency looks as if it were not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.contract.wire import PERSON
from tests.service import Tenant

Ask = Callable[[Tenant, Any], httpx2.Response]

BY_ID: dict[str, Ask] = {
    "read": lambda t, i: t.get(f"/users/{i}"),
    "put": lambda t, i: t.put(id=i, name="Taken over"),
    "put of a state": lambda t, i: t.put(id=i, name="Taken over", ifMatch="1"),
    "put of nothing": lambda t, i: t.put(id=i),
    "dry run": lambda t, i: t.put("?dryRun=true", id=i, name="Taken over"),
    "link": lambda t, i: t.http.post(f"/users/{i}/link", json={"externalId": "mine"}),
    "link as it is": lambda t, i: t.http.post(f"/users/{i}/link", json={"externalId": "theirs"}),
    "unlink": lambda t, i: t.http.delete(f"/users/{i}/link"),
    "bulk put": lambda t, i: t.bulk({"op": "update", "id": i, "name": "Taken over"}),
    "bulk link": lambda t, i: t.bulk({"op": "link", "id": i, "externalId": "mine"}),
    "bulk unlink": lambda t, i: t.bulk({"op": "unlink", "id": i}),
    "bulk validate": lambda t, i: t.bulk({"op": "validate", "id": i, "name": "Taken over"}),
}
BY_EXTERNAL_ID: dict[str, Ask] = {
    "read": lambda t, e: t.get(f"/users/external/{e}"),
    "put": lambda t, e: t.put(externalId=e, name="Taken over", mode="update"),
    "bulk unlink": lambda t, e: t.bulk({"op": "unlink", "externalId": e}),
}


def likeness(answer: httpx2.Response, named: object) -> tuple[int, str, dict[str, str]]:
    """Return an answer with its own id and requestId taken out."""
    text = answer.text.replace(answer.headers["X-Request-Id"], "R").replace(str(named), "N")
    headers = {n: v for n, v in answer.headers.items() if n not in ("date", "x-request-id")}
    return answer.status_code, text, headers


@pytest.mark.parametrize("ask", BY_ID)
def test_a_user_of_another_agency(new_tenant: Callable[..., Tenant], ask: str) -> None:
    """Contract 3: 404: "any resource of another agency (same body but for ids and
    `requestId`)".
    """
    mine, other = new_tenant(), new_tenant()
    # Ids of equal length, so that the two answers are of equal length as well.
    theirs = other.create("theirs")
    while len(str(theirs)) < 3:
        theirs = other.create(f"more {theirs}")
    nobody = int("9" * len(str(theirs)))
    before = other.get(f"/users/{theirs}").json()
    hidden, missing = BY_ID[ask](mine, theirs), BY_ID[ask](mine, nobody)
    assert likeness(hidden, theirs) == likeness(missing, nobody)
    assert "user_unknown" in hidden.text
    assert other.get(f"/users/{theirs}").json() == before


@pytest.mark.parametrize("ask", BY_EXTERNAL_ID)
def test_an_external_id_of_another_agency(new_tenant: Callable[..., Tenant], ask: str) -> None:
    """Contract 3: 404 by external id, too."""
    mine, other = new_tenant(), new_tenant()
    other.create("theirs")
    hidden, missing = BY_EXTERNAL_ID[ask](mine, "theirs"), BY_EXTERNAL_ID[ask](mine, "nobody")
    assert "user_unknown" in hidden.text
    assert likeness(hidden, "theirs")[0] == likeness(missing, "nobody")[0]
    assert likeness(hidden, "theirs")[1] == likeness(missing, "nobody")[1]


def test_a_job_of_another_agency(new_tenant: Callable[..., Tenant]) -> None:
    """Contract 3: 404 for "any resource of another agency", jobs among them."""
    mine, other = new_tenant(), new_tenant()
    picture = {"url": "https://crm.example/1.jpg"}
    job_id = other.put(externalId="a", avatar=picture, **PERSON).json()["jobId"]
    nothing = int("9" * len(str(job_id)))
    hidden, missing = (mine.get(f"/job/status?id={i}") for i in (job_id, nothing))
    assert likeness(hidden, job_id) == likeness(missing, nothing)
    assert (hidden.status_code, hidden.json()["code"]) == (404, "job_unknown")


def test_another_agency_holds_nothing_against_this_one(new_tenant: Callable[..., Tenant]) -> None:
    """Contract 3: 409 "names the holder (… same agency only)"."""
    mine, other = new_tenant(), new_tenant()
    other.create("shared")
    created = mine.put(externalId="shared", mode="create", **PERSON)
    assert created.json()["created"] is True
    third = new_tenant()
    user_id = third.register()
    linked = third.http.post(f"/users/{user_id}/link", json={"externalId": "shared"})
    assert linked.json()["linked"] is True
