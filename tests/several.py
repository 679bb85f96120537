"""A service of several processes on one SQLite file, to try those who keep processes with.

`python -m tests.several DIRECTORY WORKERS PORT METRICS_PORT`; a file DIRECTORY/refuse keeps
workers from starting. It stands for PostgreSQL where the database does not matter.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from rentix.api.addresses import PortTaken
from rentix.api.app import App
from rentix.api.portal import Portal
from rentix.api.workers import WorkerFailed, serve_workers
from rentix.cli.output import say, say_error
from rentix.logs import start_logging
from rentix.store import StoreError
from rentix.store.migrate import SchemaTooNew
from rentix.store.sqlite import SqliteStore
from rentix.wiring import now_ms


@contextmanager
def build(directory: Path) -> Iterator[App]:
    """Make the service in a worker."""
    start_logging()
    if (directory / "refuse").exists():
        raise SchemaTooNew(9, 8)
    yield App(Portal(SqliteStore(directory), now_ms))


def main(directory: str, *numbers: str) -> int:
    """Serve until told to stop."""
    start_logging()
    workers, port, metrics_port = map(int, numbers)
    try:
        serve_workers(
            partial(build, Path(directory)), workers, "127.0.0.1", port, metrics_port, say
        )
    except (PortTaken, StoreError, WorkerFailed) as error:
        say_error(str(error))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
