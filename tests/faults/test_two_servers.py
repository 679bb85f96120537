"""Two servers, one database, many clients on the same agents: one history, and nothing lost."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest

from tests.faults.ledger import Ledger
from tests.faults.writers import PHONE, Account, Acknowledged, open_accounts
from tests.process import Served, serving_postgres

AGENCIES, CLIENTS, AGENTS = 4, 64, 10
RESULT = Path(__file__).with_name("two-servers-result.json")


class Client(threading.Thread):
    """Writes agents that others write, too, on either server, and reads back on the other."""

    def __init__(
        self, number: int, servers: Sequence[Served], account: Account, count: int
    ) -> None:
        super().__init__()
        self._number = number
        self._account = account
        self._count = count
        self._chance = random.Random(number)  # noqa: S311 - a mix of requests, no secrets
        self._servers = [server.client(account.key) for server in servers]
        self.answers: Counter[int] = Counter()
        self.acknowledged: list[Acknowledged] = []
        self.faults: list[str] = []

    def run(self) -> None:
        for number in range(self._count):
            here, there = self._chance.sample(self._servers, 2)
            way = self._chance.choice([self._put, self._put, self._bulk, self._hand_over])
            way(here, there, f"C{self._number} N{number}")
        for server in self._servers:
            server.close()

    def _put(self, here: httpx2.Client, there: httpx2.Client, name: str) -> None:
        external_id = self._external_id()
        answer = here.put("/users", json={"externalId": external_id, "name": name, "phone": PHONE})
        if self._note(answer, 200):
            seq = self._keep(answer.json(), name)
            self._read_back(there, answer.json()["id"], seq)

    def _bulk(self, here: httpx2.Client, there: httpx2.Client, name: str) -> None:
        agents = self._chance.sample(range(AGENTS), 3)
        operations = [
            {"op": "upsert", "externalId": f"crm-{agent}", "name": name, "phone": PHONE}
            for agent in agents
        ]
        answer = here.post("/users/bulk", json={"operations": operations})
        if self._note(answer, 200):
            for result in answer.json()["results"]:
                seq = self._keep(result, name)
                self._read_back(there, result["id"], seq)

    def _hand_over(self, here: httpx2.Client, there: httpx2.Client, _: str) -> None:
        """Unlink an external id from whoever holds it; the next PUT of it makes a new agent."""
        external_id = self._external_id()
        found = there.get(f"/users/external/{external_id}")
        if self._note(found, 200, 404) and found.status_code == 200:
            self._note(here.delete(f"/users/{found.json()['id']}/link"), 200)

    def _external_id(self) -> str:
        return f"crm-{self._chance.randrange(AGENTS)}"

    def _note(self, answer: httpx2.Response, *expected: int) -> bool:
        self.answers[answer.status_code] += 1
        if answer.status_code not in expected:
            self.faults.append(f"{answer.status_code} {answer.text}")
        return answer.status_code in expected

    def _keep(self, result: dict[str, Any], name: str) -> int:
        seq = int(result["etag"])
        self.acknowledged.append(Acknowledged(self._account.agency_id, seq, result["id"], name))
        return seq

    def _read_back(self, there: httpx2.Client, user_id: int, seq: int) -> None:
        answer = there.get(f"/users/{user_id}")
        if self._note(answer, 200) and int(answer.json()["etag"]) < seq:
            self.faults.append(f"{seq} was answered, {answer.json()['etag']} is read elsewhere")


def write_on_both(admin_url: str, url: str, folder: Path, requests: int) -> dict[str, Any]:
    """Let 64 clients write the agents of four agencies on two servers; check what came of it."""
    accounts = open_accounts(url, AGENCIES)
    with (
        serving_postgres(folder / "one", url) as one,
        serving_postgres(folder / "two", url) as two,
    ):
        clients = [
            Client(number, (one, two), accounts[number % AGENCIES], requests // CLIENTS)
            for number in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
    assert [fault for client in clients for fault in client.faults] == []
    ledger = Ledger()
    with psycopg.connect(admin_url) as connection:
        ledger.check_order(lambda query: connection.execute(query.encode()).fetchall())
        [(deadlocks, double)] = connection.execute(
            "SELECT (SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()),"
            " (SELECT count(*) - count(DISTINCT (agency_id, external_id)) FROM portal_user"
            "  WHERE external_id IS NOT NULL)"
        ).fetchall()
    acknowledged = [entry for client in clients for entry in client.acknowledged]
    for entry in acknowledged:
        ledger.check_entry(entry)
    answers = sum((client.answers for client in clients), Counter[int]())
    return {
        "clients": CLIENTS,
        "answers": {str(code): count for code, count in sorted(answers.items())},
        "acknowledgedWrites": len(acknowledged),
        "changesInTheLog": ledger.size,
        "lostUpdates": 0,
        "deadlocks": deadlocks,
        "doubleExternalIds": double,
    }


def check(result: dict[str, Any]) -> None:
    assert result["deadlocks"] == 0
    assert result["doubleExternalIds"] == 0
    assert result["changesInTheLog"] >= result["acknowledgedWrites"] > 0


@pytest.mark.slow
def test_64_clients_on_two_servers_lose_nothing(
    fresh_admin_url: str, fresh_url: str, tmp_path: Path
) -> None:
    check(write_on_both(fresh_admin_url, fresh_url, tmp_path, 1_280))


@pytest.mark.soak
def test_64_clients_lose_nothing_for_long(
    fresh_admin_url: str, fresh_url: str, tmp_path: Path
) -> None:
    result = write_on_both(fresh_admin_url, fresh_url, tmp_path, 25_600)
    check(result)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", "utf-8")


@pytest.mark.slow
def test_of_those_who_saw_the_same_version_one_may_write(fresh_url: str, tmp_path: Path) -> None:
    [account] = open_accounts(fresh_url, 1)
    with (
        serving_postgres(tmp_path / "one", fresh_url) as one,
        serving_postgres(tmp_path / "two", fresh_url) as two,
        one.client(account.key) as here,
        two.client(account.key) as there,
        ThreadPoolExecutor(16) as pool,
    ):
        body = {"externalId": "crm-1", "name": "Ana", "phone": PHONE}
        etag = here.put("/users", json=body).json()["etag"]
        for _ in range(5):

            def write(number: int, seen: str = etag) -> httpx2.Response:
                server = (here, there)[number % 2]
                changed = body | {"name": f"Ana {seen} {number}"}
                return server.put("/users", json=changed, headers={"If-Match": f'"{seen}"'})

            answers = list(pool.map(write, range(16)))
            codes = Counter(answer.status_code for answer in answers)
            assert codes == {200: 1, 412: 15}
            [etag] = [a.json()["etag"] for a in answers if a.status_code == 200]
