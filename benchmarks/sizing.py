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

from benchmarks.contenders import Figures, load, seed, serving_ours
from rentix.store.cluster import create_database, running_cluster
from rentix.store.migrate_postgres import migrate_postgres

SECONDS, RUNS, WARM_UP_S = 10, 5, 3
WORKERS = (1, 2)
RESULT = Path(__file__).parent / "results" / "sizing.json"


def summarise(runs: list[Figures]) -> dict[str, Any]:
    """The medians, and each run."""
    medians = {name: round(statistics.median(r[name] for r in runs), 1) for name in runs[0]}
    return {**medians, "runs": [round(run["per_s"]) for run in runs]}


def main() -> None:
    """Measure each number of workers in turn, five times over."""
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed: apt-get install wrk")
    runs: dict[str, list[Figures]] = {}
    with tempfile.TemporaryDirectory() as folder, running_cluster(Path(folder) / "pg") as cluster:
        url = migrate_postgres(create_database(cluster.admin_url, "rentix"))
        keys = Path(folder) / "keys"
        seed(url, keys)
        for _ in range(RUNS):
            for workers in WORKERS:
                with serving_ours(url, workers) as (address, _):
                    load(address, keys, "put", WARM_UP_S)
                    for method in ("put", "get"):
                        name = f"{method}, {workers} worker{'s' if workers > 1 else ''}"
                        runs.setdefault(name, []).append(load(address, keys, method, SECONDS))
                        print(name, runs[name][-1], file=sys.stderr)
        shutil.rmtree(cluster.directory)
    figures = {name: summarise(each) for name, each in runs.items()}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
