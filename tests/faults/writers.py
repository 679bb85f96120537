"""Clients that write until their server is killed, and remember what it acknowledged."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import msgspec

from rentix.model import SCOPES, Agency
from rentix.settings import Place
from rentix.store.agencies import create_agency, create_key
from rentix.wiring import open_store
from tests.service import operated

BULK = 8
PHONE = "+37369123456"


class Account(msgspec.Struct, frozen=True):
    """An agency to write to."""

    agency_id: int
    key: str


def open_accounts(place: Place, count: int) -> list[Account]:
    """Make agencies with a key each and without a rate budget."""
    agency = Agency(id=0, name="Casa Test", requests_per_minute=0, bulk_per_minute=0)
    accounts = []
    with open_store(place) as store:
        for _ in range(count):
            agency_id = operated(store, create_agency, agency, 0)
            _, key = operated(store, create_key, agency_id, frozenset(SCOPES), 0)
            accounts.append(Account(agency_id, key))
    return accounts


class Acknowledged(msgspec.Struct, frozen=True):
    """One operation that a server said was stored: it made change `seq` of user `user_id`."""

    agency_id: int
    seq: int
    user_id: int
    name: str


class Attempt(msgspec.Struct, frozen=True):
    """A request. `name` is in each of its operations, so that each leaves a change with it."""

    agency_id: int
    name: str
    method: str
    path: str
    body: dict[str, Any]


class Client:
    """Writes one request after another: single PUTs and atomic bulks, on its own agents and on
    those that all clients share. The request that a kill cut short is sent again first.
    """

    def __init__(self, number: int, account: Account) -> None:
        self._number = number
        self._account = account
        self._count = 0
        self.pending: Attempt | None = None
        self.acknowledged: list[Acknowledged] = []
        self.attempts: dict[str, int] = {}
        self.surprise = ""

    def run(self, url: str) -> None:
        """Write until the connection breaks."""
        headers = {"X-API-Key": self._account.key}
        with httpx2.Client(base_url=f"{url}/api/v1", headers=headers, timeout=20) as http:
            try:
                while True:
                    self._send(http)
            except httpx2.TransportError:
                return

    def _send(self, http: httpx2.Client) -> None:
        attempt = self.pending = self.pending or self._next()
        answer = http.request(
            attempt.method,
            attempt.path,
            json=attempt.body,
            headers={"Idempotency-Key": attempt.name},
        )
        if answer.status_code != 200:
            self.surprise = answer.text
            raise httpx2.TransportError("what was sent is sound, so this is a defect")
        body = answer.json()
        for result in body.get("results", [body]):
            seq, user_id = int(result["etag"]), result["id"]
            entry = Acknowledged(attempt.agency_id, seq, user_id, attempt.name)
            self.acknowledged.append(entry)
        self.pending = None

    def _next(self) -> Attempt:
        self._count += 1
        name = f"C{self._number} N{self._count}"
        size = BULK if self._count % 4 == 0 else 1
        operations = [self._operation(name, index) for index in range(size)]
        self.attempts[name] = size
        if size == 1:
            return Attempt(self._account.agency_id, name, "PUT", "/users", operations[0])
        body = {"operations": [{"op": "upsert", **o} for o in operations], "atomic": True}
        return Attempt(self._account.agency_id, name, "POST", "/users/bulk", body)

    def _operation(self, name: str, index: int) -> dict[str, Any]:
        shared = index % 2
        owner = "shared" if shared else f"c{self._number}"
        external_id = f"{owner}-{(self._count * BULK + index) % 40}"
        return {"externalId": external_id, "name": name, "phone": PHONE}


@contextmanager
def writing(clients: list[Client], url: str) -> Iterator[None]:
    """Let all clients write while the block runs; it must end with the server's end."""
    threads = [threading.Thread(target=client.run, args=(url,)) for client in clients]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()
