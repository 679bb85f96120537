"""Contract 2: who may ask, and which check comes first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from rentix.model import SCOPES
from rentix.rules.keys import mint_key
from rentix.store.agencies import create_key, revoke_key, set_active, set_crm
from tests.contract.wire import JSON, PERSON, exchange, head, parse, refused
from tests.service import Clock, Service, Tenant, operated

Visit = Callable[..., httpx2.Response]

ROUTES = [
    ("PUT", "/users", "users:write"),
    ("POST", "/users/bulk", "users:write"),
    ("GET", "/users", "users:read"),
    ("GET", "/users/1", "users:read"),
    ("GET", "/users/external/a", "users:read"),
    ("POST", "/users/1/link", "users:write"),
    ("DELETE", "/users/1/link", "users:write"),
    ("GET", "/job/status?id=1", "media:read"),
    ("GET", "/agency", "agency:read"),
]


@pytest.mark.parametrize("scheme", ["ApiKey ", "apikey ", "APIKEY   "])
def test_a_key_in_authorization(tenant: Tenant, visit: Visit, scheme: str) -> None:
    """Contract 2: `Authorization: ApiKey <key>` [P]."""
    answer = visit("GET", "/agency", {"Authorization": f"{scheme}{tenant.key}"})
    assert answer.json()["id"] == tenant.agency_id


def test_a_key_in_a_header_of_its_own(tenant: Tenant, visit: Visit) -> None:
    """Contract 2: or `X-API-Key: <key>` [P]."""
    answer = visit("GET", "/agency", {"X-API-Key": tenant.key})
    assert answer.json()["id"] == tenant.agency_id


def test_a_key_sees_its_own_agency_only(new_tenant: Callable[..., Tenant]) -> None:
    """Contract 2: "A key belongs to one agency and sees only that agency's data" [P]."""
    one, two = new_tenant(name="One"), new_tenant(name="Two")
    mine, theirs = one.create("mine"), two.create("theirs")
    assert [user["id"] for user in one.get("/users").json()["items"]] == [mine]
    assert [user["id"] for user in two.get("/users").json()["items"]] == [theirs]
    assert one.get("/agency").json()["name"] == "One"


@pytest.mark.parametrize("scheme", ["ApiKey", "Bearer", "Basic"])
def test_both_headers(tenant: Tenant, visit: Visit, scheme: str) -> None:
    """Contract 2: 400 `Multiple authentication methods provided`: both headers [P]."""
    both = {"Authorization": f"{scheme} {tenant.key}", "X-API-Key": tenant.key}
    message = "Multiple authentication methods provided"
    assert refused(visit("GET", "/agency", both), 400, message)["error"] == "Bad Request"


def test_one_header_twice(tenant: Tenant) -> None:
    """Contract 2: "exactly one" [P]."""
    twice = head("GET", "/agency", tenant, f"x-api-key: {tenant.key}")
    status, _, body = parse(exchange(tenant.service, twice))
    assert (status, body["message"]) == (400, "Multiple authentication methods provided")


@pytest.mark.slow
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-API-Key": ""},
        {"Authorization": ""},
        {"Authorization": "ApiKey"},
        {"Authorization": "Bearer {key}"},
        {"Authorization": "Basic {key}"},
        {"Authorization": "{key}"},
        {"Authorization": "ApiKey{key}"},
        {"Cookie": "X-API-Key={key}"},
    ],
)
def test_no_key(tenant: Tenant, visit: Visit, headers: dict[str, str]) -> None:
    """Contract 2: 401 `API key is required`: neither [P], or another `Authorization` scheme."""
    sent = {name: value.format(key=tenant.key) for name, value in headers.items()}
    answer = visit("GET", "/agency", sent)
    assert refused(answer, 401, "API key is required")["error"] == "Unauthorized"
    assert answer.headers["WWW-Authenticate"] == "ApiKey"


def test_a_key_in_the_query_is_none(tenant: Tenant, visit: Visit) -> None:
    """Contract 2: the two headers are the only places."""
    refused(visit("GET", f"/agency?X-API-Key={tenant.key}"), 401, "API key is required")


def wrong_keys(tenant: Tenant) -> list[str]:
    """Keys that are malformed, unknown, or almost right."""
    key = tenant.key
    return [
        "x",
        "rtx_live",
        key[:-1],
        f"{key}0",
        key.upper(),
        key.replace("rtx_live", "rtx_test"),
        key[:-1] + ("0" if key[-1] != "0" else "1"),
        mint_key(tenant.key_id),
        mint_key(999_999_999),
        mint_key(10**18 - 1),
        "a" * 10_000,
        "\u00e9\u00ff",
        f"{key}, {key}",
        "' OR 1=1 --",
    ]


def test_invalid_keys(tenant: Tenant, visit: Visit) -> None:
    """Contract 2: 401 `Invalid API key`: unknown, malformed [P]."""
    for key in wrong_keys(tenant):
        value: Any = key.encode("latin-1")
        answer = visit("GET", "/agency", {"X-API-Key": value, "X-Forwarded-For": "192.0.2.1"})
        refused(answer, 401, "Invalid API key", "key_invalid")


def test_a_revoked_key(tenant: Tenant, clock: Clock) -> None:
    """Contract 2: "A revoked key is refused … within 1 s in others" (processes)."""
    assert tenant.get("/agency").status_code == 200
    assert operated(tenant.service.store, revoke_key, tenant.key_id, clock())
    clock.ahead_ms += 1000
    refused(tenant.get("/agency"), 401, "Invalid API key")


def test_a_revoked_key_in_the_same_process(tenant: Tenant, clock: Clock) -> None:
    """Contract 2: "A revoked key is refused on the next request in the same process"."""
    assert tenant.get("/agency").status_code == 200
    operated(tenant.service.store, revoke_key, tenant.key_id, clock())
    tenant.service.app.portal.keys.forget()
    refused(tenant.get("/agency"), 401, "Invalid API key")


def test_a_clock_set_back_keeps_no_revoked_key(tenant: Tenant, clock: Clock) -> None:
    """Contract 2: "within 1 s", whatever happened to the clock meanwhile."""
    clock.ahead_ms += 3_600_000
    assert tenant.get("/agency").status_code == 200
    clock.ahead_ms -= 3_600_000
    operated(tenant.service.store, revoke_key, tenant.key_id, clock())
    refused(tenant.get("/agency"), 401, "Invalid API key")


def test_one_key_of_two_is_revoked(tenant: Tenant, visit: Visit, clock: Clock) -> None:
    """Contract 2: a revocation is of one key, not of its agency."""
    store = tenant.service.store
    _, other = operated(store, create_key, tenant.agency_id, frozenset(SCOPES), clock())
    operated(store, revoke_key, tenant.key_id, clock())
    clock.ahead_ms += 1000
    assert visit("GET", "/agency", {"X-API-Key": other}).status_code == 200


def test_a_suspended_agency(tenant: Tenant, clock: Clock) -> None:
    """Contract 2: 403 `Agency is suspended` [P]."""
    assert tenant.get("/agency").status_code == 200
    operated(tenant.service.store, set_active, tenant.agency_id, active=False)
    clock.ahead_ms += 1000
    body = refused(tenant.get("/agency"), 403, "Agency is suspended", "agency_suspended")
    assert body["error"] == "Forbidden"
    operated(tenant.service.store, set_active, tenant.agency_id, active=True)
    clock.ahead_ms += 1000
    assert tenant.get("/agency").status_code == 200


def test_crm_switched_off(tenant: Tenant, clock: Clock) -> None:
    """Contract 2: 403 `CRM is not enabled for this agency` [P]."""
    operated(tenant.service.store, set_crm, tenant.agency_id, enabled=False)
    clock.ahead_ms += 1000
    refused(tenant.get("/agency"), 403, "CRM is not enabled for this agency", "crm_disabled")


@pytest.mark.parametrize(("method", "path", "scope"), ROUTES)
def test_scopes(new_tenant: Callable[..., Tenant], method: str, path: str, scope: str) -> None:
    """Contract 2: 403 `API key lacks the scope <scope>`."""
    without = new_tenant(scopes=tuple(s for s in SCOPES if s != scope))
    answer = without.http.request(method, path)
    refused(answer, 403, f"API key lacks the scope {scope}", "scope_missing")
    assert new_tenant(scopes=(scope,)).http.request(method, path).status_code != 403


@pytest.mark.parametrize("path", ["/nowhere", "/agency/", "/user", "/users/1/links", "/listing"])
def test_an_unknown_route_needs_no_key(visit: Visit, path: str) -> None:
    """Contract 2: "route (unknown 404 …, both without a key)"."""
    refused(visit("GET", path), 404, f"Cannot GET /api/v1{path}", "route_unknown")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/agency", {"GET", "HEAD", "PUT"}),
        ("PATCH", "/users", {"PUT", "GET", "HEAD"}),
        ("GET", "/users/bulk", {"POST"}),
        ("HEAD", "/users/bulk", {"POST"}),
        ("DELETE", "/users/1", {"GET", "HEAD"}),
        ("PUT", "/users/1/link", {"POST", "DELETE"}),
        ("OPTIONS", "/job/status", {"GET", "HEAD"}),
    ],
)
def test_a_wrong_method_needs_no_key(
    visit: Visit, method: str, path: str, allowed: set[str]
) -> None:
    """Contract 2: "wrong method 405 with `Allow`, both without a key"."""
    answer = visit(method, path)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == allowed


@pytest.mark.slow
def test_the_order_of_checks(new_tenant: Callable[..., Tenant], visit: Visit, clock: Clock) -> None:
    """Contract 2: "route …, then this table top to bottom, rate limit, 415, 413, validation,
    existence": a request in which all is wrong, mended step by step.
    """
    tenant = new_tenant(scopes=("agency:read",), requests_per_minute=1)
    store: Any = tenant.service.store
    _, able = operated(store, create_key, tenant.agency_id, frozenset(SCOPES), clock())
    operated(store, set_active, tenant.agency_id, active=False)
    operated(store, set_crm, tenant.agency_id, enabled=False)
    key, wrong = {"X-API-Key": tenant.key}, {"X-API-Key": "x", "X-Forwarded-For": "192.0.2.9"}
    text, big = {"Content-Type": "text/plain"}, b"{" * (512 * 1024 + 1)
    path = "/users/999999999999/link?dryRun=maybe"

    def send(headers: dict[str, str], method: str = "POST", body: bytes = big) -> str:
        answer = tenant.http.build_request(method, path, headers=headers, content=body)
        if "X-API-Key" not in headers:
            del answer.headers["X-API-Key"]
        return str(tenant.http.send(answer).json()["code"])

    assert send(key | text, "PATCH") == "method_not_allowed"
    assert send(key | text | {"Authorization": "Bearer x"}) == "auth_ambiguous"
    assert send(text) == "key_required"
    assert send(wrong | text) == "key_invalid"
    assert send(key | text) == "agency_suspended"
    operated(store, set_active, tenant.agency_id, active=True)
    clock.ahead_ms += 1000
    assert send(key | text) == "crm_disabled"
    operated(store, set_crm, tenant.agency_id, enabled=True)
    clock.ahead_ms += 1000
    assert send(key | text) == "scope_missing"
    key = {"X-API-Key": able}
    assert visit("GET", "/agency", key).status_code == 200
    assert send(key | text) == "rate_limited"
    clock.ahead_ms += 60_000
    assert send(key | text) == "media_type_unsupported"
    clock.ahead_ms += 60_000
    assert send(key | JSON) == "body_too_large"
    clock.ahead_ms += 60_000
    assert send(key | JSON, body=b'{"externalId": 7}') == "validation_failed"
    path = "/users/999999999999/link"
    clock.ahead_ms += 60_000
    assert send(key | JSON, body=b'{"externalId": 7}') == "type_invalid"
    clock.ahead_ms += 60_000
    assert send(key | JSON, body=b'{"externalId": "7"}') == "user_unknown"


def test_both_before_invalid(visit: Visit) -> None:
    """Contract 2: the table is read "top to bottom": two wrong keys are two methods first."""
    answer = visit("GET", "/agency", {"Authorization": "ApiKey x", "X-API-Key": "x"})
    refused(answer, 400, "Multiple authentication methods provided")


def test_repeated_failures_are_slowed_by_address(
    tenant: Tenant, visit: Visit, clock: Clock
) -> None:
    """Contract 2: "Repeated failures from one address are slowed (429)"."""

    def guess(address: str, key: str = "wrong") -> httpx2.Response:
        return visit("GET", "/agency", {"X-API-Key": key, "X-Forwarded-For": address})

    statuses = [guess("203.0.113.5").status_code for _ in range(40)]
    assert statuses == sorted(statuses)
    assert set(statuses) == {401, 429}
    slowed = guess("203.0.113.5")
    assert slowed.json()["code"] == "attempts_limited"
    assert 1 <= int(slowed.headers["Retry-After"]) <= 61
    assert guess("203.0.113.6").status_code == 401
    assert guess("203.0.113.5", tenant.key).status_code == 200
    clock.ahead_ms += int(slowed.headers["Retry-After"]) * 1000
    assert guess("203.0.113.5").status_code == 401


def test_neighbours_of_an_ipv6_subnet_are_one_address(visit: Visit, clock: Clock) -> None:
    """Contract 2: "from one address": whoever has one of a /64 has them all."""
    answers = [
        visit("GET", "/agency", {"X-API-Key": "w", "X-Forwarded-For": f"2001:db8::{n:x}"})
        for n in range(1, 40)
    ]
    assert answers[-1].status_code == 429
    other = visit("GET", "/agency", {"X-API-Key": "w", "X-Forwarded-For": "2001:db8:0:1::1"})
    assert other.status_code == 401


def test_the_key_is_told_to_nobody(tenant: Tenant, service: Service) -> None:
    """Contract 2: a key is shown once, when it is made; no answer repeats it."""
    answers = [tenant.put(externalId="a", **PERSON), tenant.get("/agency"), tenant.get("/users/0")]
    assert not any(tenant.key in answer.text + str(answer.headers) for answer in answers)
