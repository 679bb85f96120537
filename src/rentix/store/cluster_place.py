"""Where a PostgreSQL of our own has its files: a folder of ours that its account can enter."""

from __future__ import annotations

import os
import stat
import tempfile
from hashlib import sha256
from pathlib import Path

from rentix.store import StoreError
from rentix.store.programs import give_to_server, server_account, server_may_enter


def claim_place(wanted: Path) -> Path:
    """Make the folder `wanted`, or a stand-in that the same `wanted` always leads to.

    The stand-in is taken where we are root and `nobody`, as whom the server runs, cannot enter
    `wanted`. No folder that was there before is changed.

    Raises:
        StoreError: the folder is another user's, or `nobody` can enter neither.
    """
    wanted = wanted.resolve()
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if server_may_enter(wanted if wanted.exists() else wanted.parent):
        return _make_own(wanted)
    digest = sha256(os.fsencode(wanted)).hexdigest()[:16]
    stand_in = Path(tempfile.gettempdir()).resolve() / f"rentix-postgres-{digest}"
    if server_may_enter(_make_own(stand_in)):
        return stand_in
    raise StoreError(
        f"as root, PostgreSQL runs as nobody, who may not enter {wanted} nor {stand_in}: "
        "choose a directory that every user may enter"
    )


def make_private_file(path: Path, text: str) -> None:
    """Write a file anew that only the server's account, and root, may read and write."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
    give_to_server(path)


def _make_own(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        _check_ours(folder)
        return folder
    if account := server_account():
        # It stays ours, so that none who runs as nobody can exchange what is in it.
        os.chown(folder, -1, account.pw_gid, follow_symlinks=False)
        folder.chmod(0o710)
    return folder


def _check_ours(folder: Path) -> None:
    """Refuse a folder that someone else has put there, or could put files into."""
    found = folder.lstat()
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
    if not ours or found.st_mode & stat.S_IWOTH:
        message = f"{folder} belongs to another user or is open to all; choose another directory"
        raise StoreError(message)
