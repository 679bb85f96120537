"""Runs of wrk, void when an answer was not a good one, a row was lost, or no key was needed.

What was sent is compared with what the contender's database holds, read behind its back.
"""

from __future__ import annotations

import json
import math
import random
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.contenders import Books, Contender, Names
from benchmarks.profiles import encode, external_id, profile
from benchmarks.seeds import AGENCIES, AGENTS

CONNECTIONS, WARM_UP_S = 64, 2
REST_S = 0.3  # a service that stores nothing for so long has come to rest
SAMPLES = 24  # requests of our own after each run, each looked at
STAYED_IN = 1000  # a PUT in so many, at most, meets the very name and phone that it sends
HERE = Path(__file__).parent
EFFECTS = {"put": 1, "same": 0, "get": 0, "bulk": 100, "bulk-core": 100}
"""How many rows a request of each kind changes; `mixed` is known by its parts."""

Figures = dict[str, float]
Run = Callable[[int], Figures]
"""A run of so many seconds."""


class Void(Exception):
    """A run that proves nothing: why."""


@dataclass(frozen=True)
class Load:
    """What wrk sends: of which agents (`first` to `last` of each agency), over what, how fast."""

    kind: str
    connections: int = CONNECTIONS
    first: int = 1
    last: int = AGENTS
    delay_ms: float = 0  # the mean time that a connection rests before each request


def loading(contender: Contender, load: Load) -> Run:
    """Runs of a load, after one that warms the contender up and proof that it asks for a key."""
    if contender.books:
        _check_guarded(contender)
    run_wrk(contender, load, WARM_UP_S)
    return lambda seconds: checked_run(contender, load, seconds)


def paced(contender: Contender, load: Load, per_s: float) -> Run:
    """Runs of a load that is slowed down to so many requests a second."""
    delay_ms = 1000 * load.connections / per_s
    for _ in range(2):  # the time of an answer is part of a connection's round
        found = run_wrk(contender, replace(load, delay_ms=delay_ms), WARM_UP_S)["per_s"]
        delay_ms += 1000 * load.connections * (1 / per_s - 1 / found)
        delay_ms = max(delay_ms, 1)
    return loading(contender, replace(load, delay_ms=delay_ms))


def checked_run(contender: Contender, load: Load, seconds: int) -> Figures:
    """One run, compared with the books.

    Raises:
        Void: they do not agree.
    """
    if contender.books is None or load.kind not in EFFECTS:
        return run_wrk(contender, load, seconds)
    counted = load.last <= AGENTS  # millions of names are not read, only the sum of the log
    names, changes = _wait_for_rest(contender.books, counted=counted)
    found = run_wrk(contender, load, seconds)
    sent = int(found["requests"]) * EFFECTS[load.kind]
    _check_sample(contender, load)
    names_after, changes_after = _wait_for_rest(contender.books, counted=counted)
    if contender.books.ours:
        _check_log(contender, load, sent, changes_after - changes)
    if counted:
        _check_rows(contender, load, sent, names, names_after)
    return found


def run_wrk(contender: Contender, load: Load, seconds: int) -> Figures:
    """Requests, and how fast they were answered.

    Raises:
        Void: one was answered with an error, or not at all.
    """
    threads = min(2, load.connections)
    options = [
        *("wrk", f"-t{threads}", f"-c{load.connections}", f"-d{seconds}s", "--timeout", "30s"),
        *("-s", str(HERE / "load.lua"), contender.address, "--"),
        *(str(contender.keys.with_name("words")), str(contender.keys), load.kind),
        *(str(load.first), str(load.last), str(load.delay_ms)),
    ]
    done = subprocess.run(options, capture_output=True, text=True, check=True)  # noqa: S603
    seen = json.loads(done.stdout.splitlines()[-1])
    faults = {name: seen[name] for name in ("status", "broken", "timeouts") if seen[name]}
    if faults or not seen["requests"]:
        raise Void(f"{contender.name}, {load.kind}: {faults or 'nothing was answered'}")
    per_s = seen["requests"] / seen["seconds"]
    return {
        "per_s": per_s,
        "operations_per_s": per_s * max(1, EFFECTS.get(load.kind, 1)),
        **{name: seen[name] for name in ("p50_ms", "p99_ms", "requests")},
    }


