"""One random trace of operations on both databases: every answer and every state is the same.

After each batch what it touched is also what a naive picture of the store, drawn from the answers
alone, says it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import apsw
import msgspec
import psycopg
import pytest

from rentix.errors import Problem
from rentix.model import Agency, Task
from rentix.operations import Answer, Caller, Idempotency, Request
from rentix.store import Binding, ListingFilter, Store, UserFilter
from rentix.store.agencies import create_agency
from rentix.store.postgres import PostgresStore
from rentix.store.sqlite import SqliteStore
from rentix.writer import Ending, commit, rehearse
from tests.service import operated
from tests.store.chance import AGENCIES, Chance, Known, build
from tests.store.mirror import Mirror

STEPS = 20_000
SEED = 20_261_124
# Each database gives out ids of its own range, so that they are known wherever they appear.
RANGES = {
    "sqlite": {"user": 5_000_000, "media": 6_000_000, "listing": 7_000_000},
    "postgres": {"user": 1_000_000, "media": 2_000_000, "listing": 3_000_000},
}
GIVEN = re.compile(r"\b[123567]\d{6}\b")


class Side:
    """A database, and the names under which its ids are compared: the order they appeared in."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.mirror = Mirror(store)
        self.users: list[int] = []
        self.media: list[int] = []
        self.listings: list[int] = []
        self.bindings: list[Binding] = []
        self.tasks: list[Task] = []
        self._agencies: dict[int, int] = {}
        self._names: dict[str, str] = {}
        self._numbers = count()

    def renamed(self, value: Any) -> str:
        text = msgspec.json.encode(value, enc_hook=describe).decode()
        return GIVEN.sub(self._name, text)

    def _name(self, found: re.Match[str]) -> str:
        if found[0] not in self._names:
            self._names[found[0]] = f"#{next(self._numbers)}"
        return self._names[found[0]]

    def learn(self, requests: Sequence[Request], endings: Sequence[Ending]) -> None:
        for request, ending in zip(requests, endings, strict=True):
            for result in ending.results if isinstance(ending, Answer) else ():
                queued = getattr(result, "queued", None) or ()
                photos = queued if isinstance(queued, tuple) else (queued,)
                self._add(request, self.users, getattr(result, "user", None))
                self._add(request, self.media, getattr(result, "media", None), *photos)
                self._add(request, self.listings, getattr(result, "listing", None))
        # SQLite gives ids out again that a refusal has shown and nothing has got.
        born = set(map(str, self._agencies))
        self._names = {one: name for one, name in self._names.items() if one in born}

    def _add(self, request: Request, ids: list[int], *found: Any) -> None:
        for one in found:
            if one is not None and one.id > 0 and one.id not in self._agencies:
                ids.append(one.id)
                self._agencies[one.id] = request.caller.agency_id

    def known(self) -> Known:
        self.bindings = self.store.bindings(30)
        return Known(
            users=[self._agencies[one] for one in self.users],
            media=[self._agencies[one] for one in self.media],
            listings=[self._agencies[one] for one in self.listings],
            bindings=[binding.agency_id for binding in self.bindings],
            tasks=[task.agency_id for task in self.tasks],
        )

    def take(self, now_ms: int) -> None:
        """Let workers hold what waits; those that died before let go of theirs."""
        tasks = self.store.queue.take(90, now_ms, now_ms + 1)
        self.tasks = sorted(tasks, key=lambda task: (task.agency_id, task.id))

    def ids(self) -> dict[str, list[Any]]:
        return {
            "user": self.users,
            "medium": self.media,
            "listing": self.listings,
            "binding": self.bindings,
            "task": self.tasks,
        }


def describe(value: Any) -> Any:
    if isinstance(value, Exception):
        return {"problem": type(value).__name__, **vars(value)}
    raise NotImplementedError  # with which msgspec refuses what nobody has said how to print


