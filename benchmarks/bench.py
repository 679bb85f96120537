"""Measure the service beside what people would otherwise build: `make bench`.

Contenders take turns (ours, peer, ours, peer …), each from the same number of rows; a figure is the
median of the ratios of its pairs of runs. Load comes from wrk on the same machine.

    make bench                       # all of it
    make bench FIGURES=put_postgres,get
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import limits
from benchmarks.contenders import (
    Figures,
    load,
    rss_mib,
    seed,
    seed_peer_postgres,
    seed_peer_sqlite,
    serving_ours,
    serving_peer,
)
from benchmarks.report import GOALS, write_table
from rentix.store.cluster import Cluster, create_database, running_cluster
from rentix.store.migrate_postgres import migrate_postgres

RUNS, SECONDS, WARM_UP_S = 5, 6, 2
HERE = Path(__file__).parent
Run = Callable[[], Figures]


@dataclass
class Bench:
    """Where the contenders live, and what has been found."""

    folder: Path
    cluster: Cluster
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def keys(self) -> Path:
        """The file of the agencies' keys."""
        return self.folder / "keys"

    def fresh_postgres(self, name: str) -> tuple[str, str]:
        """A new database: the addresses of its administrator and of its service."""
        admin_url = create_database(self.cluster.admin_url, name)
        return admin_url, migrate_postgres(admin_url)

    def compare(self, name: str, measured: str, ours: Run, peer: Run) -> None:
        """Run both in turn and keep the median of the ratios of what was `measured`."""
        pairs = []
        for _ in range(RUNS):
            pairs.append((ours()[measured], peer()[measured]))
            print(f"{name}: {pairs[-1][0]:,.1f} : {pairs[-1][1]:,.1f} {measured}", file=sys.stderr)
        self.figures[name] = {
            "ratio": round(statistics.median(a / b for a, b in pairs), 2),
            "ours": round(statistics.median(a for a, _ in pairs), 1),
            "peer": round(statistics.median(b for _, b in pairs), 1),
            "unit": measured,
            "runs": [[round(a, 1), round(b, 1)] for a, b in pairs],
        }

    def note(self, name: str, value: float, unit: str) -> None:
        """Keep a figure that is compared with nothing."""
        self.figures[name] = {"ratio": None, "ours": round(value, 1), "peer": None, "unit": unit}


def loading(address: str, keys: Path, kind: str, **more: Any) -> Run:
    """A run of wrk, after one that warms the contender up."""
    load(address, keys, kind, WARM_UP_S, **more)
    return lambda: load(address, keys, kind, SECONDS, **more)


@contextmanager
def on_postgres(bench: Bench) -> Iterator[tuple[str, str, str]]:
    """Our service, the ORM peer and the row-by-row peer, each on a database of its own."""
    with ExitStack() as stack:
        _, url = bench.fresh_postgres("ours")
        seed(url, bench.keys)
        address, _ = stack.enter_context(serving_ours(url))
        peers = []
        for name in ("orm", "rowwise"):
            admin = create_database(bench.cluster.admin_url, name)
            spelled = admin.replace("://", "+asyncpg://") if name == "orm" else admin
            peers.append(stack.enter_context(serving_peer(name, spelled)))
            seed_peer_postgres(admin, bench.keys)
        yield (address, *peers)  # type: ignore[misc]


def put_postgres(bench: Bench) -> None:
    """Single writes and reads on PostgreSQL."""
    with on_postgres(bench) as (ours, orm, rowwise), serving_peer("hello", "none") as hello:
        put = loading(ours, bench.keys, "put")
        bench.compare("put_postgres_vs_orm", "per_s", put, loading(orm, bench.keys, "put"))
        bench.compare("put_postgres_vs_rowwise", "per_s", put, loading(rowwise, bench.keys, "put"))
        admin_url, _ = bench.fresh_postgres("bare")
        pgbench = limits.pgbench(bench.cluster, admin_url, bench.folder, SECONDS)
        bench.compare("put_postgres_vs_pgbench", "per_s", put, pgbench)
        alone = {"connections": 1}
        bench.compare(
            "lone_put_vs_rowwise",
            "p50_ms",
            loading(ours, bench.keys, "put", **alone),
            loading(rowwise, bench.keys, "put", **alone),
        )
        same = loading(ours, bench.keys, "same", agents=20)
        bench.compare("put_unchanged_vs_changed", "per_s", same, put)
        get, raw = loading(ours, bench.keys, "get"), loading(hello, bench.keys, "get")
        bench.compare("get_postgres_vs_raw", "per_s", get, raw)
        bench.compare("get_postgres_vs_orm", "per_s", get, loading(orm, bench.keys, "get"))


