"""A PostgreSQL of our own: made, started, stopped. For tests and `rentix sandbox --postgres`."""

from __future__ import annotations

import fcntl
import os
import secrets
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

from psycopg import sql

from rentix.store import StoreError
from rentix.store.cluster_place import claim_place, make_private_file
from rentix.store.postgres_connections import connect, translated
from rentix.store.programs import (
    command_of,
    give_to_server,
    reachable_programs,
    run_as_server,
)

_START_ATTEMPTS = 5
_PAUSE_S = 0.5
_STOP_TIMEOUT_S = 30
_LOG_LINES_SHOWN = 10

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    # Statements and the rows in an error's detail hold names and phones: not for a log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class ClusterFailed(StoreError):
    """A PostgreSQL of our own could not be made, started or stopped; its last words are there."""


class Cluster:
    """A server on 127.0.0.1, with its files in `directory` and its programs in `bin`."""

    def __init__(self, directory: Path, settings: Mapping[str, str]) -> None:
        self.directory = directory
        self.bin = reachable_programs(directory)
        self.port = _free_port()
        self._settings = {**_SETTINGS, **settings}
        self._data = directory / "data"
        self._log = directory / "server.log"
        self._ran_before = False
        if not self._data.exists():
            self._initialise()

    @property
    def admin_url(self) -> str:
        """The superuser's address, with the password."""
        password = (self.directory / "password").read_text("ascii")
        return f"postgresql://postgres:{password}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start the server and wait until it takes connections; its port stays what it was.

        Raises:
            ClusterFailed: it does not start.
        """
        for attempts_left in reversed(range(_START_ATTEMPTS)):
            log_size = self._log.stat().st_size
            done = self._control("start", *self._server_options())
            if done.returncode == 0:
                break
            said = self._log.read_bytes()[log_size:].decode(errors="replace")
            # Someone was quicker to take the port, or what a killed server left is still going.
            if "in use" not in said or not attempts_left:
                raise ClusterFailed(_tell("start", self.directory, done, said))
            time.sleep(_PAUSE_S)
            self.port = self.port if self._ran_before else _free_port()
        self._ran_before = True

    def stop(self, mode: str = "fast") -> None:
        """Stop the server if it runs: `fast` is in good order, `immediate` is a crash."""
        if not self._is_running():
            return
        done = self._control("stop", "-m", mode, "-t", str(_STOP_TIMEOUT_S))
        if self._is_running() and mode == "fast":
            self.stop("immediate")
        elif self._is_running():
            raise ClusterFailed(_tell("stop", self.directory, done, ""))

    def restart(self) -> None:
        """Crash it and start it again, on the same port."""
        self.stop("immediate")
        self.start()

    def drop_leftover(self) -> None:
        """Stop the server that a killed process left behind, or forget one that is gone."""
        lock = self._data / "postmaster.pid"
        self.stop()
        # The system may have given a dead server's number to some other program; PostgreSQL
        # would take that for the server.
        if (pid := _read_pid(lock)) and command_of(pid):
            lock.unlink(missing_ok=True)

    def _is_running(self) -> bool:
        """Whether the process named in the lock file of the data is a server of this data."""
        if not (pid := _read_pid(self._data / "postmaster.pid")):
            return False
        command = command_of(pid)
        return bool(command) and Path(command[0]).name == "postgres" and str(self._data) in command

    def _control(self, action: str, *options: str | Path) -> subprocess.CompletedProcess[str]:
        arguments = (action, "-w", "-D", self._data, *options)
        return run_as_server(self.bin / "pg_ctl", *arguments, folder=self._data)

    def _server_options(self) -> tuple[str | Path, ...]:
        settings = {**self._settings, "port": str(self.port)}
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return ("-l", self._log, "-o", shlex.join(words))

    def _initialise(self) -> None:
        """Make the files of a new server; `data` appears only when they are whole."""
        unfinished, password = self.directory / "data.new", self.directory / "password"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        give_to_server(unfinished)
        make_private_file(password, secrets.token_urlsafe(24))
        make_private_file(self._log, "")
        done = run_as_server(
            self.bin / "initdb",
            *("-D", unfinished, "--username=postgres", "--pwfile", password),
            "--auth=scram-sha-256",
            # The order of words must not depend on the machine, nor on its C library.
            *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin"),
            *("--builtin-locale=C.UTF-8", "--set", "timezone=UTC", "--set", "log_timezone=UTC"),
            folder=unfinished,
        )
        if done.returncode != 0:
            raise ClusterFailed(_tell("make", self.directory, done, done.stdout))
        unfinished.rename(self._data)


@contextmanager
def running_cluster(
    directory: Path, settings: Mapping[str, str] | None = None
) -> Iterator[Cluster]:
    """A server with its files in `directory` (made when new) while the block runs.

    As root it runs as `nobody`; where that account cannot enter `directory`, the files are in
    a stand-in below the system's folder of temporary files: see `Cluster.directory`. A server
    that was left there by a killed process is stopped first.

    Raises:
        StoreError: the programs are missing, another process runs it, or it does not start.
    """
    place = claim_place(directory)
    with _held(place):
        cluster = Cluster(place, settings or {})
        cluster.drop_leftover()
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()


def create_database(admin_url: str, name: str) -> str:
    """Make a database unless it is there, and return its administrator's address.

    Raises:
        Unavailable, StoreError: the server is away, or refuses.
    """
    with translated(), connect(admin_url) as connection:
        connection.autocommit = True
        known = connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,))
        if known.fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return urlsplit(admin_url)._replace(path="/" + quote(name, safe="")).geturl()


def drop_database(admin_url: str, name: str) -> None:
    """Remove a database, whoever is connected, and the role that served it.

    Raises:
        Unavailable, StoreError: the server is away, or refuses.
    """
    with translated(), connect(admin_url) as connection:
        connection.autocommit = True
        for form, dropped in (
            ("DROP DATABASE IF EXISTS {} WITH (FORCE)", name),
            ("DROP ROLE IF EXISTS {}", f"{name}_app"),
        ):
            connection.execute(sql.SQL(form).format(sql.Identifier(dropped)))


@contextmanager
def _held(directory: Path) -> Iterator[None]:
    """Hold the lock of `directory`: the system takes it off when this process dies."""
    lock = os.open(directory / "lock", os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    try:
        _lock_or_refuse(lock, directory)
        yield
    finally:
        os.close(lock)


def _lock_or_refuse(lock: int, directory: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        message = f"another process runs the PostgreSQL in {directory}; stop it, or choose another"
        raise ClusterFailed(message) from None


def _read_pid(lock: Path) -> int | None:
    try:
        return int(lock.read_text("utf-8").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def _tell(verb: str, directory: Path, done: subprocess.CompletedProcess[str], said: str) -> str:
    lines = (said + done.stderr).strip().splitlines()[-_LOG_LINES_SHOWN:]
    return "\n  ".join([f"could not {verb} the PostgreSQL in {directory}:", *lines])
