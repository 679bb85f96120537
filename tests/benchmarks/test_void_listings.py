"""A run about listings is void: an answer, or a page, does not say what is stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from benchmarks.asking import send
from benchmarks.contenders import Books, Contender, Row
from benchmarks.homes import listing, listing_id
from benchmarks.loading import checked_run
from benchmarks.profiles import encode, profile
from benchmarks.proofs import check_guarded
from benchmarks.wrk import Figures, Load, Void
from tests.benchmarks.serving import serving

KEY, LISTINGS = "rtx_live_1_right", 20
PUT = Load("listing-put", connections=1, last=LISTINGS)
GET, PAGE = replace(PUT, kind="listing-get"), replace(PUT, kind="page")


class Fake:
    """A portal of one agency, and how it may go wrong."""

    def __init__(self) -> None:
        numbers = range(1, LISTINGS + 1)
        self.prices: dict[str, Any] = {
            listing_id(n): listing(1, n)["announcementValue"] for n in numbers
        }
        self.ids = {name: n for n, name in enumerate(self.prices, 1)}
        self.agents = {n: str(profile(1, n)["name"]) for n in numbers}
        self.shown = dict(self.agents)
        self.files = "[1, 2, 3]"
        self.photos = 3
        self.logged = 0
        self.open = False
        self.imports_anew = False

    def put(self, sent: dict[str, Any]) -> dict[str, Any]:
        self.prices[sent["externalId"]] = sent["announcementValue"]
        self.logged += 1
        if self.imports_anew:
            self.files = f"[{self.logged}]"
        return {"externalId": sent["externalId"], "updated": True}

    def answer(self, statement: str) -> list[Row]:
        """What an administrator would read."""
        if "seq" in statement:
            return [(self.logged,)]
        if "portal_user" in statement:
            name = statement.split("'")[-2]
            number = self.ids[name]
            return [(number, self.prices[name], self.files, self.agents[number])]
        return [(1, name, str(price)) for name, price in self.prices.items()]


class Handler(BaseHTTPRequestHandler):
    fake: Fake

    def do_PUT(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["X-API-Key"] == KEY or self.fake.open:
            self.reply(200, json.dumps(self.fake.put(sent)))
        else:
            self.reply(401, "{}")

    def do_GET(self) -> None:
        name = self.path.rsplit("/", 1)[1]
        if self.path.startswith("/announcement/"):
            self.reply(200, f"<p>{self.fake.shown[int(name)]}")
            return
        number = self.fake.ids[name]
        members = {
            "id": number,
            "formData": {"announcementValue": self.fake.prices[name]},
            "user": {"name": self.fake.shown[number]},
            "files": [{}] * self.fake.photos,
        }
        self.reply(200, json.dumps(members))

    def reply(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def fake() -> Fake:
    return Fake()


@pytest.fixture
def contender(fake: Fake, tmp_path: Path) -> Iterator[Contender]:
    keys = tmp_path / "keys"
    keys.write_text(f"1 {KEY}\n")
    with serving(type("Bound", (Handler,), {"fake": fake})) as address:
        yield Contender("fake", address, 0, keys, Books(fake.answer, ours=True))


def putting(contender: Contender) -> Callable[[], Figures]:
    """What wrk would send: PUTs, each with another price."""

    def run() -> Figures:
        for number in range(1, LISTINGS + 1):
            sent = listing(1, number) | {"announcementValue": 7 + number}
            send(contender, "PUT", "/api/v1/listings", KEY, encode(sent))
        return {"requests": LISTINGS}

    return run


def reading() -> Figures:
    """What wrk would say of reads, which leave no trace."""
    return {"requests": 9}


def test_runs_that_agree_with_the_books_count(contender: Contender) -> None:
    assert checked_run(contender, PUT, putting(contender), 0) == {"requests": LISTINGS}
    assert checked_run(contender, GET, reading, 0) == {"requests": 9}
    assert checked_run(contender, PAGE, reading, 0) == {"requests": 9}


def test_a_lost_listing_is_void(contender: Contender, fake: Fake) -> None:
    def run() -> Figures:
        found = putting(contender)()
        del fake.prices[listing_id(1)]
        return found

    with pytest.raises(Void, match="20 rows before the run, 19 after it"):
        checked_run(contender, replace(PUT, first=2), run, 0)


def test_prices_that_are_not_logged_are_void(contender: Contender, fake: Fake) -> None:
    def run() -> Figures:
        found = putting(contender)()
        fake.logged = 0
        return found

    with pytest.raises(Void, match="20 changes sent, 24 in the log"):
        checked_run(contender, PUT, run, 0)


def test_photos_that_are_imported_again_are_void(contender: Contender, fake: Fake) -> None:
    fake.imports_anew = True
    with pytest.raises(Void, match=r"was put, and .* is .*"):
        checked_run(contender, PUT, putting(contender), 0)


def test_a_listing_read_without_its_photos_is_void(contender: Contender, fake: Fake) -> None:
    fake.photos = 2
    with pytest.raises(Void, match="GET answers 200"):
        checked_run(contender, GET, reading, 0)


@pytest.mark.parametrize("load", [GET, PAGE])
def test_whoever_shows_another_agent_than_is_stored_is_void(
    contender: Contender, fake: Fake, load: Load
) -> None:
    fake.agents = dict.fromkeys(fake.agents, "Ion Ursu")
    with pytest.raises(Void, match="Ion Ursu"):
        checked_run(contender, load, reading, 0)


def test_a_key_that_is_not_needed_is_void(contender: Contender, fake: Fake) -> None:
    check_guarded(contender, "listing")
    fake.open = True
    with pytest.raises(Void, match="answers 200 to a PUT with the key"):
        check_guarded(contender, "listing")
