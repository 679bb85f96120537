"""From the answer of a PUT to what visitors see on any server is one commit (two processes)."""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from tests.contract.listings.shapes import COMPLETE, ok
from tests.faults.writers import open_accounts
from tests.process import serving_postgres

pytestmark = pytest.mark.slow  # starts processes
ROUNDS = 200
_NUMBER = re.compile(r"\+373 600 (\d\d) (\d{3})")


class Portal:
    """Two servers of one database, an agent with a public listing, and the agent's telephone."""

    def __init__(self, servers: list[httpx2.Client]) -> None:
        self.servers = servers
        self.acknowledged = -1
        agent_id = self.call(0)
        listing = {**COMPLETE, "announcementStatus": "completed", "externalUserId": "ana"}
        answer = servers[0].put("/api/v1/listings", json={"externalId": "a", **listing})
        listing_id = ok(answer)["id"]
        self.paths = (
            f"/announcement/{listing_id}",
            f"/agents/{agent_id}",
            f"/agents/{agent_id}.vcf",
            f"/api/v1/listings/{listing_id}",
        )

    def call(self, number: int) -> int:
        """Give the agent the number `number`, through one server or the other."""
        body = {"externalId": "ana", "name": "Ana Rusu", "phone": f"+37360{number:06}"}
        answer = ok(self.servers[number % 2].put("/api/v1/users", json=body))
        self.acknowledged = number
        return int(answer["id"])


def number_in(answer: httpx2.Response) -> int:
    """The number that is shown: one, however often it is."""
    text = answer.text
    found = {int("".join(parts)) for parts in _NUMBER.findall(text)}
    found |= {int(digits) for digits in re.findall(r"tel:\+37360(\d{6})", text)}
    [number] = found
    return number


@pytest.fixture
def portal(fresh_url: str, tmp_path: Path) -> Iterator[Portal]:
    [account] = open_accounts(fresh_url, 1)
    with ExitStack() as stack:
        clients = []
        for name in ("one", "two"):
            served = stack.enter_context(serving_postgres(tmp_path / name, fresh_url))
            headers = {"X-API-Key": account.key}
            client = httpx2.Client(base_url=served.url, headers=headers, timeout=20)
            clients.append(stack.enter_context(client))
        yield Portal(clients)


def test_after_the_answer_nobody_is_told_the_old_number(portal: Portal) -> None:
    places = list(itertools.product(portal.servers, portal.paths))
    etags = ['"none"' for _ in places]
    for number in range(1, ROUNDS + 1):
        portal.call(number)
        for at, (server, path) in enumerate(places):
            answer = server.get(path, headers={"If-None-Match": etags[at]})
            assert (answer.status_code, number_in(answer)) == (200, number), path
            etags[at] = answer.headers["etag"]
        for (server, path), etag in zip(places, etags, strict=True):
            assert server.get(path, headers={"If-None-Match": etag}).status_code == 304, path


class Visitor(threading.Thread):
    """Looks at one place over and over, while it changes."""

    def __init__(self, portal: Portal, server: httpx2.Client, path: str) -> None:
        super().__init__()
        self._portal, self._url, self._path = portal, server.base_url, path
        self._headers = {"X-API-Key": server.headers["X-API-Key"]}
        self._left = threading.Event()
        self.looks = 0
        self.stale: list[tuple[int, int]] = []

    def leave(self) -> None:
        """Make this look the last one."""
        self._left.set()
        self.join()

    def run(self) -> None:
        before = 0
        with httpx2.Client(base_url=self._url, headers=self._headers, timeout=20) as client:
            while not self._left.is_set():
                least = max(before, self._portal.acknowledged)
                before = number_in(client.get(self._path))
                self.looks += 1
                if before < least:
                    self.stale.append((least, before))


def test_whoever_looks_meanwhile_sees_no_number_come_back(portal: Portal) -> None:
    places = itertools.product(portal.servers, portal.paths)
    visitors = [Visitor(portal, server, path) for server, path in places]
    for visitor in visitors:
        visitor.start()
    for number in range(1, ROUNDS + 1):
        portal.call(number)
    for visitor in visitors:
        visitor.leave()
    assert [visitor.stale for visitor in visitors if visitor.stale] == []
    assert all(visitor.looks > 1 for visitor in visitors)
