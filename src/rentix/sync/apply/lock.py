"""One run at a time for an agency: a lock that its holder's death releases.

The system holds it (flock), so what a crash leaves behind is a file that nobody has locked. It
keeps runs of one user on one machine apart; runs of two machines are kept apart by `ifMatch`.
"""

from __future__ import annotations

import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from platformdirs import user_state_path

from rentix.client import SetupError

_LOOKED_AT_S: Final = 0.5
"""Who only looks (`holder`) has the lock for an instant; who wants it waits that out."""


class Held(SetupError):
    """Another run is at work."""


def state_folder(portal: str, agency_id: int) -> Path:
    """Where runs for an agency of a portal keep their state."""
    host = re.sub(r"[^A-Za-z0-9.-]+", "_", portal.partition("://")[2])
    folder = user_state_path("rentix") / f"{host}-{agency_id}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        raise SetupError(f"cannot make the folder {folder}: {fault.strerror}") from fault
    return folder


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Be the one run that works on this agency, until the block ends.

    Raises:
        Held: another one is.
    """
    file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    if not _lock(file, time.monotonic() + _LOOKED_AT_S):
        who = _read_holder(file)
        os.close(file)
        raise Held(f"another run works on this agency (process {who}); wait until it ends")
    try:
        with suppress(OSError):  # the number is for a message; a full disk keeps nobody out
            os.ftruncate(file, 0)
            os.write(file, str(os.getpid()).encode())
        yield
    finally:
        os.close(file)


def holder(folder: Path) -> str | None:
    """The number of the process that works on this agency, or None if there is none."""
    try:
        file = os.open(folder / "lock", os.O_RDONLY)
    except OSError:
        return None
    try:
        return None if _lock(file, 0, fcntl.LOCK_SH) else _read_holder(file)
    finally:
        os.close(file)


def _lock(file: int, until_s: float, kind: int = fcntl.LOCK_EX) -> bool:
    while True:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() >= until_s:
                return False
            time.sleep(0.02)  # whoever only looks at the lock lets it go at once
        else:
            return True


def _read_holder(file: int) -> str:
    return os.read(file, 20).decode("ascii", "replace").strip() or "unknown"
