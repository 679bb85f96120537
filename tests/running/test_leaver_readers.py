"""While agents leave and return: no reader sees who has left, a mix of two, or nobody."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from html import unescape
from typing import Any

import httpx2
import pytest

from tests.contract.listings.shapes import COMPLETE, bulk, ok
from tests.service import Tenant

pytestmark = pytest.mark.slow
LISTINGS, ROUNDS, AGENCY_PHONE = 50, 30, "+37322000101"
ANA, ION, AGENCY = "Ana Rusu", "Ion Lupu", "Casa Test"
_SHOWN = re.compile(r'<p class="name">(?:<a [^>]*>)?([^<]+)<')


class House:
    """An agency with a leaver of 50 public listings and a successor; `stage` counts the moves.

    `may_see[n]` is who is shown once move n is answered.
    """

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.ana = tenant.create("ana", name=ANA)
        self.ion = tenant.create("ion", name=ION, phone="+37360000108")
        self.listings: list[int] = []
        for start in (0, LISTINGS // 2):
            operations = [
                {
                    "op": "upsert",
                    "externalId": f"l-{number}",
                    "userId": self.ana,
                    "announcementStatus": "completed",
                    **COMPLETE,
                }
                for number in range(start, start + LISTINGS // 2)
            ]
            answer = ok(bulk(tenant, *operations))
            self.listings += [result["id"] for result in answer["results"]]
        self.may_see = [ANA]
        self.begun = self.answered = 0

    def move(self, shown: str, way: str, **body: Any) -> None:
        """Deactivate or reactivate the agent; `shown` is who is to be seen from the answer on."""
        self.may_see.append(shown)
        self.begun += 1
        answer = ok(self.tenant.http.post(f"/users/{self.ana}/{way}", json=body))
        assert answer.get("movedListings", answer.get("restoredListings")) == LISTINGS
        self.answered += 1


Look = Callable[[httpx2.Client, House, int], list[str]]


def look_at_a_page(client: httpx2.Client, house: House, turn: int) -> list[str]:
    """Who is on the card of a listing's page, which has a way to reach them."""
    page = client.get(f"/announcement/{house.listings[turn % LISTINGS]}")
    assert page.status_code == 200
    assert 'href="tel:+373' in page.text
    return [unescape(name) for name in _SHOWN.findall(page.text)]


def look_at_one(client: httpx2.Client, house: House, turn: int) -> list[str]:
    """Who the contact of a listing is."""
    found = ok(client.get(f"/api/v1/listings/{house.listings[-turn % LISTINGS]}"))
    return [_named(found)]


def look_at_all(client: httpx2.Client, house: House, turn: int) -> list[str]:
    """Who the contacts of all listings are, in one answer."""
    path = "/api/v1/listings?limit=100" if turn % 2 else "/api/v1/listings"
    items = ok(client.get(path))["items"]
    assert len(items) == LISTINGS
    return [_named(item) for item in items]


def _named(listing: Any) -> str:
    contact = listing["contact"]
    assert contact["channels"]
    return str(contact["name"])


class Reader(threading.Thread):
    """Looks over and over; what it sees must be who was shown between two moves around the look."""

    def __init__(self, house: House, look: Look) -> None:
        super().__init__()
        self._house, self._look = house, look
        self._left = threading.Event()
        self.looks = 0
        self.faults: list[str] = []

    def leave(self) -> None:
        """Make this look the last one."""
        self._left.set()
        self.join()

    def run(self) -> None:
        house = self._house
        headers = {"X-API-Key": house.tenant.key}
        url = house.tenant.service.url
        with httpx2.Client(base_url=url, headers=headers, timeout=20) as client:
            while not self._left.is_set() and not self.faults:
                first = house.answered
                try:
                    seen = set(self._look(client, house, self.looks))
                except AssertionError as error:
                    self.faults.append(repr(error))
                    return
                allowed = house.may_see[first : house.begun + 1]
                self.looks += 1
                if len(seen) != 1 or not seen <= set(allowed):
                    self.faults.append(f"{seen} is seen in {allowed}")


@pytest.fixture
def house(new_tenant: Callable[..., Tenant]) -> House:
    return House(new_tenant(phone=AGENCY_PHONE))


def test_readers_see_the_leaver_then_the_other_and_nothing_else(house: House) -> None:
    looks = (look_at_a_page, look_at_a_page, look_at_one, look_at_all)
    readers = [Reader(house, look) for look in looks]
    for reader in readers:
        reader.start()
    try:
        for number in range(ROUNDS):
            if number % 2:
                house.move(ION, "deactivate", successorUserId=house.ion)
            else:
                house.move(AGENCY, "deactivate")
            house.move(ANA, "reactivate")
    finally:
        for reader in readers:
            reader.leave()
    assert [fault for reader in readers for fault in reader.faults] == []
    assert all(reader.looks > 1 for reader in readers)
