"""Writes and reads of 10,000 users, beside the peers and the limits."""

from __future__ import annotations

import statistics
from dataclasses import replace

from benchmarks import limits
from benchmarks.contenders import Contender, memory_mib, serving_peer
from benchmarks.loading import loading, paced
from benchmarks.runs import Bench, Contenders, on_postgres, on_sqlite
from benchmarks.seeds import AGENTS, restore
from benchmarks.wrk import WARM_UP_S, Figures, Load, run_wrk
from rentix.store.migrate_postgres import migrate_postgres

PUT, GET = Load("put"), Load("get")
LONE = Load("put", connections=1)
BULK = Load("bulk", connections=4)
HALF = AGENTS // 2


def put_sqlite(bench: Bench) -> None:
    """Single writes on SQLite, at peak and at half of it."""
    with on_sqlite(bench, "orm", "rowwise") as found:
        _put_against_peers(bench, found, "put_sqlite")
        _put_at_half(bench, found["ours"], bench.figures["put_sqlite_vs_orm"]["ours"])
        _note_memory(bench, "rss_mib_sqlite", found["ours"])


def _put_at_half(bench: Bench, ours: Contender, peak: float) -> None:
    calm, reached = paced(ours, PUT, peak / 2), []

    def run(seconds: int) -> Figures:
        found = calm(seconds)
        reached.append(found["per_s"])
        return found

    loop = limits.commit_loop(bench.folder / "bare.db")
    bench.compare("put_p99_vs_commit", "p99_ms", run, loop)
    offered = {"peak_per_s": round(peak), "offered_per_s": round(statistics.median(reached))}
    bench.figures["put_p99_vs_commit"] |= offered


def put_postgres(bench: Bench) -> None:
    """Single writes on PostgreSQL, and those that change nothing."""
    with on_postgres(bench, "orm", "rowwise") as found, bench.database("bare") as bare:
        ours = found["ours"]
        _put_against_peers(bench, found, "put_postgres")
        migrate_postgres(bare)
        pgbench = limits.pgbench(bench.cluster, bare, bench.folder)
        bench.compare("put_postgres_vs_pgbench", "per_s", loading(ours, PUT), pgbench)
        assert ours.place is not None
        restore(ours.place)
        # Each has half of the agents, so that those that stay the same do stay the same.
        same = loading(ours, Load("same", last=HALF))
        changing = loading(ours, Load("put", first=HALF + 1))
        bench.compare("put_unchanged_vs_changed", "per_s", same, changing)
        _note_memory(bench, "rss_mib_postgres", ours)


def _put_against_peers(bench: Bench, found: Contenders, name: str) -> None:
    for peer in ("orm", "rowwise"):
        ours, theirs = loading(found["ours"], PUT), loading(found[peer], PUT)
        bench.compare(f"{name}_vs_{peer}", "per_s", ours, theirs)


def get(bench: Bench) -> None:
    """Reads by external id, on both databases."""
    keys = bench.keys("sqlite")
    with on_sqlite(bench, "orm") as found, serving_peer("hello", "none", keys) as hello:
        bench.compare(
            "get_sqlite_vs_raw", "per_s", loading(found["ours"], GET), loading(hello, GET)
        )
        ours, orm = loading(found["ours"], GET), loading(found["orm"], GET)
        bench.compare("get_sqlite_vs_orm", "per_s", ours, orm)
    keys = bench.keys("postgres")
    with on_postgres(bench, "orm") as found, serving_peer("hello", "none", keys) as hello:
        ours = loading(found["ours"], GET)
        bench.compare("get_postgres_vs_raw", "per_s", ours, loading(hello, GET))
        bench.compare("get_postgres_vs_orm", "per_s", ours, loading(found["orm"], GET))


def bulk(bench: Bench) -> None:
    """Bulks of 100 on PostgreSQL from four connections."""
    with on_postgres(bench, "orm") as found:
        ours = loading(found["ours"], BULK)
        bench.compare("bulk_vs_orm_loop", "operations_per_s", ours, loading(found["orm"], BULK))
        core = loading(found["orm"], replace(BULK, kind="bulk-core"))
        bench.compare("bulk_vs_orm_core", "operations_per_s", ours, core)


def lone(bench: Bench) -> None:
    """One connection, which has nobody to share a commit with."""
    for name, on in (("lone_put", on_postgres), ("lone_put_sqlite", on_sqlite)):
        with on(bench, "rowwise") as found:
            ours, rowwise = loading(found["ours"], LONE), loading(found["rowwise"], LONE)
            bench.compare(f"{name}_vs_rowwise", "p50_ms", ours, rowwise)


def _note_memory(bench: Bench, name: str, ours: Contender) -> None:
    """What the process has after all kinds of work."""
    for load in (GET, BULK, PUT):
        run_wrk(ours, load, WARM_UP_S)
    bench.note(name, [memory_mib(ours.pid)], "MiB", WARM_UP_S)
