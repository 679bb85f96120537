"""Processor time of what needs no store: bodies to operations, outcomes and users to answers.

python -m benchmarks.reading    prints the microseconds of each, the best of several rounds
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from rentix.api import bulk
from rentix.model import Phone, Settings, User
from rentix.operations import Outcome
from rentix.rules.phones import read_phones
from rentix.rules.puts import read_put_bytes
from rentix.rules.search import search_key
from rentix.rules.steering import Terms
from rentix.wire.answers import bulk_answer, encode, put_answer
from rentix.wire.profiles import profile

COUNT, ROUNDS, OPERATIONS = 500, 5, 100
TERMS = Terms("MD", "ro")
MOBILE = Phone("+37369123456", "+373 691 23 456", "mobile")
DESCRIPTION = "Cunoaște bine cartierele de la Botanica până la Ciocana. " * 6 + "Română, rusă."


def members(n: int) -> str:
    """What `load.lua` sends of an agent."""
    return (
        f'"externalId":"agent-{n}","name":"Ana Munteanu {n}",'
        f'"phone":"+373 69 {n % 1000:03d} {n * 7 % 1000:03d}","description":"{DESCRIPTION}",'
        '"settings":{"contact_telegram":true,"contact_viber":false}'
    )


def make_outcome(n: int) -> Outcome:
    """What comes of a PUT that gave an agent another name."""
    at_ms = 1_750_000_000_000 + 1009 * n
    user = User(
        id=n + 1,
        agency_id=1,
        external_id=f"agent-{n}",
        name=f"Ana Munteanu {n}",
        phone=MOBILE,
        descriptions={"ro": DESCRIPTION},
        settings=Settings(contact_viber=False),
        version=n + 7,
        created_ms=at_ms,
        updated_ms=at_ms + 1,
        synced_ms=at_ms + 1,
    )
    return Outcome(verb="updated", user=user)


def read_bulk(body: bytes) -> None:
    """Read a whole bulk as its handler does."""
    found, _ = bulk._read_body(body)  # noqa: SLF001
    read_one = partial(bulk._read, terms=TERMS)  # noqa: SLF001
    asyncio.run(bulk._read_operations(found.operations, read_one))  # noqa: SLF001


def cost(work: Callable[[Any], object], things: Sequence[Any], forget: Sequence[Any] = ()) -> float:
    """Microseconds of `work` for each of `things`, with what is remembered forgotten before."""
    best = float("inf")
    for _ in range(ROUNDS):
        for remembering in forget:
            remembering.cache_clear()
        began = time.process_time()
        for thing in things:
            work(thing)
        best = min(best, (time.process_time() - began) / len(things))
    return best * 1e6


def main() -> None:
    """Measure and print."""
    bodies = [f"{{{members(n)}}}".encode() for n in range(COUNT)]
    upserts = [f'{{"op":"upsert",{members(n)}}}' for n in range(COUNT)]
    bulks = [
        ('{"operations":[' + ",".join(upserts[at : at + OPERATIONS]) + "]}").encode()
        for at in range(0, COUNT, OPERATIONS)
    ]
    outcomes = [make_outcome(n) for n in range(COUNT)]
    ops = ["upsert"] * OPERATIONS
    phones = [f"+373 69 {n:03d} {n:03d}" for n in range(COUNT)]
    local = [f"069 {n:03d} {n:03d}" for n in range(COUNT)]
    figures = {
        "PUT read, phone new": cost(read_one, bodies, [read_phones]),
        "PUT read, phone known": cost(read_one, bodies),
        "phone read first, +373 69 123 456": cost(read_phone, phones, [read_phones]),
        "phone read first, 069 123 456": cost(read_phone, local, [read_phones]),
        "search key of a new name": cost(
            search_key, [f"Ana Munteanu {n}" for n in range(COUNT)], [search_key]
        ),
        "PUT answered": cost(lambda outcome: encode(put_answer(outcome)), outcomes),
        "profile answered": cost(lambda outcome: encode(profile(outcome.user)), outcomes),
        "bulk of 100 read, phones new": cost(read_bulk, bulks, [read_phones]),
        "bulk of 100 read, phones known": cost(read_bulk, bulks),
        "bulk of 100 answered": cost(
            lambda part: encode(bulk_answer(ops, part)),
            [outcomes[at : at + OPERATIONS] for at in range(0, COUNT, OPERATIONS)],
        ),
    }
    for label, microseconds in figures.items():
        print(f"{label:36}{microseconds:10.1f}")


def read_one(body: bytes) -> object:
    """Read a PUT as its handler does."""
    return read_put_bytes(body, TERMS)


def read_phone(text: str) -> object:
    """Read a phone as of an agency in Moldova."""
    return read_phones(text, "MD")


if __name__ == "__main__":
    main()
