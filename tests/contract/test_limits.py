"""Contract 4: budgets of a key, and the headers by which a client paces itself."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
import pytest

from rentix.model import SCOPES
from rentix.store.agencies import create_key
from tests.contract.wire import PERSON
from tests.service import Clock, Tenant, operated

NewTenant = Callable[..., Tenant]
LIMIT, LEFT, RESET = "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"


def shown(answer: httpx2.Response) -> tuple[int, int]:
    """Return (limit, remaining) of an answer."""
    return int(answer.headers[LIMIT]), int(answer.headers[LEFT])


def bulk(tenant: Tenant) -> httpx2.Response:
    return tenant.bulk({"op": "upsert", "externalId": "a", **PERSON})


@pytest.mark.slow
def test_the_usual_budgets(new_tenant: NewTenant, clock: Clock) -> None:
    """Contract 4: "300 requests a minute per key …; 30 a minute on bulk endpoints" [P]."""
    tenant = new_tenant(requests_per_minute=300, bulk_per_minute=30)
    assert shown(tenant.get("/agency")) == (300, 299)
    assert shown(bulk(tenant)) == (30, 29)
    assert shown(tenant.get("/users")) == (300, 297)
    for _ in range(29):
        assert bulk(tenant).status_code == 200
    assert bulk(tenant).status_code == 429
    assert shown(tenant.get("/agency")) == (300, 300 - 3 - 30 - 1)


def test_all_endpoints_share_a_budget(new_tenant: NewTenant, clock: Clock) -> None:
    """Contract 4: "per key over all endpoints"."""
    tenant = new_tenant(requests_per_minute=5)
    answers = [
        tenant.get("/agency"),
        tenant.put(externalId="a", **PERSON),
        tenant.get("/users"),
        tenant.get("/users/external/a"),
        tenant.get("/job/status?id=1"),
        tenant.get("/agency"),
    ]
    assert [shown(answer) for answer in answers] == [(5, n) for n in (4, 3, 2, 1, 0, 0)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 404, 429]


def test_a_bulk_counts_in_both(new_tenant: NewTenant, clock: Clock) -> None:
    """Contract 4: bulks "also count in the 300"; "bulk answers show the bulk budget"."""
    tenant = new_tenant(requests_per_minute=3, bulk_per_minute=9)
    assert [shown(bulk(tenant)) for _ in range(3)] == [(9, 8), (9, 7), (9, 6)]
    spent = bulk(tenant)
    assert (spent.status_code, shown(spent)) == (429, (3, 0))


def test_every_key_has_a_budget_of_its_own(new_tenant: NewTenant, clock: Clock) -> None:
    """Contract 4: "per key"."""
    tenant = new_tenant(requests_per_minute=1)
    store = tenant.service.store
    _, other = operated(store, create_key, tenant.agency_id, frozenset(SCOPES), clock())
    assert [tenant.get("/agency").status_code for _ in range(2)] == [200, 429]
    tenant.http.headers["X-API-Key"] = other
    assert tenant.get("/agency").status_code == 200


def test_windows_are_the_clock_s_minutes(new_tenant: NewTenant, clock: Clock) -> None:
    """Contract 4: "Fixed windows on the clock's minute"; `Reset` in Unix seconds [P]."""
    tenant = new_tenant(requests_per_minute=2)
    end_s = clock() // 60_000 * 60 + 60
    first = tenant.get("/agency")
    assert (shown(first), int(first.headers[RESET])) == ((2, 1), end_s)
    clock.ahead_ms += 30_000
    later = tenant.get("/agency")
    assert (shown(later), int(later.headers[RESET])) == ((2, 0), end_s)
    clock.ahead_ms += end_s * 1000 - clock()
    fresh = tenant.get("/agency")
    assert (shown(fresh), int(fresh.headers[RESET])) == ((2, 1), end_s + 60)


def test_a_refused_request(new_tenant: NewTenant, clock: Clock) -> None:
    """Contract 3 and 4: 429 "with `Retry-After` in seconds" and the three headers [P]."""
    tenant = new_tenant(requests_per_minute=1)
    tenant.get("/agency")
    refused = tenant.get("/agency")
    body = refused.json()
    assert (refused.status_code, body["code"]) == (429, "rate_limited")
    assert (body["error"], shown(refused)) == ("Too Many Requests", (1, 0))
    wait_s = int(refused.headers["Retry-After"])
    assert 0 < wait_s <= 60
    assert abs(int(refused.headers[RESET]) - clock() // 1000 - wait_s) <= 1
    clock.ahead_ms += wait_s * 1000
    assert tenant.get("/agency").status_code == 200


@pytest.mark.slow
def test_a_refused_bulk(new_tenant: NewTenant, clock: Clock) -> None:
    """Contract 4: the bulk budget ends bulks and nothing else."""
    tenant = new_tenant(requests_per_minute=50, bulk_per_minute=1)
    assert [bulk(tenant).status_code for _ in range(2)] == [200, 429]
    refused = bulk(tenant)
    assert (shown(refused), "Retry-After" in refused.headers) == ((1, 0), True)
    assert tenant.get("/agency").status_code == 200


def test_every_answer_after_the_key_shows_the_budget(new_tenant: NewTenant, clock: Clock) -> None:
    """Contract 4: "Every request with a valid key counts" and has the headers [P]."""
    tenant = new_tenant(scopes=("users:read", "users:write"), requests_per_minute=300)
    answers = {
        200: tenant.get("/users"),
        400: tenant.get("/users/x"),
        403: tenant.get("/agency"),
        404: tenant.get("/users/0"),
        413: tenant.put(name="x" * 600_000),
        415: tenant.http.put("/users", content=b"{}"),
    }
    assert [answer.status_code for answer in answers.values()] == list(answers)
    assert [shown(a) for a in answers.values()] == [(300, n) for n in range(299, 293, -1)]
    assert all(RESET in answer.headers for answer in answers.values())


def test_a_request_without_a_valid_key_counts_nowhere(new_tenant: NewTenant, clock: Clock) -> None:
    """Contract 4: every request "with a valid key"; others show no budget."""
    tenant = new_tenant(requests_per_minute=2)
    wrong = {"X-API-Key": "wrong", "X-Forwarded-For": "192.0.2.77"}
    for answer in (tenant.get("/agency", **wrong), tenant.get("/nowhere"), tenant.get("/docs")):
        assert LIMIT not in answer.headers
    assert shown(tenant.get("/agency")) == (2, 1)


@pytest.mark.parametrize("path", ["/agency", "/users", "/users/0"])
def test_0_means_none(new_tenant: NewTenant, path: str) -> None:
    """Contract 4: "0 means none, and then the three headers are absent"."""
    answer = new_tenant(requests_per_minute=0, bulk_per_minute=0).get(path)
    assert not {LIMIT, LEFT, RESET} & {name.title() for name in answer.headers}
    assert not [name for name in answer.headers if name.lower().startswith("x-ratelimit")]


@pytest.mark.slow
def test_budgets_are_settings_of_an_agency(new_tenant: NewTenant, clock: Clock) -> None:
    """Contract 4: "Budgets are settings of an agency", each of the two by itself."""
    free = new_tenant(requests_per_minute=0, bulk_per_minute=2)
    assert LIMIT not in free.get("/agency").headers
    assert [shown(bulk(free)) for _ in range(2)] == [(2, 1), (2, 0)]
    assert bulk(free).status_code == 429
    bounded = new_tenant(requests_per_minute=7, bulk_per_minute=0)
    assert shown(bulk(bounded)) == (7, 6)
