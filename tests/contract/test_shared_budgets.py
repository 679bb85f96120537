"""Contract 4: "Several processes share the budget"; contract 2: a revocation within 1 s."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx2
import pytest

from rentix.store.agencies import revoke_key
from tests.service import Service, Tenant, operated

LIMIT = 20
MINUTE_MS = 60_000


@pytest.fixture
def servers(fresh_url: str) -> Iterator[list[Service]]:
    """Two servers on one database, their clocks at the beginning of the same minute."""
    services = [Service(fresh_url), Service(fresh_url)]
    for service in services:
        service.clock.ahead_ms = MINUTE_MS - service.clock() % MINUTE_MS
    with ExitStack() as stack:
        for service in services:
            stack.enter_context(service.running())
        yield services


@pytest.fixture
def tenant(servers: list[Service]) -> Iterator[Tenant]:
    tenant = servers[0].new_tenant(requests_per_minute=LIMIT, bulk_per_minute=3)
    yield tenant
    tenant.close()


def ask(service: Service, tenant: Tenant) -> httpx2.Response:
    headers = {"X-API-Key": tenant.key}
    return httpx2.get(f"{service.url}/api/v1/agency", headers=headers, timeout=20)


@pytest.mark.slow
def test_two_servers_serve_one_budget(servers: list[Service], tenant: Tenant) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: ask(servers[n % 2], tenant), range(2 * LIMIT)))
    served = [answer for answer in answers if answer.status_code == 200]
    assert len(served) == LIMIT
    assert {answer.status_code for answer in answers} == {200, 429}
    remaining = sorted(int(answer.headers["x-ratelimit-remaining"]) for answer in served)
    assert remaining == list(range(LIMIT)), "each answer tells what is left, exactly"


@pytest.mark.slow
def test_the_next_minute_is_a_new_one_for_both(servers: list[Service], tenant: Tenant) -> None:
    codes = [ask(servers[n % 2], tenant).status_code for n in range(LIMIT + 1)]
    assert codes == [200] * LIMIT + [429]
    for service in servers:
        service.clock.ahead_ms += MINUTE_MS
    left = [int(ask(s, tenant).headers["x-ratelimit-remaining"]) for s in servers]
    assert left == [LIMIT - 1, LIMIT - 2]


@pytest.mark.slow
def test_a_bulk_counts_in_both_budgets(servers: list[Service], tenant: Tenant) -> None:
    codes = []
    for number in range(4):
        url = f"{servers[number % 2].url}/api/v1/users/bulk"
        body = {"operations": [{"op": "upsert", "externalId": "1", "name": "A"}]}
        answer = httpx2.post(url, json=body, headers={"X-API-Key": tenant.key}, timeout=20)
        codes.append(answer.status_code)
    assert codes[-1] == 429
    assert 429 not in codes[:3]
    assert ask(servers[1], tenant).headers["x-ratelimit-remaining"] == str(LIMIT - 5)


@pytest.mark.slow
def test_a_revocation_is_seen_by_both_within_a_second(
    servers: list[Service], tenant: Tenant
) -> None:
    assert [ask(service, tenant).status_code for service in servers] == [200, 200]
    operated(servers[0].store, revoke_key, tenant.key_id, servers[0].clock())
    for service in servers:
        service.clock.ahead_ms += 1000
    assert [ask(service, tenant).status_code for service in servers] == [401, 401]