@pytest.fixture
def sides(tmp_path: Path, fresh_admin_url: str, fresh_url: str) -> Iterator[list[Side]]:
    sqlite = SqliteStore(tmp_path)
    for kind, first in RANGES["sqlite"].items():
        file = apsw.Connection(str(tmp_path / "rentix.db"))
        file.execute("UPDATE identity SET last = ? WHERE kind = ?", (first, kind))
        file.close()
    with psycopg.connect(fresh_admin_url) as admin:
        for kind, first in RANGES["postgres"].items():
            admin.execute(f"ALTER SEQUENCE {kind}_id RESTART WITH {first}".encode())
    sides = [Side(sqlite), Side(PostgresStore(fresh_url))]
    for side in sides:
        for number in range(AGENCIES):
            operated(side.store, create_agency, Agency(id=0, name=f"Casa {number}"), 0)
    yield sides
    for side in sides:
        side.store.close()


def request(side: Side, asked: dict[str, Any]) -> Request:
    scope = asked["scope"]
    return Request(
        caller=Caller(asked["agency"], 7, "run"),
        operations=tuple(build(one, side.ids()) for one in asked["operations"]),
        atomic=asked["atomic"],
        idempotency=Idempotency(scope, asked["content"]) if scope else None,
        render=lambda results: msgspec.json.encode(results, enc_hook=describe),
    )


def answer(side: Side, asked: list[dict[str, Any]], now_ms: int) -> str:
    trials = [request(side, one) for one in asked if one.get("dry") and not one["scope"]]
    rehearsed = [rehearse(side.store, one, now_ms).results for one in trials]
    requests = [request(side, one) for one in asked]
    endings = commit(side.store, requests, now_ms)
    for ending in endings:
        assert isinstance(ending, Answer | Problem), ending
    text = side.renamed([rehearsed, [_shown(ending) for ending in endings]])
    side.learn(requests, endings)
    side.mirror.see(requests, endings, now_ms)
    assert side.mirror.differences() == []
    return text


def _shown(ending: Ending) -> Any:
    if isinstance(ending, Answer) and ending.remembered is not None:
        return ending.remembered.decode()
    return ending


def state(side: Side, now_ms: int) -> str:
    agencies = range(1, AGENCIES + 1)
    users = [side.store.users(a, UserFilter(), 0, 10**6) for a in agencies]
    jobs = [
        side.store.job(user.agency_id, user.avatar_import.id, now_ms)
        for of_one in users
        for user in of_one
        if user.avatar_import
    ]
    changes = [side.store.changes(a, 0, 10**6) for a in agencies]
    media = [side.store.media(a, media_id) for a in agencies for media_id in side.media]
    listed = [side.store.users(a, UserFilter(words=("andrei",)), 0, 10**6) for a in agencies]
    views = [side.store.listings(a, ListingFilter(), 0, 10**6) for a in agencies]
    of_users = [
        [view.listing.id for view in side.store.listings(a, wanted, 0, 10**6)]
        for a, of_one in zip(agencies, users, strict=True)
        for wanted in (ListingFilter(user_id=user.id) for user in of_one)
    ]
    used = [side.store.listings_used(a, now_ms) for a in agencies]
    bound = side.store.bindings(10**6)
    return side.renamed([users, jobs, media, changes, listed, views, of_users, used, bound])


def apart(first: str, second: str) -> str:
    """Show where two texts part."""
    pairs = zip(first, second, strict=False)
    place = next((n for n, (one, other) in enumerate(pairs) if one != other), 0)
    near = slice(max(0, place - 300), place + 300)
    return f"\n{first[near]}\n{second[near]}"


@pytest.mark.slow  # 20,000 operations, twice
def test_both_answer_and_end_the_same(sides: list[Side]) -> None:
    chance, steps = Chance(SEED), 0
    while steps < STEPS:
        known, _ = (side.known() for side in sides)
        asked = chance.batch(known)
        first, second = (answer(side, asked, chance.now_ms) for side in sides)
        assert first == second, f"seed {SEED}, step {steps}{apart(first, second)}"
        steps += sum(len(one["operations"]) for one in asked)
        if chance.takes():
            for side in sides:
                side.take(chance.now_ms)
                agencies = range(1, AGENCIES + 1)
                assert [side.mirror.whole(a) for a in agencies] == [[]] * AGENCIES
    first, second = (state(side, chance.now_ms) for side in sides)
    assert first == second
    for name in ("users", "media", "listings"):
        assert len(getattr(sides[0], name)) > 100
