"""An agency of 100,000 agents that is listed whole, and what others notice of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from benchmarks.contenders import (
    Contender,
    books_of,
    forget_peak_memory,
    memory_mib,
    serving_ours,
)
from benchmarks.loading import paced
from benchmarks.runs import Bench
from benchmarks.seeds import grow, seed, settle_postgres
from benchmarks.wrk import Figures, Load, Void
from rentix.store.migrate_postgres import migrate_postgres

AGENTS = 100_000
CALM_PER_S = 200  # requests of the other agencies, reads and writes
CONNECTIONS = 8
LISTING_S = 60  # the client of the list gives up when nothing comes for so long
_MARK, _BLOCK = b'"externalId":"agent-', 1 << 18


def list_sqlite(bench: Bench) -> None:
    """On SQLite."""
    with bench.place() as folder:
        data, keys = folder / "data", bench.keys("list")
        seed(data, keys)
        grow(data, 1, AGENTS)
        with serving_ours(data, keys, books_of(data)) as ours:
            _measure(bench, "sqlite", ours)


def list_postgres(bench: Bench) -> None:
    """On PostgreSQL."""
    with bench.database("list") as admin_url:
        url, keys = migrate_postgres(admin_url), bench.keys("list")
        seed(url, keys)
        settle_postgres(admin_url)
        grow(admin_url, 1, AGENTS)
        with serving_ours(url, keys, books_of(url, admin_url)) as ours:
            _measure(bench, "postgres", ours)


def _measure(bench: Bench, database: str, ours: Contender) -> None:
    caller, *others = ours.keys.read_text().splitlines()
    key = caller.split()[1]
    ours.keys.write_text("\n".join(others) + "\n")  # nobody else asks for the large agency
    calm = paced(ours, Load("mixed", CONNECTIONS), CALM_PER_S)
    quiet_mib, peaks = memory_mib(ours.pid), []

    def while_listing(seconds: int) -> Figures:
        forget_peak_memory(ours.pid)
        with _listing(ours, key):
            found = calm(seconds)
        peaks.append(memory_mib(ours.pid, "VmHWM") - quiet_mib)
        return found

    bench.compare(f"list_p99_vs_quiet_{database}", "p99_ms", while_listing, calm)
    bench.note(f"list_rss_mib_{database}", peaks, "MiB", bench.seconds)


@contextmanager
def _listing(ours: Contender, key: str) -> Iterator[None]:
    """List the large agency over and over meanwhile; the last list is read to its end, too.

    Raises:
        Void: a list did not hold every agent.
    """
    stop, found = threading.Event(), list[int]()

    def list_again() -> None:
        while not stop.is_set() and found[-1:] != [-1]:
            found.append(_count_listed(ours, key))

    client = threading.Thread(target=list_again)
    client.start()
    try:
        yield
    finally:
        stop.set()
        client.join()
    if set(found) != {AGENTS}:
        raise Void(f"lists of {AGENTS:,} agents held {found}")


def _count_listed(ours: Contender, key: str) -> int:
    """How many agents an unpaged list holds; -1 when it is refused or breaks off."""
    place = urlsplit(ours.address)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=LISTING_S)
    count, rest = 0, b""
    try:
        connection.request("GET", "/api/v1/users", headers={"X-API-Key": key})
        answer = connection.getresponse()
        while block := answer.read(_BLOCK):
            count += (rest + block).count(_MARK)
            rest = block[1 - len(_MARK) :]
    except (OSError, HTTPException):
        return -1
    finally:
        connection.close()
    return count if answer.status == HTTPStatus.OK else -1
