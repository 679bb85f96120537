"""10,000 listings wait for one agent: seen at once, and written down in spite of a kill -9."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from rentix.model import SCOPES, Agency, Change
from rentix.settings import Place
from rentix.store import ListingFilter, Store
from rentix.store.agencies import create_agency, create_key
from rentix.wiring import make_store
from tests.contract.listings.shapes import COMPLETE, ok
from tests.faults.writers import Account
from tests.process import Served, serving, serving_postgres
from tests.service import operated
from tests.worker.studio import until

pytestmark = pytest.mark.slow  # starts processes
WAITING, BULK, PAGES = 10_000, 100, 20
ANA, AGENCY = "Ana Rusu", "Casa Test"
LATE = {
    "externalUserId": "late",
    "announcementStatus": "completed",
    **COMPLETE,
}

Serve = Callable[[], AbstractContextManager[Served]]


class House:
    """An agency, seen by a client of its server and in the store itself."""

    def __init__(self, store: Store, account: Account) -> None:
        self.store = store
        self.account = account

    def create_waiting(self, client: httpx2.Client) -> None:
        """Publish listings of an agent whom nobody has."""
        for start in range(0, WAITING, BULK):
            operations = [
                {"op": "upsert", "externalId": f"l-{number}", **LATE}
                for number in range(start, start + BULK)
            ]
            results = ok(client.post("/listings/bulk", json={"operations": operations}))["results"]
            assert all(result["success"] for result in results)

    def bound(self) -> list[int]:
        """The listings of which it is written down who their agent is, as the log has them."""
        return [listing for change in self.changes() for listing in _bound_by(change)]

    def changes(self) -> list[Change]:
        """The changes since the listings were there."""
        return self.store.changes(self.account.agency_id, WAITING, 10_000)

    def written_down(self) -> bool:
        """Whether nothing is left to be written down."""
        return self.store.bindings(1) == []

    def agents(self) -> set[int | None]:
        """The agents whom the listings' own rows name."""
        everything = ListingFilter()
        views = self.store.listings(self.account.agency_id, everything, 0, WAITING + 1)
        assert len(views) == WAITING
        return {view.listing.user_id for view in views}


def _bound_by(change: Change) -> tuple[int, ...]:
    _, listings = change.fields.get("listings", (None, None))
    return tuple(listings) if isinstance(listings, list | tuple) else ()


def look(client: httpx2.Client, user_id: int | None, name: str) -> dict[int, str]:
    """See `name` as the contact of every listing, and on pages of some; give their etags."""
    items: list[Any] = ok(client.get("/listings"))["items"]
    assert len(items) == WAITING
    assert {(item["contact"]["name"], (item["user"] or {}).get("id")) for item in items} == {
        (name, user_id)
    }
    for item in items[:: WAITING // PAGES]:
        page = client.get(str(client.base_url.join(f"/announcement/{item['id']}")))
        assert page.status_code == 200
        assert f">{name}<" in page.text
    return {item["id"]: item["etag"] for item in items}


@pytest.fixture
def home(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> tuple[Place, Serve]:
    """Give an empty place, and what serves it."""
    if database == "sqlite":
        data = tmp_path / "data"
        return data, lambda: serving(data)
    url: str = request.getfixturevalue("fresh_url")
    return url, lambda: serving_postgres(tmp_path / "server", url)


@pytest.fixture
def house(home: tuple[Place, Serve]) -> Iterator[House]:
    store = make_store(home[0])
    asked = Agency(
        id=0,
        name=AGENCY,
        phone="+37322000101",
        requests_per_minute=0,
        bulk_per_minute=0,
        monthly_listings=WAITING,
    )
    agency_id = operated(store, create_agency, asked, 0)
    _, key = operated(store, create_key, agency_id, frozenset(SCOPES), 0)
    yield House(store, Account(agency_id, key))
    store.close()


def make_agent(client: httpx2.Client) -> int:
    """Make the one whom the listings wait for."""
    body = {"externalId": "late", "name": ANA, "phone": "+37360000107"}
    return int(ok(client.put("/users", json=body))["id"])


def test_all_show_the_agent_at_once_and_for_good(home: tuple[Place, Serve], house: House) -> None:
    """What is written down later changes nothing that anybody can see, not even an etag."""
    with home[1]() as served, served.client(house.account.key) as client:
        house.create_waiting(client)
        etags = look(client, None, AGENCY)
        user_id = make_agent(client)
        assert look(client, user_id, ANA) == etags
        until(house.written_down)
        assert look(client, user_id, ANA) == etags
    assert sorted(house.bound()) == sorted(etags)
    assert house.agents() == {user_id}


def test_a_kill_in_the_middle_of_it_is_not_seen(home: tuple[Place, Serve], house: House) -> None:
    serve = home[1]
    with serve() as served, served.client(house.account.key) as client:
        house.create_waiting(client)
        user_id = make_agent(client)
        until(lambda: house.bound() != [])
        served.end(signal.SIGKILL)
    assert len(house.bound()) < WAITING
    with serve() as served, served.client(house.account.key) as client:
        etags = look(client, user_id, ANA)
        until(house.written_down)
        assert look(client, user_id, ANA) == etags
    assert sorted(house.bound()) == sorted(etags)
    assert house.agents() == {user_id}
