"""Who may ask, how often, and how much (contract 2 to 4) through the client."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rentix.client import (
    AgencySuspended,
    Conflict,
    CrmDisabled,
    IdempotencyKeyReused,
    NotFound,
    PayloadTooLarge,
    Rentix,
    ScopeMissing,
    SetupError,
    Unauthorized,
    upsert_user,
)
from rentix.client.calls import Call, bulk_users
from rentix.store.agencies import set_active, set_crm
from tests.client.conftest import Opens, Sleeps
from tests.service import Clock, Service, Tenant, operated

PHONE = "069 200 101"
LARGE = {"externalId": "large", "name": "Ana", "phone": PHONE, "description": "x" * 600_000}


@pytest.mark.slow
def test_keys_and_scopes(opens: Opens, service: Service, new_tenant: Callable[..., Tenant]) -> None:
    tenant = new_tenant(scopes=("users:read",))
    with pytest.raises(ScopeMissing, match="users:write"):
        opens(tenant.key, service.url).users.put(external_id="a", name="Ana", phone=PHONE)
    with pytest.raises(Unauthorized, match="Invalid API key"):
        opens("rtx_live_no_key", service.url).agency.get()
    off, out = new_tenant(), new_tenant()
    operated(service.store, set_crm, off.agency_id, enabled=False)
    operated(service.store, set_active, out.agency_id, active=False)
    with pytest.raises(CrmDisabled):
        opens(off.key, service.url).agency.get()
    with pytest.raises(AgencySuspended):
        opens(out.key, service.url).agency.get()


def test_a_spent_budget_is_waited_for(
    opens: Opens, new_tenant: Callable[..., Tenant], sleeps: Sleeps, is_async: bool
) -> None:
    tenant = new_tenant(requests_per_minute=3)
    clock = tenant.service.clock
    clock.ahead_ms += 60_000 - clock() % 60_000
    crm = opens(
        tenant.key,
        tenant.service.url,
        clock=sleeps.async_clock if is_async else sleeps.clock,
        on_wait=lambda wait: turn(clock, wait.seconds + 1),
    )
    for _ in range(7):
        crm.agency.get()
    assert len(sleeps.taken) == 2
    clock.ahead_ms = 0


def turn(clock: Clock, seconds: float) -> None:
    """Let time pass at the service, too."""
    clock.ahead_ms += int(seconds * 1000)


@pytest.mark.slow
def test_a_budget_that_others_spend_ends_in_a_refusal(
    opens: Opens, new_tenant: Callable[..., Tenant]
) -> None:
    tenant = new_tenant(requests_per_minute=1)
    tenant.get("/agency")
    once = Call("DELETE", "/users/1/link", lambda answer: answer)
    crm = opens(tenant.key, tenant.service.url)
    answer = crm.send(once)
    assert answer.status == 429, "it has no key, so it was sent once"


def test_what_is_too_large_fails_alone_and_unsent(crm: Rentix) -> None:
    people = [upsert_user(external_id=f"{n}", name="Ana", phone=PHONE) for n in range(3)]
    results = crm.users.bulk([people[0], LARGE, *people[1:]])
    assert [result.success for result in results] == [True, False, True, True]
    assert isinstance(results[1].error, PayloadTooLarge)
    assert results[1].request_id is None
    with pytest.raises(PayloadTooLarge) as caught:
        crm.send(bulk_users([LARGE]))
    assert caught.value.code == "body_too_large"


@pytest.mark.slow
def test_requests_are_filled_up_to_the_byte(crm: Rentix) -> None:
    text = "x" * 5000
    people = (
        upsert_user(external_id=f"{n}", name="Ana", phone=PHONE, description=text)
        for n in range(150)
    )
    results = crm.users.bulk(people)
    assert all(result.success for result in results)
    assert len({result.request_id for result in results}) == 2


def test_an_atomic_bulk_is_never_split(crm: Rentix, tenant: Tenant) -> None:
    people = [upsert_user(external_id=f"{n}", name="Ana", phone=PHONE) for n in range(101)]
    too_large: list[dict[str, object]] = [people[0], {**LARGE}]
    for items in (people, too_large):
        with pytest.raises(SetupError, match="nothing was sent"):
            crm.users.bulk(items, atomic=True)
    assert tenant.changes() == []
    assert len(crm.users.bulk(people[:100], atomic=True)) == 100


def test_what_stops_a_bulk_has_the_results_until_then(crm: Rentix) -> None:
    people = [upsert_user(external_id=f"{n}", name="Ana", phone=PHONE) for n in range(150)]
    crm.send(bulk_users(people[:1], "night-2"))
    with pytest.raises(IdempotencyKeyReused) as caught:
        crm.users.bulk(people, idempotency_key="night")
    assert [result.index for result in caught.value.results] == list(range(100))
    assert all(result.success for result in caught.value.results)


def test_an_id_is_named_exactly_once(crm: Rentix) -> None:
    with pytest.raises(SetupError, match="exactly one"):
        crm.users.get()
    with pytest.raises(SetupError, match="exactly one"):
        crm.listings.delete(1, external_id="o")
    with pytest.raises(TypeError, match="nmae"):
        crm.users.put(external_id="a", nmae="Ana")  # type: ignore[call-arg]


def test_branches_catch_their_leaves(crm: Rentix) -> None:
    with pytest.raises(NotFound):
        crm.users.get(999_999)
    crm.users.put(external_id="a", name="Ana", phone=PHONE)
    with pytest.raises(Conflict):
        crm.users.put(external_id="a", name="Ana", phone=PHONE, mode="create")
