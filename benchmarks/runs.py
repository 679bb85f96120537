"""What every group of figures needs: contenders beside each other, and turns."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.contenders import Books, Contender, books_of, serving_ours, serving_peer
from benchmarks.seeds import seed, seed_peer_postgres, seed_peer_sqlite, settle_postgres
from benchmarks.wrk import Run
from rentix.store.cluster import Cluster, create_database, drop_database
from rentix.store.migrate_postgres import migrate_postgres

RUNS, SECONDS = 5, 5
DIGITS = 3

Contenders = dict[str, Contender]


@dataclass
class Bench:
    """Where the contenders live, how long they run, and what has been found."""

    folder: Path
    cluster: Cluster
    runs: int = RUNS
    seconds: int = SECONDS
    commit: str = "unknown"
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)

    @contextmanager
    def database(self, name: str) -> Iterator[str]:
        """An empty database on PostgreSQL, by its administrator's address."""
        try:
            yield create_database(self.cluster.admin_url, name)
        finally:
            drop_database(self.cluster.admin_url, name)

    @contextmanager
    def place(self) -> Iterator[Path]:
        """An empty folder."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            yield Path(folder)

    def keys(self, name: str) -> Path:
        """Where the keys of a database are kept, beside the words of the load."""
        return self.folder / f"keys-{name}"

    def compare(self, name: str, measured: str, ours: Run, peer: Run) -> None:
        """Let both run in turn and keep the median of the ratios of what was `measured`."""
        pairs = []
        for _ in range(self.runs):
            pair = []
            for who, run in (("ours", ours), ("peer", peer)):
                pair.append(run(self.seconds)[measured])
                print(f"{name} {who} {pair[-1]:,.2f} {measured}", file=sys.stderr)
            pairs.append(pair)
        self.figures[name] = {
            "ratio": round(statistics.median(a / b for a, b in pairs), DIGITS),
            "ours": round(statistics.median(a for a, _ in pairs), DIGITS),
            "peer": round(statistics.median(b for _, b in pairs), DIGITS),
            "unit": measured,
            "runs": [[round(a, DIGITS), round(b, DIGITS)] for a, b in pairs],
            **self._origin(self.seconds),
        }

    def note(self, name: str, values: list[float], unit: str, seconds: int) -> None:
        """Keep the most of what is compared with nothing, after runs of so many seconds."""
        print(f"{name} {max(values):,.1f} {unit}", file=sys.stderr)
        rounded = [round(value, 1) for value in values]
        found = {"ratio": None, "ours": max(rounded), "peer": None, "unit": unit, "runs": rounded}
        self.figures[name] = found | self._origin(seconds)

    def _origin(self, seconds: int) -> dict[str, Any]:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return {"commit": self.commit, "seconds": seconds, "measured_at": now}


@contextmanager
def on_postgres(bench: Bench, *peers: str) -> Iterator[Contenders]:
    """Our service and the peers, each on a database of its own with the same rows."""
    keys = bench.keys("postgres")
    with ExitStack() as stack:
        admin_url = stack.enter_context(bench.database("ours"))
        url = migrate_postgres(admin_url)
        seed(url, keys)
        settle_postgres(admin_url)
        books = books_of(url, admin_url)
        found = {"ours": stack.enter_context(serving_ours(url, keys, books))}
        for name in peers:
            admin_url = stack.enter_context(bench.database(name))
            books = Books.of_postgres(admin_url, ours=False)
            spelled = admin_url.replace("://", "+asyncpg://") if name == "orm" else admin_url
            found[name] = stack.enter_context(serving_peer(name, spelled, keys, books))
            seed_peer_postgres(admin_url, keys)
        yield found


@contextmanager
def on_sqlite(bench: Bench, *peers: str) -> Iterator[Contenders]:
    """Our service and the peers, each on a file of its own with the same rows."""
    keys = bench.keys("sqlite")
    with ExitStack() as stack:
        folder = stack.enter_context(bench.place())
        data = folder / "data"
        seed(data, keys)
        found = {"ours": stack.enter_context(serving_ours(data, keys, books_of(data)))}
        for name in peers:
            path = folder / f"{name}.db"
            spelled = f"sqlite+aiosqlite:///{path}" if name == "orm" else str(path)
            books = Books.of_sqlite(path, ours=False)
            found[name] = stack.enter_context(serving_peer(name, spelled, keys, books))
            seed_peer_sqlite(path, keys)
        yield found
