"""What one machine serves on PostgreSQL, by the number of workers: the figures of scale-out.md.

    .venv/bin/python -m benchmarks.sizing

Load, service and database share the machine. Needs wrk (Debian: apt-get install wrk).
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.contenders import books_of, serving_ours
from benchmarks.loading import loading
from benchmarks.profiles import write_words
from benchmarks.seeds import seed, settle_postgres
from benchmarks.wrk import Figures, Load
from rentix.store.cluster import create_database, running_cluster
from rentix.store.migrate_postgres import migrate_postgres

SECONDS, RUNS = 10, 5
WORKERS = (1, 2)
RESULT = Path(__file__).parent / "results" / "sizing.json"


def summarise(runs: list[Figures]) -> dict[str, Any]:
    """The medians, and each run."""
    medians = {
        name: round(statistics.median(r[name] for r in runs), 1)
        for name in ("per_s", "p50_ms", "p99_ms")
    }
    return {**medians, "runs": [round(run["per_s"]) for run in runs]}


def main() -> None:
    """Measure each number of workers in turn, five times over."""
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed: apt-get install wrk")
    runs: dict[str, list[Figures]] = {}
    with tempfile.TemporaryDirectory() as folder, running_cluster(Path(folder) / "pg") as cluster:
        admin_url = create_database(cluster.admin_url, "rentix")
        url, keys = migrate_postgres(admin_url), Path(folder) / "keys"
        write_words(Path(folder) / "words")
        seed(url, keys)
        settle_postgres(admin_url)
        books = books_of(url, admin_url)
        for _ in range(RUNS):
            for workers in WORKERS:
                with serving_ours(url, keys, books, workers) as ours:
                    for kind in ("put", "get"):
                        name = f"{kind}, {workers} worker{'s' if workers > 1 else ''}"
                        run = loading(ours, Load(kind))
                        runs.setdefault(name, []).append(run(SECONDS))
                        print(name, runs[name][-1], file=sys.stderr)
        shutil.rmtree(cluster.directory)
    figures = {name: summarise(each) for name, each in runs.items()}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
