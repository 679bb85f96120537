"""A run is void: a row is lost, the log does not grow, no key is needed, wrk met an error."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from benchmarks.asking import ask
from benchmarks.contenders import Books, Contender, Row
from benchmarks.loading import checked_run
from benchmarks.profiles import encode, external_id, profile
from benchmarks.proofs import check_guarded, check_log, check_rows
from benchmarks.wrk import Figures, Load, Void, read_figures
from tests.benchmarks.serving import serving

KEY, AGENTS = "rtx_live_1_right", 20
PUT = Load("put", connections=1, last=AGENTS)
SENT = 40


class Fake:
    """A contender of one agency: what it stores, what it logs, and how it may go wrong."""

    def __init__(self) -> None:
        self.names = {external_id(n): str(profile(1, n)["name"]) for n in range(1, AGENTS + 1)}
        self.logged = 0
        self.open = False
        self.forgets = False

    def put(self, user: str, name: str) -> dict[str, Any]:
        unchanged = self.names[user] == name
        if not self.forgets:
            self.names[user] = name
        self.logged += not unchanged
        return {"externalId": user, "unchanged": unchanged}

    def answer(self, statement: str) -> list[Row]:
        """What an administrator would read."""
        if "seq" in statement:
            return [(self.logged,)]
        if "AND external_id" in statement:
            return [(self.names[statement.split("'")[1]],)]
        return [(1, user, name) for user, name in self.names.items()]


class Handler(BaseHTTPRequestHandler):
    fake: Fake

    def do_PUT(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["X-API-Key"] == KEY or self.fake.open:
            self.reply(200, self.fake.put(sent["externalId"], sent["name"]))
        else:
            self.reply(401, {})

    def do_GET(self) -> None:
        self.reply(200, {"name": self.fake.names[self.path.rsplit("/", 1)[1]]})

    def reply(self, status: int, members: dict[str, Any]) -> None:
        body = json.dumps(members).encode()
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
    """What wrk would send: PUTs, each with another name."""

    def run() -> Figures:
        for number in range(SENT):
            sent = profile(1, 1 + number % AGENTS) | {"name": f"Ana {number}"}
            ask(contender, "PUT", "/users", KEY, encode(sent))
        return {"requests": SENT}

    return run


def test_a_run_that_agrees_with_the_books_counts(contender: Contender) -> None:
    assert checked_run(contender, PUT, putting(contender), 0)["requests"] == SENT


def test_reads_and_puts_of_the_same_change_nothing(contender: Contender) -> None:
    for kind in ("get", "same"):
        load = replace(PUT, kind=kind)
        assert checked_run(contender, load, lambda: {"requests": 9}, 0) == {"requests": 9}


def test_a_lost_row_is_void(contender: Contender, fake: Fake) -> None:
    def run() -> Figures:
        found = putting(contender)()
        del fake.names[external_id(1)]
        return found

    load = replace(PUT, first=2)  # the sample asks for none that is lost
    with pytest.raises(Void, match="20 rows before the run, 19 after it"):
        checked_run(contender, load, run, 0)


def forgetting_the_log(contender: Contender, fake: Fake) -> Callable[[], Figures]:
    def run() -> Figures:
        found = putting(contender)()
        fake.logged = 0
        return found

    return run


def test_a_log_that_did_not_grow_is_void(contender: Contender, fake: Fake) -> None:
    with pytest.raises(Void, match="40 changes sent, 24 in the log"):
        checked_run(contender, PUT, forgetting_the_log(contender, fake), 0)


def test_a_log_of_a_peer_is_not_asked_for(contender: Contender, fake: Fake) -> None:
    peer = replace(contender, books=Books(fake.answer, ours=False))
    assert checked_run(peer, PUT, forgetting_the_log(peer, fake), 0)


def test_an_answer_that_is_not_what_is_stored_is_void(contender: Contender, fake: Fake) -> None:
    fake.forgets = True
    with pytest.raises(Void, match=r"PUT answers 200, '.+' is stored"):
        checked_run(contender, PUT, putting(contender), 0)


def test_a_put_of_the_same_that_changes_is_void(contender: Contender, fake: Fake) -> None:
    fake.names = dict.fromkeys(fake.names, "Another")
    with pytest.raises(Void, match="what is stored was put again"):
        checked_run(contender, replace(PUT, kind="same"), lambda: {"requests": 9}, 0)


def test_the_log_grows_by_what_was_sent(contender: Contender) -> None:
    """By 1000 and the sample's 24; a few met the name they sent, the last was not counted."""
    for logged in (1018, 1024, 1026):
        check_log(contender, PUT, 1000, logged)
    for logged in (1017, 1027):
        with pytest.raises(Void, match="1000 changes sent"):
            check_log(contender, PUT, 1000, logged)


def test_too_few_changed_rows_are_void() -> None:
    before = {(1, str(n)): "Ana" for n in range(1000)}
    renamed = dict.fromkeys(list(before)[:600], "Ion")
    check_rows("fake", 1000, 1000, before, before | renamed)  # by chance, 632 of them are met
    with pytest.raises(Void, match="500 rows changed, not 632"):
        check_rows("fake", 1000, 1000, before, before | dict(list(renamed.items())[:500]))
    with pytest.raises(Void, match="600 rows changed, not 0"):
        check_rows("fake", 0, 1000, before, before | renamed)


def test_a_key_that_is_not_needed_is_void(contender: Contender, fake: Fake) -> None:
    check_guarded(contender)
    fake.open = True
    with pytest.raises(Void, match="answers 200 to a PUT with the key 'rtx_live_1_no-such-key'"):
        check_guarded(contender)


@pytest.mark.parametrize("fault", [{"status": 1}, {"broken": 1}, {"timeouts": 1}, {"requests": 0}])
def test_errors_that_wrk_met_are_void(contender: Contender, fault: dict[str, int]) -> None:
    seen = {"requests": 10, "seconds": 2.0, "status": 0, "broken": 0, "timeouts": 0}
    seen |= {"p50_ms": 1.0, "p99_ms": 2.0}
    assert read_figures(f"said\n{json.dumps(seen)}\n", contender, PUT)["per_s"] == 5
    with pytest.raises(Void, match="fake, put"):
        read_figures(json.dumps(seen | fault), contender, PUT)
