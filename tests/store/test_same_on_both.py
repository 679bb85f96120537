"""One random trace of operations on both databases: every answer and every state is the same."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import apsw
import msgspec
import psycopg
import pytest
from msgspec import UNSET

from rentix.errors import Problem
from rentix.model import Agency
from rentix.operations import (
    Answer,
    AwaitMedia,
    Caller,
    DeleteMedia,
    Idempotency,
    ImportMedia,
    LinkMedia,
    LinkUser,
    Operation,
    Patch,
    PutUser,
    ReceiveMedia,
    RegisterUser,
    Request,
    UnlinkMedia,
    UnlinkUser,
)
from rentix.rules.phones import read_phones
from rentix.store import Store, UserFilter
from rentix.store.agencies import create_agency
from rentix.store.postgres import PostgresStore
from rentix.store.sqlite import SqliteStore
from rentix.writer import Ending, commit, rehearse
from tests.service import operated

STEPS = 20_000
SEED = 20_261_124
AGENCIES = 3
EXTERNAL_IDS = [f"crm-{n}" for n in range(60)] + ["Ана", "a b", "'; --", "ß"]
PHONES = [p for t in ("+37369123456", "+37322123456") if (p := read_phones(t, "MD").phone)]
NO_SUCH_ID = 999
# Each database gives out ids of its own range, so that they are known wherever they appear.
RANGES = {
    "sqlite": {"user": 5_000_000, "media": 6_000_000},
    "postgres": {"user": 1_000_000, "media": 2_000_000},
}
GIVEN = re.compile(r"\b[1256]\d{6}\b")


class Side:
    """A database, and the names under which its ids are compared: the order they appeared in."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.users: list[int] = []
        self.media: list[int] = []
        self._names: dict[str, str] = {}

    def renamed(self, value: Any) -> str:
        text = msgspec.json.encode(value, enc_hook=describe).decode()
        return GIVEN.sub(lambda m: self._names.setdefault(m[0], f"#{len(self._names)}"), text)

    def learn(self, endings: Sequence[Ending]) -> None:
        for ending in endings:
            if isinstance(ending, Answer):
                for result in ending.results:
                    user = getattr(result, "user", None)
                    if user is not None and user.id > 0 and user.id not in self.users:
                        self.users.append(user.id)
                    media = getattr(result, "queued", None) or getattr(result, "media", None)
                    if media is not None and media.id > 0 and media.id not in self.media:
                        self.media.append(media.id)


def describe(value: Any) -> Any:
    if isinstance(value, Exception):
        return {"problem": type(value).__name__, **vars(value)}
    raise NotImplementedError


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