def bulk(bench: Bench) -> None:
    """Bulks of 100 on PostgreSQL from four connections."""
    few = {"connections": 4}
    with on_postgres(bench) as (ours, orm, _):
        run = loading(ours, bench.keys, "bulk", **few)
        bench.compare("bulk_vs_orm_loop", "per_s", run, loading(orm, bench.keys, "bulk", **few))
        core = loading(orm, bench.keys, "bulk-core", **few)
        bench.compare("bulk_vs_orm_core", "per_s", run, core)


def put_sqlite(bench: Bench) -> None:
    """Single writes and reads on SQLite."""
    with ExitStack() as stack:
        seed(bench.folder / "data", bench.keys)
        ours, pid = stack.enter_context(serving_ours(bench.folder / "data"))
        peers = {}
        for name in ("orm", "rowwise"):
            path = bench.folder / f"{name}.db"
            spelled = f"sqlite+aiosqlite:///{path}" if name == "orm" else str(path)
            peers[name] = stack.enter_context(serving_peer(name, spelled))
            seed_peer_sqlite(path, bench.keys)
        hello = stack.enter_context(serving_peer("hello", "none"))
        put = loading(ours, bench.keys, "put")
        bench.compare("put_sqlite_vs_orm", "per_s", put, loading(peers["orm"], bench.keys, "put"))
        lean = loading(peers["rowwise"], bench.keys, "put")
        bench.compare("put_sqlite_vs_rowwise", "per_s", put, lean)
        get, raw = loading(ours, bench.keys, "get"), loading(hello, bench.keys, "get")
        bench.compare("get_sqlite_vs_raw", "per_s", get, raw)
        peak = bench.figures["put_sqlite_vs_orm"]["ours"]
        half_ms = 1000 * 64 / (peak / 2)
        calm = loading(ours, bench.keys, "put", delay_ms=half_ms)
        loop = limits.commit_loop(bench.folder / "bare.db", SECONDS)
        bench.compare("put_p99_vs_commit", "p99_ms", calm, loop)
        bench.note("rss_mib", rss_mib(pid), "MiB")


FIGURES: dict[str, Callable[[Bench], None]] = {
    "put_sqlite": put_sqlite,
    "put_postgres": put_postgres,
    "bulk": bulk,
}


def describe_machine() -> dict[str, Any]:
    """What all of it was measured on."""
    cpu = next(
        line.split(":")[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    memory_kb = int(Path("/proc/meminfo").read_text().split()[1])
    return {"cpu": cpu, "cores": len(cpu_ids()), "memoryGib": round(memory_kb / 2**20)}


def cpu_ids() -> set[int]:
    """The cores that this process may use."""
    import os  # noqa: PLC0415 - for this alone

    return os.sched_getaffinity(0)


def main() -> None:
    """Measure, write benchmarks/results/<date>.json and the table of the README."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--figures", default=",".join(FIGURES), help="which groups, by commas")
    chosen = parser.parse_args().figures.split(",")
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed: apt-get install wrk")
    with (
        tempfile.TemporaryDirectory() as folder,
        running_cluster(Path(folder) / "pg", {"max_connections": "300"}) as cluster,
    ):
        bench = Bench(Path(folder), cluster)
        for group in chosen:
            FIGURES[group](bench)
            for name in ("ours", "orm", "rowwise", "bare"):
                limits.drop(cluster, name)
        versions = {"python": platform.python_version(), "postgres": limits.server_version(cluster)}
        shutil.rmtree(cluster.directory)
    versions |= {name: version(name) for name in ("rentix", "fastapi", "sqlalchemy", "asyncpg")}
    result = {"machine": describe_machine(), "versions": versions, "figures": bench.figures}
    path = HERE / "results" / f"{datetime.now(UTC):%Y-%m-%d}.json"
    if path.exists():  # groups measured before, on the same day, stay
        result["figures"] = json.loads(path.read_text())["figures"] | bench.figures
    path.write_text(json.dumps(result, indent=2) + "\n")
    write_table(HERE / "README.md", result["figures"])
    for name, figure in bench.figures.items():
        print(f"{name:28} {figure['ratio'] or figure['ours']:>8}   goal {GOALS.get(name, '-')}")


if __name__ == "__main__":
    main()
