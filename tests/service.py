"""A service for tests: the real application on real sockets, with a clock of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import httpx2

from rentix.api.addresses import listen
from rentix.api.app import App
from rentix.api.portal import Portal
from rentix.api.protocol import HttpProtocol
from rentix.api.proxies import LOOPBACK
from rentix.api.server import Server
from rentix.media.blobs import Blobs
from rentix.model import SCOPES, Agency, Change
from rentix.operations import Caller, Outcome, RegisterUser, Request
from rentix.rules.phones import read_phones
from rentix.settings import Place
from rentix.store import Store
from rentix.store.agencies import create_agency, create_key
from rentix.wiring import make_store
from rentix.worker import Finish, Pool
from rentix.writer import commit


def operated(store: Store, do: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Do what an operator does (`rentix.store.agencies`), in a transaction of its own."""
    with store.operate() as hand:
        return do(hand, *arguments, **named)


class Clock:
    """Real time plus what a test adds."""

    def __init__(self) -> None:
        self.ahead_ms = 0

    def __call__(self) -> int:
        return time.time_ns() // 1_000_000 + self.ahead_ms


class Tenant:
    """An agency, its key, and a client that sends it: `tenant.put(externalId="a", …)`."""

    def __init__(self, service: Service, agency_id: int, key_id: int, key: str) -> None:
        self.service = service
        self.agency_id = agency_id
        self.key_id = key_id
        self.key = key
        self.http = httpx2.Client(
            base_url=f"{service.url}/api/v1", headers={"X-API-Key": key}, timeout=30
        )

    def put(self, query: str = "", /, **body: Any) -> httpx2.Response:
        """Send PUT /users; `query` is like `?dryRun=true`."""
        return self.http.put(f"/users{query}", json=body)

    def bulk(self, *operations: Any, query: str = "", **body: Any) -> httpx2.Response:
        """Send POST /users/bulk."""
        return self.http.post(f"/users/bulk{query}", json={"operations": operations, **body})

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """Send a GET below /api/v1."""
        return self.http.get(path, headers=headers)

    def create(self, external_id: str, **fields: Any) -> int:
        """Create an agent with a mobile number and return its id."""
        body = {"externalId": external_id, "name": "Ana Rusu", "phone": "+37369123456", **fields}
        answer = self.put(**body)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["id"])

    def register(self, name: str = "Elena Rusu", phone: str = "+37360123404") -> int:
        """Register an agent on the portal itself: unlinked, its phone read-only."""
        found = read_phones(phone, "MD").phone
        assert found is not None
        request = Request(
            caller=Caller(self.agency_id), operations=(RegisterUser(name=name, phone=found),)
        )
        return self.service.commit(request).user.id

    def changes(self) -> list[Change]:
        """Read the agency's change log."""
        return self.service.store.changes(self.agency_id, 0, 10_000)

    def close(self) -> None:
        """Close the client."""
        self.http.close()


class Service:
    """A served store. Commands and tests may write beside the server, as an operator does."""

    def __init__(
        self,
        place: Place,
        body_timeout_s: float = 2,
        protocol: type[HttpProtocol] = HttpProtocol,
        blobs: Blobs | None = None,
        make_imports: Callable[[Service, Finish], Pool] | None = None,
        visits_per_minute: int = 0,
    ) -> None:
        self.place = place
        self.clock = Clock()
        self.store = make_store(place)  # the operator's hand; the server has its own
        self.blobs = blobs
        self.app_store = make_store(place)
        portal = Portal(
            self.app_store,
            self.clock,
            body_timeout_s=body_timeout_s,
            blobs=blobs,
            make_imports=partial(make_imports, self) if make_imports else None,
            visits_per_minute=visits_per_minute,
        )
        self.app = App(portal)
        self.server = Server(self.app, LOOPBACK, protocol)
        self.url = ""

    @contextmanager
    def running(self) -> Iterator[None]:
        """Serve while the block runs."""
        listener = listen("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=self.server.run, args=(listener,), name="server")
        thread.start()
        try:
            yield
        finally:
            self.server.stop()
            thread.join()
            self.store.close()

    def new_tenant(self, scopes: tuple[str, ...] = SCOPES, **agency: Any) -> Tenant:
        """Make an agency with a key. Without budgets unless they are given."""
        budgets = {"requests_per_minute": 0, "bulk_per_minute": 0}
        asked = Agency(**{"id": 0, "name": "Casa Test", **budgets, **agency})
        agency_id = operated(self.store, create_agency, asked, self.clock())
        key_id, key = operated(self.store, create_key, agency_id, frozenset(scopes), self.clock())
        return Tenant(self, agency_id, key_id, key)

    def commit(self, request: Request) -> Outcome:
        """Write beside the server, as a command does."""
        [answer] = commit(self.store, [request], self.clock())
        assert not isinstance(answer, Exception), answer
        [outcome] = answer.results
        assert isinstance(outcome, Outcome), outcome
        return outcome
