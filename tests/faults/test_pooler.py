"""Behind a pooler ten agencies share a few connections, and none sees another's row."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest

from rentix.store.postgres import PostgresStore
from tests.faults.pooler import SERVER_CONNECTIONS, pooled
from tests.faults.writers import Account, open_accounts
from tests.process import serving_postgres

AGENCIES, CLIENTS, AGENTS = 10, 64, 20
RESULT = Path(__file__).with_name("pooler-result.json")


class Owners:
    """Which agency each id was given to; a row that shows up elsewhere is foreign."""

    def __init__(self) -> None:
        self.known: dict[int, int] = {}
        self.foreign = 0

    def check(self, agency_id: int, users: list[dict[str, Any]]) -> None:
        for user in users:
            named = "name" not in user or user["name"].startswith(mark(agency_id))
            if self.known.setdefault(user["id"], agency_id) != agency_id or not named:
                self.foreign += 1


def mark(agency_id: int) -> str:
    return f"Agency{agency_id} "


class Client(threading.Thread):
    """Asks as its agency, in all ways. Agencies have the same external ids, and marks in names."""

    def __init__(self, number: int, url: str, account: Account, owners: Owners, count: int) -> None:
        super().__init__()
        self._account = account
        self._owners = owners
        self._count = count
        self._chance = random.Random(number)  # noqa: S311 - a mix of requests, no secrets
        self._http = httpx2.Client(
            base_url=f"{url}/api/v1", headers={"X-API-Key": account.key}, timeout=30
        )
        self.answers: Counter[str] = Counter()
        self.faults: list[str] = []

    def run(self) -> None:
        ways = [self._put, self._put, self._bulk, self._find, self._list, self._search, self._pry]
        with self._http:
            for number in range(self._count):
                way = self._chance.choice(ways) if number else self._put
                answer = way()
                self.answers[f"{answer.status_code}"] += 1
                expected = (200, 404) if way in (self._pry, self._find) else (200,)
                if answer.status_code not in expected:
                    self.faults.append(f"{answer.status_code} {answer.text}")
                elif answer.status_code == 200:
                    self._owners.check(self._account.agency_id, users_of(answer.json()))

    def _agent(self) -> dict[str, str]:
        name = f"{mark(self._account.agency_id)}{self._chance.randrange(10**6)}"
        return {"externalId": self._external_id(), "name": name, "phone": "+37369123456"}

    def _external_id(self) -> str:
        return f"crm-{self._chance.randrange(AGENTS)}"

    def _put(self) -> httpx2.Response:
        return self._http.put("/users", json=self._agent())

    def _bulk(self) -> httpx2.Response:
        operations = [{"op": "upsert", **self._agent()} for _ in range(5)]
        return self._http.post("/users/bulk", json={"operations": operations})

    def _find(self) -> httpx2.Response:
        return self._http.get(f"/users/external/{self._external_id()}")

    def _list(self) -> httpx2.Response:
        return self._http.get("/users")

    def _search(self) -> httpx2.Response:
        return self._http.get("/users?search=agency")

    def _pry(self) -> httpx2.Response:
        """Ask for any id, most of them other agencies'."""
        return self._http.get(f"/users/{self._chance.choice(list(self._owners.known))}")


def users_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the users of an answer of any kind."""
    users: list[dict[str, Any]] = body.get("items") or body.get("results") or [body]
    return users


def ask_behind_a_pooler(admin_url: str, url: str, folder: Path, requests: int) -> dict[str, Any]:
    """Send requests of ten agencies from 64 clients to two workers that share a pooler."""
    accounts, owners = open_accounts(url, AGENCIES), Owners()
    with (
        pooled(url) as behind,
        serving_postgres(folder / "served", behind, "--workers", "2") as served,
    ):
        each = requests // CLIENTS
        clients = [
            Client(number, served.url, accounts[number % AGENCIES], owners, each)
            for number in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        used, prepares = count_connections(admin_url), prepares_statements(behind)
    assert [fault for client in clients for fault in client.faults] == []
    answers = sum((client.answers for client in clients), Counter[str]())
    return {
        "requests": answers.total(),
        "clients": CLIENTS,
        "agencies": AGENCIES,
        "answers": dict(sorted(answers.items())),
        "users": len(owners.known),
        "foreignRows": owners.foreign,
        "serverConnections": used,
        "preparesStatements": prepares,
    }


def count_connections(admin_url: str) -> int:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"
    with psycopg.connect(admin_url) as connection:
        [(count,)] = connection.execute(asked, (connection.info.backend_pid,)).fetchall()
        return int(count)


def prepares_statements(url: str) -> bool:
    store = PostgresStore(url)
    try:
        with store._connections._pool.connection() as connection:
            return connection.prepares
    finally:
        store.close()


def check(result: dict[str, Any]) -> None:
    assert result["foreignRows"] == 0
    assert result["users"] == AGENCIES * AGENTS
    assert 1 <= result["serverConnections"] <= SERVER_CONNECTIONS, "agencies share connections"
    assert result["preparesStatements"] is False


@pytest.mark.slow
def test_2000_requests_see_no_foreign_row(
    fresh_admin_url: str, fresh_url: str, tmp_path: Path
) -> None:
    check(ask_behind_a_pooler(fresh_admin_url, fresh_url, tmp_path, 2_048))


@pytest.mark.slow
def test_without_a_pooler_statements_are_prepared(fresh_url: str) -> None:
    assert prepares_statements(fresh_url)


@pytest.mark.soak
def test_20000_requests_see_no_foreign_row(
    fresh_admin_url: str, fresh_url: str, tmp_path: Path
) -> None:
    result = ask_behind_a_pooler(fresh_admin_url, fresh_url, tmp_path, 20_032)
    check(result)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
