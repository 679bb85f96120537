"""All that is measured, each with the same agencies, agents and keys, started and stopped."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import apsw
import psycopg

from rentix.model import SCOPES, Agency
from rentix.operations import Caller, Request
from rentix.rules.puts import Terms, read_put
from rentix.settings import Place
from rentix.store.agencies import create_agency, create_key
from rentix.wiring import now_ms, open_store
from rentix.writer import commit

AGENCIES, AGENTS, CONNECTIONS = 100, 100, 64
HERE = Path(__file__).parent
TERMS = Terms("MD", "ro")
PLENTY = 10**9  # a budget that is counted and never spent
START_TIMEOUT_S = 15

Figures = dict[str, float]


def seed(place: Place, keys: Path, agents: int = AGENTS) -> None:
    """Create the agencies and their agents; write the keys to a file, one a line."""
    profile = {"name": "Ana", "phone": "+373 69 123 456"}
    puts = [read_put({"externalId": f"agent-{n + 1}", **profile}, TERMS) for n in range(agents)]
    with open_store(place) as store, keys.open("w") as file:
        for number in range(AGENCIES):
            with store.operate() as hand:
                agency_id = create_agency(hand, make_agency(number), now_ms())
                key_id, key = create_key(hand, agency_id, frozenset(SCOPES), now_ms())
            file.write(key + "\n")
            request = Request(caller=Caller(agency_id, key_id), operations=tuple(puts))
            commit(store, [request], now_ms())


def make_agency(number: int) -> Agency:
    """An agency whose budgets are counted but never spent."""
    return Agency(
        id=0,
        name=f"Agency {number}",
        region=TERMS.region,
        requests_per_minute=PLENTY,
        bulk_per_minute=PLENTY,
    )


def peer_rows(keys: Path) -> tuple[list[tuple[bytes, int]], list[tuple[Any, ...]]]:
    """The same keys and agents for the peers' tables."""
    found = [
        (sha256(key.encode()).digest(), number + 1)
        for number, key in enumerate(keys.read_text().split())
    ]
    users = [
        (agency_id, f"agent-{n + 1}", "Ana", "+37369123456", None, True, True)
        for _, agency_id in found
        for n in range(AGENTS)
    ]
    return found, users


_USER_COLUMNS = "agency_id, external_id, name, phone, description, contact_telegram, contact_viber"


def seed_peer_postgres(url: str, keys: Path) -> None:
    """Fill the peers' tables, which a peer has made."""
    found, users = peer_rows(keys)
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.executemany("INSERT INTO peer_key VALUES (%s, %s)", found)
        marks = ", ".join(["%s"] * 7)
        insert = f"INSERT INTO peer_user ({_USER_COLUMNS}) VALUES ({marks})"  # noqa: S608
        cursor.executemany(insert.encode(), users)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def seed_peer_sqlite(path: Path, keys: Path) -> None:
    """Fill the peers' tables, which a peer has made."""
    found, users = peer_rows(keys)
    file = apsw.Connection(str(path))
    with file:
        file.executemany("INSERT INTO peer_key VALUES (?, ?)", found)
        marks = ", ".join("?" * 7)
        insert = f"INSERT INTO peer_user ({_USER_COLUMNS}) VALUES ({marks})"  # noqa: S608
        file.executemany(insert, users)
    file.close()


@contextmanager
def serving_ours(place: Place, workers: int = 1) -> Iterator[tuple[str, int]]:
    """Our service, in one process unless more are wanted; its address and process id."""
    data = ["--data", str(place)] if isinstance(place, Path) else []
    command = [sys.executable, "-m", "rentix", "serve", *data, "--workers", str(workers)]
    environment = os.environ | ({} if data else {"RENTIX_DATABASE": str(place)})
    with subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--port", "0", "--metrics-port", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found, "it did not start"
            yield found[0], process.pid
        finally:
            process.terminate()


@contextmanager
def serving_peer(name: str, database: str) -> Iterator[str]:
    """A peer in one process of uvicorn, with uvloop and httptools as ours; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", f"{name}:app", "--port", str(port)]
    options = ["--app-dir", str(HERE / "peers"), "--no-access-log", "--log-level", "warning"]
    with subprocess.Popen(  # noqa: S603 - our own programs
        [*command, *options], env=os.environ | {"PEER_DATABASE": database}
    ) as process:
        try:
            _wait(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait(port: int) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "the peer does not start"
            threading.Event().wait(0.05)
        else:
            return


def load(
    address: str,
    keys: Path,
    kind: str,
    seconds: int,
    connections: int = CONNECTIONS,
    delay_ms: float = 0,
    agents: int = AGENTS,
) -> Figures:
    """Load a service with wrk; every answer must be a good one, or the run is void."""
    options = [str(keys), kind, str(agents), str(delay_ms)]
    command = ["wrk", f"-t{min(2, connections)}", f"-c{connections}", f"-d{seconds}s", "--timeout"]
    script = ["30s", "-s", str(HERE / "load.lua"), address, "--", *options]
    done = subprocess.run([*command, *script], capture_output=True, text=True, check=True)  # noqa: S603
    seen: Figures = json.loads(done.stdout.splitlines()[-1])
    assert seen["failed"] == 0, done.stdout
    return {
        "per_s": seen["requests"] / seen["seconds"],
        "p50_ms": seen["p50_ms"],
        "p99_ms": seen["p99_ms"],
    }


def rss_mib(pid: int) -> float:
    """Memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1024


def fetch(url: str, key: str) -> bytes:
    """One GET, read to its end."""
    from urllib.request import Request as Asked  # noqa: PLC0415 - the name is ours already

    with urlopen(Asked(url, headers={"X-API-Key": key}), timeout=120) as answer:  # noqa: S310
        content: bytes = answer.read()
        return content
