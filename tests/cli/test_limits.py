"""What an agency may use is the operator's to say, and a running service goes by it."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx2
import pytest

from tests.service import Tenant


def within_a_second(ask: Callable[[], httpx2.Response], status: int) -> httpx2.Response:
    """Ask until the answer has this status."""
    deadline = time.monotonic() + 1
    while (answer := ask()).status_code != status:
        assert time.monotonic() < deadline
    return answer


def test_an_agency_is_given_more_listings(
    operate: Callable[..., int], new_tenant: Callable[..., Tenant]
) -> None:
    tenant = new_tenant(monthly_listings=1)

    def put(name: str) -> httpx2.Response:
        return tenant.http.put("/listings", json={"externalId": name})

    assert put("flat-1").status_code == 200
    assert put("flat-2").json()["code"] == "monthly_listings_reached"
    shown = tenant.get("/agency")
    assert operate("agency", "limits", tenant.agency_id, "--monthly-listings", 2) == 0
    within_a_second(lambda: put("flat-2"), 200)
    assert put("flat-3").status_code == 403
    again = tenant.get("/agency", **{"If-None-Match": shown.headers["ETag"]}).json()
    assert again["limits"] == {"monthlyListings": {"used": 2, "limit": 2}}


def test_a_limit_is_seen_by_whoever_asks_whether_it_changed(
    operate: Callable[..., int], tenant: Tenant
) -> None:
    known = tenant.get("/agency").headers["ETag"]

    def ask() -> httpx2.Response:
        return tenant.get("/agency", **{"If-None-Match": known})

    assert ask().status_code == 304
    operate("agency", "limits", tenant.agency_id, "--monthly-listings", 7)
    answer = within_a_second(ask, 200).json()
    assert answer["limits"]["monthlyListings"]["limit"] == 7


@pytest.mark.slow
def test_budgets_come_and_go(operate: Callable[..., int], tenant: Tenant) -> None:
    def read() -> httpx2.Response:
        return tenant.get("/agency")

    assert "X-RateLimit-Limit" not in read().headers
    operate("agency", "limits", tenant.agency_id, "--requests-per-minute", 1)
    assert within_a_second(read, 429).headers["X-RateLimit-Limit"] == "1"
    operate("agency", "limits", tenant.agency_id, "--requests-per-minute", 0)
    assert "X-RateLimit-Limit" not in within_a_second(read, 200).headers