class Chance:
    """Random operations. A user is named by its place in the order of creation."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a trace, not a secret
        self.now_ms = 1_700_000_000_000

    def batch(self, known: int, media: int) -> list[dict[str, Any]]:
        self._media = media
        self.now_ms += self._random.randint(0, 5_000_000)
        return [self._request(known) for _ in range(self._random.choice([1, 1, 2, 5, 30]))]

    def _request(self, known: int) -> dict[str, Any]:
        pick = self._random
        repeated = pick.random() < 0.1
        return {
            "agency": pick.randint(1, AGENCIES),
            "operations": [self._operation(known) for _ in range(pick.choice([1, 1, 3, 20]))],
            "atomic": pick.random() < 0.2,
            "scope": str(pick.randint(1, 40)) if repeated else None,
            "content": pick.choice([b"x", b"x", b"y"]),
            "dry": pick.random() < 0.1,
        }

    def _operation(self, known: int) -> tuple[type[Operation], dict[str, Any]]:
        pick = self._random
        user = pick.randrange(known) if known and pick.random() < 0.9 else None
        external = pick.choice(EXTERNAL_IDS)
        matched = (str(pick.randint(1, 30)),) if pick.random() < 0.05 else None
        kind = pick.random()
        if kind < 0.65:
            name = {"id": user} if pick.random() < 0.3 else {"external_id": external}
            return PutUser, {**name, **self._put(), "if_match": matched}
        if kind < 0.8:
            return LinkUser, {"id": user, "external_id": external, "if_match": matched}
        if kind < 0.9:
            name = {"id": user} if pick.random() < 0.5 else {"external_id": external}
            return UnlinkUser, name
        if kind < 0.98:
            return self._of_media(external)
        return RegisterUser, {"name": "Elena", "phone": pick.choice(PHONES)}

    def _of_media(self, external: str) -> tuple[type[Operation], dict[str, Any]]:
        pick: Any = self._random
        one = {"medium": self._medium()}
        chosen: tuple[type[Operation], dict[str, Any]] = pick.choice(
            [
                (ImportMedia, {"url": "https://crm.example/1.jpg", "external_id": external}),
                (ImportMedia, {"url": "https://crm.example/2.jpg"}),
                (AwaitMedia, {"until_ms": self.now_ms, "external_id": external}),
                (ReceiveMedia, {**one, "source": "f.upload"}),
                (LinkMedia, {**one, "external_id": external}),
                (UnlinkMedia, one),
                (DeleteMedia, one),
                (DeleteMedia, {"external_id": external}),
            ]
        )
        return chosen

    def _medium(self) -> int | None:
        pick = self._random
        return pick.randrange(self._media) if self._media and pick.random() < 0.9 else None

    def _put(self) -> dict[str, Any]:
        pick: Any = self._random
        patch = Patch(
            name=pick.choice(["Ana", "Андрей", "Ștefan", UNSET]),
            phone=pick.choice([*PHONES, UNSET]),
            descriptions=pick.choice([{"ro": "bun"}, {"ru": "да", "ro": None}, UNSET]),
            instagram=pick.choice(["https://instagram.com/x", None, UNSET]),
            avatar=pick.choice([f"https://crm.example/{pick.randint(1, 9)}.jpg", None, UNSET]),
        )
        if pick.random() < 0.05:  # nothing new: of ids that are not stored SQLite gives out again
            kept = msgspec.structs.replace(patch, avatar=UNSET)
            return {"patch": kept, "mode": "update", "validate_only": True}
        return {
            "patch": patch,
            "mode": pick.choice(["upsert", "upsert", "upsert", "create", "update", "fill"]),
            "source_us": pick.choice([None, None, pick.randint(1, 1000)]),
            **({"shown": self._medium()} if pick.random() < 0.1 else {}),
        }


def build(side: Side, asked: dict[str, Any]) -> Request:
    operations = tuple(kind(**_named(side, values)) for kind, values in asked["operations"])
    scope = asked["scope"]
    return Request(
        caller=Caller(asked["agency"], 7, "run"),
        operations=operations,
        atomic=asked["atomic"],
        idempotency=Idempotency(scope, asked["content"]) if scope else None,
        render=lambda results: msgspec.json.encode(results, enc_hook=describe),
    )


def _named(side: Side, values: dict[str, Any]) -> dict[str, Any]:
    named = dict(values)
    if "id" in values:
        named["id"] = _nth(side.users, values["id"])
    if "medium" in values:
        named["id"] = _nth(side.media, named.pop("medium"))
    if "shown" in values:
        avatar = _nth(side.media, named.pop("shown"))
        named["patch"] = msgspec.structs.replace(values["patch"], avatar=avatar)
    return named


def _nth(ids: list[int], place: int | None) -> int:
    return NO_SUCH_ID if place is None else ids[place]


def answer(side: Side, asked: list[dict[str, Any]], now_ms: int) -> str:
    trials = [build(side, one) for one in asked if one["dry"] and not one["scope"]]
    rehearsed = [rehearse(side.store, one, now_ms).results for one in trials]
    endings = commit(side.store, [build(side, one) for one in asked], now_ms)
    for ending in endings:
        assert isinstance(ending, Answer | Problem), ending
    text = side.renamed([rehearsed, [_shown(ending) for ending in endings]])
    side.learn(endings)
    return text


def _shown(ending: Ending) -> Any:
    if isinstance(ending, Answer) and ending.remembered is not None:
        return ending.remembered.decode()
    return ending


def state(side: Side) -> str:
    agencies = range(1, AGENCIES + 1)
    users = [side.store.users(a, UserFilter(), 0, 10**6) for a in agencies]
    jobs = [
        side.store.job(user.agency_id, user.avatar_import.id, 10**15)
        for of_one in users
        for user in of_one
        if user.avatar_import
    ]
    changes = [side.store.changes(a, 0, 10**6) for a in agencies]
    media = [side.store.media(a, media_id) for a in agencies for media_id in side.media]
    listed = [side.store.users(a, UserFilter(words=("andrei",)), 0, 10**6) for a in agencies]
    return side.renamed([users, jobs, media, changes, listed])


@pytest.mark.slow  # 20,000 operations, twice
def test_both_answer_and_end_the_same(sides: list[Side]) -> None:
    chance, steps = Chance(SEED), 0
    while steps < STEPS:
        asked = chance.batch(len(sides[0].users), len(sides[0].media))
        first, second = (answer(side, asked, chance.now_ms) for side in sides)
        assert first == second, f"seed {SEED}, step {steps}"
        steps += sum(len(one["operations"]) for one in asked)
    first, second = map(state, sides)
    assert first == second
    assert len(sides[0].users) > 100
    assert len(sides[0].media) > 100
