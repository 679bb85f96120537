"""What one machine serves on PostgreSQL, by the number of workers: the figures of scale-out.md.

    .venv/bin/python benchmarks/sizing.py

Load, service and database share the machine. Needs wrk (Debian: apt-get install wrk).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rentix.model import SCOPES, Agency
from rentix.operations import Caller, Request
from rentix.rules.puts import Terms, read_put
from rentix.store.agencies import create_agency, create_key
from rentix.store.cluster import create_database, running_cluster
from rentix.store.migrate_postgres import migrate_postgres
from rentix.wiring import now_ms, open_store
from rentix.writer import commit

AGENCIES, AGENTS, CONNECTIONS = 100, 100, 64
SECONDS, RUNS = 10, 5
WORKERS = (1, 2)
TERMS = Terms("MD", "ro")
PLENTY = 10**9  # a budget that is counted and never spent
HERE = Path(__file__).parent
RESULT = HERE / "results" / "sizing.json"


def make_agency(number: int) -> Agency:
    """An agency whose budgets are counted but never spent."""
    return Agency(
        id=0,
        name=f"Agency {number}",
        region=TERMS.region,
        requests_per_minute=PLENTY,
        bulk_per_minute=PLENTY,
    )


def seed(url: str, keys: Path) -> None:
    """Create the agencies and their agents; write the keys to a file, one a line."""
    agent = {"name": "Ana", "phone": "+373 69 123 456"}
    puts = [read_put({"externalId": f"agent-{n + 1}", **agent}, TERMS) for n in range(AGENTS)]
    with open_store(url) as store, keys.open("w") as file:
        for number in range(AGENCIES):
            with store.operate() as hand:
                agency_id = create_agency(hand, make_agency(number), now_ms())
                key_id, key = create_key(hand, agency_id, frozenset(SCOPES), now_ms())
            file.write(key + "\n")
            request = Request(caller=Caller(agency_id, key_id), operations=tuple(puts))
            commit(store, [request], now_ms())


@contextmanager
def serving(url: str, workers: int) -> Iterator[str]:
    """Run `rentix serve` on a free port; its address is given."""
    command = [sys.executable, "-m", "rentix", "serve", "--workers", str(workers)]
    with subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--port", "0", "--metrics-port", "0"],
        env=os.environ | {"RENTIX_DATABASE": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found, "it did not start"
            yield found[0]
        finally:
            process.terminate()


def measure(address: str, keys: Path, method: str, seconds: int = SECONDS) -> dict[str, float]:
    """Load the service; every answer must be a good one."""
    script = [f"-s{HERE / 'load.lua'}", address, "--", str(keys), method, str(AGENTS)]
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", *script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    seen: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    assert seen["failed"] == 0, done.stdout
    return {"per_s": seen["requests"] / seen["seconds"], "p99_ms": seen["p99_ms"]}


def summarise(runs: list[dict[str, float]]) -> dict[str, Any]:
    """The medians, and each run."""
    medians = {name: round(statistics.median(r[name] for r in runs), 1) for name in runs[0]}
    return {**medians, "runs": [round(run["per_s"]) for run in runs]}


def main() -> None:
    """Measure each number of workers in turn, five times over."""
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed: apt-get install wrk")
    runs: dict[str, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder, running_cluster(Path(folder) / "pg") as cluster:
        url = migrate_postgres(create_database(cluster.admin_url, "rentix"))
        keys = Path(folder) / "keys"
        seed(url, keys)
        for _ in range(RUNS):
            for workers in WORKERS:
                with serving(url, workers) as address:
                    measure(address, keys, "put", 3)
                    for method in ("put", "get"):
                        name = f"{method}, {workers} worker{'s' if workers > 1 else ''}"
                        runs.setdefault(name, []).append(measure(address, keys, method))
                        print(name, runs[name][-1], file=sys.stderr)
        shutil.rmtree(cluster.directory)
    figures = {name: summarise(each) for name, each in runs.items()}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
