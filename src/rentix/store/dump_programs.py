"""PostgreSQL's pg_dump and pg_restore: which ones to use, and how they are run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from rentix.store import StoreError
from rentix.store.backup import BackupError
from rentix.store.programs import find_programs

_POLL_S = 0.5
_TIMEOUT_SETTING_SINCE = 17
_LINES_SHOWN = 3


def find_dump_programs(server: int) -> Path:
    """Folder of programs of the major version `server`, or else of the next usable one above it.

    Raises:
        BackupError: there are none.
    """
    folders = [Path(found).parent] if (found := shutil.which("pg_dump")) else []
    with suppress(StoreError):  # the extra is not installed; one on the PATH will do
        folders.append(find_programs())
    versions = {_major(folder / "pg_dump"): folder for folder in reversed(folders)}
    if usable := [version for version in versions if _is_usable(version, server)]:
        return versions[min(usable)]
    if server < _TIMEOUT_SETTING_SINCE:
        way_out = f"install its client programs (postgresql-client-{server})"
    else:
        way_out = 'install its client programs, or pip install "rentix[sandbox]" for those of 18'
    raise BackupError(f"pg_dump and pg_restore of PostgreSQL {server} are needed: {way_out}")


def _is_usable(version: int, server: int) -> bool:
    # From 17 on pg_restore sets transaction_timeout, which an earlier server does not know: what
    # was dumped could not be restored on a server like the one that it came from.
    too_new = server < _TIMEOUT_SETTING_SINCE <= version
    return version >= server and not too_new


def _major(program: Path) -> int:
    said = subprocess.run(  # noqa: S603 - one of PostgreSQL's own
        [program, "--version"], capture_output=True, text=True, check=False
    )
    found = re.search(r"(\d+)", said.stdout)
    return int(found[1]) if found else 0


def run_program(
    *command: str | Path, tell: Callable[[], None], admin_url: str | None = None
) -> None:
    """Run one of them to its end, on a database if it needs one; `tell` is called meanwhile.

    Raises:
        BackupError: it failed; the message holds what it called an error.
    """
    options, secret = _split_password(admin_url) if admin_url else ([], {})
    with subprocess.Popen(  # noqa: S603 - fixed programs, no shell
        [*command, *options],
        env={**os.environ, **secret},
        umask=0o077,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            said = _wait(process, tell)
        except BaseException:
            process.terminate()
            raise
    if process.returncode != 0:
        # Only what it calls an error: the lines after that may quote a row.
        lines = [line for line in said.splitlines() if ": error: " in line]
        failure = f"{Path(command[0]).name} ended with exit code {process.returncode}"
        raise BackupError("; ".join(lines[:_LINES_SHOWN]) or failure)


def _wait(process: subprocess.Popen[str], tell: Callable[[], None]) -> str:
    while True:
        tell()
        try:
            return process.communicate(timeout=_POLL_S)[1]
        except subprocess.TimeoutExpired:
            continue


def _split_password(admin_url: str) -> tuple[list[str], dict[str, str]]:
    """The address without its password, for a list of processes to show, and the password."""
    given: dict[str, Any] = conninfo_to_dict(admin_url)
    if "sslpassword" in given:
        raise BackupError("pg_dump takes no sslpassword in secret; use a key that has none")
    password = given.pop("password", None)
    secret = {"PGPASSWORD": str(password)} if password else {}
    return [f"--dbname={make_conninfo(**given)}"], secret
