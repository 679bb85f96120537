"""What makes a run void: a key that is not needed, a lost row, an answer that is not true.

What was sent is compared with what the contender's database holds, read behind its back.
"""

from __future__ import annotations

import math
import random
from typing import Any

from benchmarks.asking import ask
from benchmarks.contenders import Contender, Names, Subject
from benchmarks.homes import listing
from benchmarks.listing_proofs import check_listing
from benchmarks.profiles import encode, external_id, profile
from benchmarks.samples import Sample
from benchmarks.wrk import Load, Void

SAMPLES = 24  # requests of our own after each run, each looked at
STAYED_IN = 1000  # a PUT in so many, at most, meets the very name and phone that it sends
_FIRST: dict[Subject, tuple[str, dict[str, Any]]] = {
    "user": ("/users", profile(1, 1)),
    "listing": ("/listings", listing(1, 1)),
}
_WRONG_KEYS = (("rtx_live_1_no-such-key", {401}), ("", {401, 422}))


def check_guarded(contender: Contender, subject: Subject = "user") -> None:
    """A wrong key is refused, and so is none."""
    path, sent = _FIRST[subject]
    for key, refusals in _WRONG_KEYS:
        status, _ = ask(contender, "PUT", path, key, encode(sent))
        if status not in refusals:
            raise Void(f"{contender.name} answers {status} to a PUT with the key {key!r}")


def check_sample(contender: Contender, load: Load) -> None:
    """Send requests of our own and look at what came of each."""
    callers = [line.split() for line in contender.keys.read_text().splitlines()]
    for _ in range(SAMPLES):
        agency_id, key = random.choice(callers)  # noqa: S311 - a sample
        number = random.randint(load.first, load.last)  # noqa: S311
        sample = Sample(int(agency_id), key, number)
        if load.subject == "listing":
            check_listing(contender, load.kind, sample)
        else:
            _check_user(contender, load, sample)


def _check_user(contender: Contender, load: Load, sample: Sample) -> None:
    assert contender.books is not None
    agent = external_id(sample.number)
    sent = profile(sample.agency_id, sample.number)
    if load.effects:
        sent["name"] = f"Proba {random.random()}"  # noqa: S311
    path = f"/users/external/{agent}"
    asked = ("GET", path) if load.kind == "get" else ("PUT", "/users")
    status, answer = ask(contender, *asked, sample.key, encode(sent) if asked[0] == "PUT" else None)
    stored = contender.books.name_of(sample.agency_id, agent)
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
