"""What makes a run void: a key that is not needed, a lost row, an answer that is not true.

What was sent is compared with what the contender's database holds, read behind its back.
"""

from __future__ import annotations

import json
import math
import random
from http.client import HTTPConnection
from urllib.parse import urlsplit

from benchmarks.contenders import Contender, Names
from benchmarks.profiles import encode, external_id, profile
from benchmarks.wrk import Load, Void

SAMPLES = 24  # requests of our own after each run, each looked at
STAYED_IN = 1000  # a PUT in so many, at most, meets the very name and phone that it sends
_WRONG_KEYS = (("rtx_live_1_no-such-key", {401}), ("", {401, 422}))


def check_guarded(contender: Contender) -> None:
    """A wrong key is refused, and so is none."""
    for key, refusals in _WRONG_KEYS:
        status, _ = ask(contender, "PUT", "/users", key, encode(profile(1, 1)))
        if status not in refusals:
            raise Void(f"{contender.name} answers {status} to a PUT with the key {key!r}")


def check_sample(contender: Contender, load: Load) -> None:
    """Send requests of our own and look at what came of each."""
    assert contender.books is not None
    callers = [line.split() for line in contender.keys.read_text().splitlines()]
    for number in range(SAMPLES):
        agency_id, key = random.choice(callers)  # noqa: S311 - a sample
        agent = random.randint(load.first, load.last)  # noqa: S311
        sent = profile(int(agency_id), agent)
        if load.effects:
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


def check_log(contender: Contender, load: Load, sent: int, logged: int) -> None:
    """Each answered change is in the log, and no other but those in flight at the end."""
    by_hand = SAMPLES if load.effects else 0
    fewest = sent - sent // STAYED_IN - 5 * bool(load.effects) + by_hand
    # Of this run and, when it came late to rest, of the one before.
    in_flight = 2 * load.connections * load.effects
    most = sent + in_flight + by_hand
    if not fewest <= logged <= most:
        raise Void(f"{contender.name}, {load.kind}: {sent} changes sent, {logged} in the log")


def check_rows(who: str, sent: int, aimed_at: int, before: Names, after: Names) -> None:
    """As many rows as before, and about as many of them changed as so many random writes would.

    `aimed_at` is how many rows the `sent` changes could have met.
    """
    if after.keys() != before.keys():
        raise Void(f"{who}: {len(before)} rows before the run, {len(after)} after it")
    changed = sum(after[place] != name for place, name in before.items())
    expected = aimed_at * (1 - math.exp(-sent / aimed_at))
    if changed < 0.9 * expected - SAMPLES or (changed and not sent):
        raise Void(f"{who}: {changed} rows changed, not {expected:.0f}")


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
