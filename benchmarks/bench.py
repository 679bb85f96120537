"""Measure the service beside what people would otherwise build: `make bench`.

Contenders take turns (ours, peer, ours, peer …), each from the same number of rows; a figure is the
median of the ratios of its pairs of runs. Load comes from wrk on the same machine.

    make bench                       # all of it
    make bench FIGURES=put_sqlite,get
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import avatars, growth, listings, lists, planning, singles
from benchmarks.homes import describe_words
from benchmarks.origin import describe_commit, describe_origin
from benchmarks.profiles import write_words
from benchmarks.report import Result, summarise
from benchmarks.runs import RUNS, SECONDS, Bench
from benchmarks.wrk import Void
from rentix.store.cluster import running_cluster

GROUPS: dict[str, Callable[[Bench], None]] = {
    "put_sqlite": singles.put_sqlite,
    "put_postgres": singles.put_postgres,
    "get": singles.get,
    "bulk": singles.bulk,
    "lone": singles.lone,
    "list_sqlite": lists.list_sqlite,
    "list_postgres": lists.list_postgres,
    "growth_sqlite": growth.growth_sqlite,
    "growth_postgres": growth.growth_postgres,
    "avatars": avatars.avatars,
    "listings": listings.listings,
    "plan": planning.plan,
}


def main() -> None:
    """Measure, write benchmarks/results/<date>.json and the table of the README."""
    options = _read_options()
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed: apt-get install wrk")
    with (
        tempfile.TemporaryDirectory() as folder,
        running_cluster(Path(folder) / "pg", {"max_connections": "300"}) as cluster,
    ):
        bench = Bench(Path(folder), cluster, options.runs, options.seconds)
        write_words(bench.folder / "words", describe_words())
        result = Result(describe_origin(cluster), datetime.now(UTC).date())
        try:
            for group in options.figures.split(","):
                print(f"== {group}", file=sys.stderr)
                bench.commit = describe_commit()  # its services start with the group
                GROUPS[group](bench)
                if not options.dry:
                    result.add(bench.figures)
        except Void as void:
            sys.exit(f"This run is void. {void}")
        finally:
            shutil.rmtree(cluster.directory, ignore_errors=True)
    print(summarise(bench.figures))


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the service beside its peers.")
    parser.add_argument("--figures", default=",".join(GROUPS), help="which groups, by commas")
    parser.add_argument("--runs", type=int, default=RUNS, help="pairs of runs of each figure")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="the length of a run")
    parser.add_argument("--dry", action="store_true", help="write no result")
    options = parser.parse_args()
    if unknown := set(options.figures.split(",")) - GROUPS.keys():
        parser.error(f"no such group: {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}")
    if options.runs < RUNS:
        options.dry = True  # a median of fewer runs is for trying things, not for showing
    return options


if __name__ == "__main__":
    main()
