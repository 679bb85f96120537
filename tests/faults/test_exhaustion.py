"""A database that hangs, or has no connection left, is a 503 in good time, never a wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg
import pytest

from rentix.store import postgres_connections
from tests.service import Service, Tenant

CONNECTIONS = 10


@pytest.fixture
def impatient(fresh_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """Serve with a pool that is waited for a tenth of a second."""
    monkeypatch.setattr(postgres_connections, "_BORROW_TIMEOUT_S", 0.1)
    service = Service(fresh_url)
    with service.running():
        yield service


@contextmanager
def exhausted(service: Service) -> Iterator[None]:
    """Keep every connection of the server's pool while the block runs."""
    connections = service.app.portal.store._connections  # type: ignore[attr-defined]
    with ExitStack() as stack:
        for _ in range(CONNECTIONS):
            stack.enter_context(connections.transaction(()))
        yield


def ask_everything(tenant: Tenant) -> list[int]:
    answers = [
        tenant.put(externalId="crm-1", name="Ana", phone="+37369123456"),
        tenant.put("?dryRun=true", externalId="crm-1", name="Ana"),
        tenant.get("/users/external/crm-1"),
        tenant.get("/users"),
        tenant.get("/agency"),
        tenant.get("/job/status?id=1"),
    ]
    for answer in answers:
        if answer.status_code == 503:
            assert int(answer.headers["retry-after"]) > 0
    return [answer.status_code for answer in answers]


@pytest.mark.slow
def test_an_exhausted_pool_is_a_503_and_heals(impatient: Service) -> None:
    tenant = impatient.new_tenant()
    assert ask_everything(tenant)[0] == 200
    impatient.clock.ahead_ms += 1000  # keys are asked for again
    with exhausted(impatient):
        assert ask_everything(tenant) == [503] * 6
        assert tenant.http.get(f"{impatient.url}/readyz").status_code == 503
        assert tenant.http.get(f"{impatient.url}/livez").status_code == 200
    assert 503 not in ask_everything(tenant)
    tenant.close()


def test_the_timeouts_of_the_role_hold(fresh_url: str) -> None:
    with psycopg.connect(fresh_url) as connection:
        names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        [shown] = connection.execute(
            "SELECT current_setting(%s), current_setting(%s), current_setting(%s)", names
        )
    assert shown == ("10s", "2s", "10s")
