"""Single writes and reads of 5,000,000 users beside those of 10,000."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.contenders import Contender, books_of, serving_ours
from benchmarks.loading import loading
from benchmarks.runs import Bench
from benchmarks.seeds import AGENCIES, AGENTS, grow, seed, settle_postgres
from benchmarks.wrk import Load
from rentix.store.migrate_postgres import migrate_postgres

MANY = 50_000  # agents of each agency
CONNECTIONS = 8  # fewer than saturate two cores: a median tells the time of work, not of waiting


def growth_sqlite(bench: Bench) -> None:
    """On SQLite."""
    with ExitStack() as stack:
        few, many = (
            _serve_on_sqlite(bench, stack, stack.enter_context(bench.place()), agents)
            for agents in (AGENTS, MANY)
        )
        _compare(bench, "sqlite", few, many)


def growth_postgres(bench: Bench) -> None:
    """On PostgreSQL."""
    with ExitStack() as stack:
        few, many = (
            _serve_on_postgres(bench, stack, stack.enter_context(bench.database(name)), agents)
            for name, agents in (("few", AGENTS), ("many", MANY))
        )
        _compare(bench, "postgres", few, many)


def _compare(bench: Bench, database: str, few: Contender, many: Contender) -> None:
    for kind in ("put", "get"):
        load = Load(kind, CONNECTIONS, last=MANY)
        ours, peer = loading(many, load), loading(few, Load(kind, CONNECTIONS))
        bench.compare(f"growth_{kind}_{database}", "p50_ms", ours, peer)


def _serve_on_sqlite(bench: Bench, stack: ExitStack, folder: Path, agents: int) -> Contender:
    data, keys = folder / "data", bench.keys(f"sqlite-{agents}")
    seed(data, keys)
    if agents > AGENTS:
        _grow_timed(data, agents)
    return stack.enter_context(serving_ours(data, keys, books_of(data)))


def _serve_on_postgres(bench: Bench, stack: ExitStack, admin_url: str, agents: int) -> Contender:
    url, keys = migrate_postgres(admin_url), bench.keys(f"postgres-{agents}")
    seed(url, keys)
    settle_postgres(admin_url)
    if agents > AGENTS:
        _grow_timed(admin_url, agents)
    return stack.enter_context(serving_ours(url, keys, books_of(url, admin_url)))


def _grow_timed(place: Path | str, agents: int) -> None:
    began = time.monotonic()
    grow(place, AGENCIES, agents)
    seconds = time.monotonic() - began
    print(f"{AGENCIES * agents:,} users took {seconds:.0f} s to make", file=sys.stderr)