# ---- proofs


def _wait_for_rest(books: Books, *, counted: bool) -> tuple[Names, int]:
    """All names, and the sum of the log, once what wrk left unanswered is stored as well."""

    def look() -> tuple[Names, int]:
        return books.names() if counted else {}, books.changes() if books.ours else 0

    found, earlier = look(), None
    while found != earlier:
        time.sleep(REST_S)  # its rest is what is measured: two looks that far apart
        found, earlier = look(), found
    return found


def _check_guarded(contender: Contender) -> None:
    for key, refusals in (("rtx_live_1_no-such-key", {401}), ("", {401, 422})):
        status, _ = ask(contender, "PUT", "/users", key, encode(profile(1, 1)))
        if status not in refusals:
            raise Void(f"{contender.name} answers {status} to a PUT with the key {key!r}")


def _check_sample(contender: Contender, load: Load) -> None:
    """Send requests of our own and look at what came of each."""
    assert contender.books is not None
    callers = [line.split() for line in contender.keys.read_text().splitlines()]
    for number in range(SAMPLES):
        agency_id, key = random.choice(callers)  # noqa: S311 - a sample
        agent = random.randint(load.first, load.last)  # noqa: S311
        sent = profile(int(agency_id), agent)
        if EFFECTS[load.kind]:
            sent["name"] = f"Proba {number} {random.random()}"  # noqa: S311
        path = f"/users/external/{external_id(agent)}"
        asked = ("GET", path, key) if load.kind == "get" else ("PUT", "/users", key, encode(sent))
        status, answer = ask(contender, *asked)
        stored = contender.books.name_of(int(agency_id), external_id(agent))
        wanted = answer.get("name") if load.kind == "get" else sent["name"]
        if status not in {200, 201} or stored != wanted:
            raise Void(f"{contender.name}: {asked[0]} answers {status}, {stored!r} is stored")
        if load.kind == "same" and contender.books.ours and not answer.get("unchanged"):
            raise Void(f"{contender.name}: what is stored was put again and is {answer}")


def _check_log(contender: Contender, load: Load, sent: int, logged: int) -> None:
    """Each answered change is in the log, and no other but those in flight at the end."""
    effects = EFFECTS[load.kind]
    by_hand = SAMPLES if effects else 0
    fewest = sent - sent // STAYED_IN - 5 * bool(effects) + by_hand
    # Of this run and, when it came late to rest, of the one before.
    in_flight = 2 * load.connections * effects
    most = sent + in_flight + by_hand
    if not fewest <= logged <= most:
        raise Void(f"{contender.name}, {load.kind}: {sent} changes sent, {logged} in the log")


def _check_rows(contender: Contender, load: Load, sent: int, before: Names, after: Names) -> None:
    """As many rows as before, and about as many of them changed as so many random writes would."""
    if after.keys() != before.keys():
        raise Void(f"{contender.name}: {len(before)} rows before the run, {len(after)} after it")
    changed = sum(after[place] != name for place, name in before.items())
    rows = AGENCIES * (load.last - load.first + 1)
    expected = rows * (1 - math.exp(-sent / rows)) if sent else 0
    if changed < 0.9 * expected - SAMPLES or (changed and not EFFECTS[load.kind]):
        raise Void(f"{contender.name}, {load.kind}: {changed} rows changed, not {expected:.0f}")


def ask(
    contender: Contender, method: str, path: str, key: str, body: bytes | None = None
) -> tuple[int, dict[str, object]]:
    """One request: status and JSON."""
    headers = {"Content-Type": "application/json"} | ({"X-API-Key": key} if key else {})
    place = urlsplit(contender.address)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=60)
    try:
        connection.request(method, f"/api/v1{path}", body, headers)
        answer = connection.getresponse()
        content = json.loads(answer.read())
    finally:
        connection.close()
    return answer.status, content
