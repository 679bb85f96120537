"""A backup taken while clients write: what is restored from it is the service at one moment."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

import apsw
import psycopg
import pytest

from rentix.store.migrate_postgres import migrate_postgres
from tests.cli.backups import read_json
from tests.faults.ledger import Ask, Ledger
from tests.faults.writers import Account, Client, open_accounts, writing
from tests.process import Served, serving, serving_postgres

pytestmark = pytest.mark.slow  # starts processes

AGENCIES = 3
CLIENTS = 6
REQUESTS = 40
FIRST = "Ana Întâi"


class OnSqlite:
    """Data in a directory."""

    def __init__(self, directory: Path) -> None:
        self.place = directory / "data"
        self.options = ("--data", str(self.place))

    def serving(self) -> AbstractContextManager[Served]:
        return serving(self.place)

    def read(self, do: Callable[[Ask], None]) -> None:
        with closing(apsw.Connection(str(self.place / "rentix.db"))) as file:
            do(lambda query: file.execute(query).fetchall())


class OnPostgres:
    """Data in a database."""

    def __init__(self, directory: Path, admin_url: str) -> None:
        self._directory = directory
        self._admin_url = admin_url
        self.options = ("--admin-url", admin_url)

    @property
    def place(self) -> str:
        return migrate_postgres(self._admin_url)

    def serving(self) -> AbstractContextManager[Served]:
        return serving_postgres(self._directory / "served", self.place, "--workers", "2")

    def read(self, do: Callable[[Ask], None]) -> None:
        with psycopg.connect(self._admin_url) as connection:
            do(lambda query: connection.execute(query.encode()).fetchall())


Home = OnSqlite | OnPostgres


@pytest.fixture
def new_home(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Callable[[str], Home]:
    """Make empty places for data, each with a name."""

    def make(name: str) -> Home:
        (tmp_path / name).mkdir()
        if database == "sqlite":
            return OnSqlite(tmp_path / name)
        return OnPostgres(tmp_path / name, request.getfixturevalue("new_admin_url")())

    return make


def wait_for_writes(clients: list[Client]) -> None:
    """Wait until each client had some more requests answered."""
    goals = [(client, len(client.acknowledged) + REQUESTS) for client in clients]
    for client, goal in goals:
        while len(client.acknowledged) < goal:
            assert not client.surprise
            threading.Event().wait(0.01)


def test_what_is_restored_is_one_moment(new_home: Callable[[str], Home], tmp_path: Path) -> None:
    home, new = new_home("old"), new_home("new")
    accounts = open_accounts(home.place, AGENCIES)
    clients = [Client(number, accounts[number % AGENCIES]) for number in range(CLIENTS)]
    with home.serving() as served, writing(clients, served.url):
        first = put_first(served, accounts[0].key)
        wait_for_writes(clients)
        answered = [entry for client in clients for entry in list(client.acknowledged)]
        manifest = read_json("backup", tmp_path / "backup", *home.options)
        begun = {name for client in clients for name in list(client.attempts)}
        wait_for_writes(clients)
        served.end(signal.SIGKILL)
    read_json("restore", tmp_path / "backup", *new.options)

    ledger = Ledger()
    new.read(ledger.check_order)
    assert manifest["rows"]["change"] == ledger.size > len(answered) >= CLIENTS * REQUESTS
    for entry in answered:
        ledger.check_entry(entry)
    assert ledger.names <= begun | {FIRST}
    assert not {name for client in clients for name in client.attempts} <= ledger.names

    with new.serving() as served:
        listed = [user for account in accounts for user in list_users(served, account.key)]
        assert {user["id"]: user["name"] for user in listed} == {
            user_id: user["name"] for user_id, user in ledger.users.items()
        }
        assert put_first(served, accounts[0].key) == first, "an answer is remembered"
        go_on(served, accounts[0], ledger)
        served.end()
    new.read(ledger.check_order)


def list_users(served: Served, key: str) -> list[dict[str, Any]]:
    with served.client(key) as client:
        users: list[dict[str, Any]] = client.get("/users").json()["items"]
        return users


def put_first(served: Served, key: str) -> dict[str, Any]:
    """Send the same request as ever, with the same `Idempotency-Key`."""
    with served.client(key) as client:
        body = {"externalId": "first", "name": FIRST, "phone": "+37369123456"}
        answer = client.put("/users", json=body, headers={"Idempotency-Key": "first"})
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said


def go_on(served: Served, account: Account, ledger: Ledger) -> None:
    """Write to the restored service: it numbers on where the backup ended."""
    with served.client(account.key) as client:
        body = {"externalId": "after", "name": "Ana Nouă", "phone": "+37369123456"}
        answer = client.put("/users", json=body).json()
        assert int(answer["etag"]) == ledger.last_seq(account.agency_id) + 1
        assert answer["id"] > max(ledger.users)
        assert client.put("/users", json=body).json()["unchanged"] is True
