"""PgBouncer in front of a database, as operators have it: a transaction at a time."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import psycopg
import pytest

SERVER_CONNECTIONS = 4
START_TIMEOUT_S = 10
CONFIGURATION = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen_port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/userlist.txt
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 200
"""


@contextmanager
def pooled(url: str) -> Iterator[str]:
    """The address of a pooler that leads to `url`, while the block runs."""
    program = shutil.which("pgbouncer")
    if program is None:
        pytest.skip("pgbouncer is not installed")
    address = urlsplit(url)
    with tempfile.TemporaryDirectory(prefix="rentix-pooler-") as name:
        folder, port = Path(name), _free_port()
        _write_files(folder, address, port)
        owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else None  # it refuses to be root
        if owner:
            for path in (folder, *folder.iterdir()):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        with subprocess.Popen(
            [program, "-q", folder / "pgbouncer.ini"],
            user=owner and owner.pw_uid,
            group=owner and owner.pw_gid,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                there = f"{address.username}:{address.password}@127.0.0.1:{port}"
                _wait(behind := address._replace(netloc=there).geturl())
                yield behind
            finally:
                process.kill()


def _write_files(folder: Path, address: SplitResult, port: int) -> None:
    text = CONFIGURATION.format(
        host=address.hostname,
        port=address.port,
        listen_port=port,
        folder=folder,
        size=SERVER_CONNECTIONS,
    )
    (folder / "pgbouncer.ini").write_text(text)
    (folder / "userlist.txt").write_text(f'"{address.username}" "{address.password}"\n')


def _wait(url: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, "the pooler does not start"
            threading.Event().wait(0.02)
        else:
            return


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
