"""All that is measured: started, stopped, and what each has stored, read behind its back."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import apsw
import psycopg

from benchmarks.seeds import SQLITE_FILE
from rentix.settings import Place

HERE = Path(__file__).parent
START_TIMEOUT_S = 15
_CHANGES = """
SELECT sum((SELECT seq FROM change WHERE agency_id = agency.id ORDER BY seq DESC LIMIT 1))
FROM agency
"""  # numbers have no gaps, so the last one is how many there are

Row = tuple[Any, ...]
Names = dict[tuple[int, str], str]
Subject = Literal["user", "listing"]
"""What a load is about: a user, whom a PUT gives another name, or a listing, another price."""

_PRICE = "CAST(form ->> 'announcementValue' AS text)"


@dataclass(frozen=True)
class Books:
    """A contender's database, as its administrator sees it."""

    ask: Callable[[str], list[Row]]
    ours: bool

    def names(self, subject: Subject = "user") -> Names:
        """Every user's name, or every listing's price."""
        table, value = self._place(subject)
        asked = f"SELECT agency_id, external_id, {value} FROM {table}"  # noqa: S608
        return {(agency_id, external): name for agency_id, external, name in self.ask(asked)}

    def name_of(self, agency_id: int, external_id: str, subject: Subject = "user") -> str:
        """One user's name, or one listing's price."""
        table, value = self._place(subject)
        asked = f"SELECT {value} FROM {table} WHERE agency_id = {agency_id}"  # noqa: S608
        [(name,)] = self.ask(f"{asked} AND external_id = '{external_id}'")
        return str(name)

    def _place(self, subject: Subject) -> tuple[str, str]:
        if subject == "listing":
            return "listing", _PRICE
        return "portal_user" if self.ours else "peer_user", "name"

    def changes(self) -> int:
        """How many effective operations were logged since ever; for ours only."""
        [(count,)] = self.ask(_CHANGES)
        return int(count)

    @classmethod
    def of_postgres(cls, admin_url: str, *, ours: bool) -> Books:
        """Of a database of PostgreSQL."""

        def ask(statement: str) -> list[Row]:
            with psycopg.connect(admin_url) as connection:
                return connection.execute(statement.encode()).fetchall()

        return cls(ask, ours)

    @classmethod
    def of_sqlite(cls, path: Path, *, ours: bool) -> Books:
        """Of a file of SQLite."""

        def ask(statement: str) -> list[Row]:
            file = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
            try:
                return list(file.execute(statement))
            finally:
                file.close()

        return cls(ask, ours)


@dataclass(frozen=True)
class Contender:
    """A service that runs. Without books it stores nothing and knows no keys: it is a limit."""

    name: str
    address: str
    pid: int
    keys: Path
    books: Books | None = None
    place: Place | None = None  # where ours has its data


@contextmanager
def serving_ours(place: Place, keys: Path, books: Books, workers: int = 1) -> Iterator[Contender]:
    """Our service, in one process unless more are wanted."""
    data = ["--data", str(place)] if isinstance(place, Path) else []
    command = [sys.executable, "-m", "rentix", "serve", *data, "--workers", str(workers)]
    environment = os.environ | {"RENTIX_VISITS_PER_MINUTE": "0"}  # all visits are of one address
    environment |= {} if data else {"RENTIX_DATABASE": str(place)}
    with subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--port", "0", "--metrics-port", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            said = (re.search(r"http://\S+", line) for line in process.stdout)
            found = next(filter(None, said), None)
            assert found, "it did not start"
            yield Contender("ours", found[0], process.pid, keys, books, place)
        finally:
            process.terminate()


@contextmanager
def serving_peer(
    name: str, database: str, keys: Path, books: Books | None = None, **more: str
) -> Iterator[Contender]:
    """A peer in one process of uvicorn, on uvloop and httptools; `more` is environment for it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", f"{name}:app", "--port", str(port)]
    options = ["--loop", "uvloop", "--http", "httptools", "--app-dir", str(HERE / "peers")]
    quiet = ["--no-access-log", "--log-level", "warning"]
    with subprocess.Popen(  # noqa: S603 - our own programs
        [*command, *options, *quiet], env=os.environ | {"PEER_DATABASE": database} | more
    ) as process:
        try:
            _wait(port)
            yield Contender(name, f"http://127.0.0.1:{port}", process.pid, keys, books)
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


def books_of(place: Place, admin_url: str = "") -> Books:
    """What our service has stored at `place`."""
    if isinstance(place, Path):
        return Books.of_sqlite(place / SQLITE_FILE, ours=True)
    return Books.of_postgres(admin_url, ours=True)


def memory_mib(pid: int, what: str = "VmRSS") -> float:
    """Memory of a process: what it has now, or with `VmHWM` the most it ever had."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(rf"{what}:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1024


def forget_peak_memory(pid: int) -> None:
    """Let `VmHWM` begin anew from what the process has now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
