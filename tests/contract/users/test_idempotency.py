"""Contract 5: `Idempotency-Key`."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from rentix.model import SCOPES
from rentix.store.agencies import create_key
from tests.contract.users.shapes import MOBILE, ok, refused
from tests.service import Service, Tenant, operated

PERSON: dict[str, Any] = {"externalId": "7", "name": "Ana Rusu", "phone": MOBILE}
DAY_MS = 24 * 3600 * 1000


def put_once(tenant: Tenant, key: str, query: str = "", **body: Any) -> httpx2.Response:
    return tenant.http.put(f"/users{query}", json=body, headers={"Idempotency-Key": key})


def test_the_same_request_gets_the_same_answer(tenant: Tenant) -> None:
    """`Idempotency-Key`: remembered in the transaction of its effect."""
    first = put_once(tenant, "k", **PERSON)
    tenant.put(externalId="7", name="Somebody Else")
    again = put_once(tenant, "k", **PERSON)
    assert ok(again) == ok(first)
    assert ok(first)["created"] is True
    assert ok(tenant.get("/users/external/7"))["name"] == "Somebody Else"
    assert len(tenant.changes()) == 2


@pytest.mark.parametrize(("query", "change"), [("", {"name": "Ion"}), ("?receipt=true", {})])
def test_other_content_is_refused(tenant: Tenant, query: str, change: dict[str, Any]) -> None:
    """422 … an `Idempotency-Key` used before with other content: hash of query and body."""
    put_once(tenant, "k", **PERSON)
    refused(put_once(tenant, "k", query, **PERSON | change), 422, "idempotency_key_reused")
    assert len(tenant.changes()) == 1


def test_the_scope_is_agency_method_path_and_key(
    tenant: Tenant, new_tenant: Callable[..., Tenant]
) -> None:
    """Scope agency + method + path + key."""
    header = {"Idempotency-Key": "k"}
    bulk = {"operations": [{"op": "upsert", **PERSON}]}
    assert ok(put_once(tenant, "k", **PERSON))["created"]
    assert ok(put_once(tenant, "K", **PERSON))["unchanged"]
    assert ok(put_once(new_tenant(), "k", **PERSON))["created"]
    answer = tenant.http.post("/users/bulk", json=bulk, headers=header)
    assert ok(answer)["results"][0]["unchanged"]
    for user_id in (tenant.register(), tenant.register()):
        link = {"externalId": f"link-{user_id}"}
        answer = tenant.http.post(f"/users/{user_id}/link", json=link, headers=header)
        assert ok(answer)["linked"]


def test_two_keys_of_an_agency_share_the_scope(tenant: Tenant, service: Service) -> None:
    """Scope agency + …: not the API key, which may be changed between two attempts."""
    first = ok(put_once(tenant, "k", **PERSON))
    _, key = operated(
        service.store, create_key, tenant.agency_id, frozenset(SCOPES), service.clock()
    )
    headers = {"Idempotency-Key": "k", "X-API-Key": key}
    assert ok(tenant.http.put("/users", json=PERSON, headers=headers)) == first


def test_remembered_for_seven_days(tenant: Tenant, service: Service) -> None:
    """Remembered 7 days."""
    first = ok(put_once(tenant, "k", **PERSON))
    try:
        service.clock.ahead_ms += 7 * DAY_MS - 60_000
        assert ok(put_once(tenant, "k", **PERSON)) == first
        service.clock.ahead_ms += 120_000
        assert ok(put_once(tenant, "k", **PERSON))["unchanged"] is True
    finally:
        service.clock.ahead_ms = 0


def test_a_refused_request_is_not_remembered(tenant: Tenant) -> None:
    """A refused request is not remembered."""
    refused(put_once(tenant, "k", externalId="7", name="Ana"), 400, "required")
    refused(put_once(tenant, "k", id=2**62, name="Ana"), 404, "user_unknown")
    assert ok(put_once(tenant, "k", **PERSON))["created"] is True


def test_a_bulk_of_failures_is_not_remembered(tenant: Tenant) -> None:
    """A refused request is not remembered: 422, every operation failed."""
    header = {"Idempotency-Key": "k"}
    bad = {"operations": [{"op": "unlink", "externalId": "7"}]}
    answer = tenant.http.post("/users/bulk", json=bad, headers=header)
    refused(answer, 422, "all_operations_failed")
    tenant.create("7")
    good = {"operations": [{"op": "upsert", **PERSON}]}
    assert ok(tenant.http.post("/users/bulk", json=good, headers=header))["summary"]["failed"] == 0


def test_a_bulk_with_some_failures_is_remembered(tenant: Tenant) -> None:
    """`Idempotency-Key` (… PUT and POST): remembered in the transaction of its effect."""
    header = {"Idempotency-Key": "k"}
    body = {"operations": [{"op": "upsert", **PERSON}, {"op": "unlink", "externalId": "8"}]}
    first = ok(tenant.http.post("/users/bulk", json=body, headers=header))
    tenant.create("8")
    again = ok(tenant.http.post("/users/bulk", json=body, headers=header))
    assert again == first
    assert first["summary"] == {"total": 2, "succeeded": 1, "failed": 1}


def test_an_unchanged_write_is_remembered(tenant: Tenant) -> None:
    """A newer `sourceUpdatedAt` and an idempotency record are still stored."""
    tenant.put(**PERSON)
    first = ok(put_once(tenant, "k", **PERSON))
    assert first["unchanged"] is True
    tenant.put(externalId="7", name="Ion")
    assert ok(put_once(tenant, "k", **PERSON)) == first
    assert ok(tenant.get("/users/external/7"))["name"] == "Ion"


def test_a_dry_run_is_not_remembered(tenant: Tenant) -> None:
    """`?dryRun=true` … stores nothing."""
    assert ok(put_once(tenant, "k", "?dryRun=true", **PERSON))["dryRun"] is True
    assert ok(put_once(tenant, "k", **PERSON))["created"] is True


@pytest.mark.parametrize(("key", "status"), [("k" * 255, 200), ("k" * 256, 400), ("", 400)])
def test_a_key_has_1_to_255_characters(tenant: Tenant, key: str, status: int) -> None:
    """`Idempotency-Key` (to 255 characters; PUT and POST)."""
    answer = put_once(tenant, key, **PERSON)
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["details"][0]["parameter"] == "Idempotency-Key"


def test_a_request_sent_many_times_at_once_is_done_once(tenant: Tenant) -> None:
    """Remembered in the transaction of its effect."""
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: put_once(tenant, "k", **PERSON), range(64)))
    assert {answer.text for answer in answers} == {answers[0].text}
    assert ok(answers[0])["created"] is True
    assert len(tenant.changes()) == 1
