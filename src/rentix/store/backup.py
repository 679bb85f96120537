"""What a backup is: a folder with one file of data, and a manifest that says what is in it."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from rentix.store import StoreError
from rentix.store.migrate import SchemaTooNew, migrations
from rentix.store.queries import Database

FILE_NAMES: dict[Database, str] = {"sqlite": "rentix.db", "postgres": "rentix.dump"}
MANIFEST = "manifest.json"

Tell = Callable[[str], None]
"""Takes a line on how far a long step has come."""


class BackupError(StoreError):
    """A backup cannot be made or used; nothing was changed."""


class Contents(msgspec.Struct, frozen=True):
    """What was found in the data when it was copied."""

    schema: int
    rows: dict[str, int]
    """Table to number of rows."""
    server: int
    """Major version of the SQLite or PostgreSQL that it was in."""


class Manifest(msgspec.Struct, frozen=True, rename="camel"):
    """What is in a backup, and how to see that it is whole."""

    kind: Database
    server: int
    schema: int
    rentix: str
    """The version that made it."""
    taken_at: datetime
    """UTC; what was answered before is in it."""
    bytes: int
    sha256: str
    rows: dict[str, int]


@contextmanager
def new_backup(directory: Path) -> Iterator[Path]:
    """A folder to write a backup to, which becomes `directory` at the end, whole or not at all.

    Raises:
        BackupError: there is something in `directory`.
    """
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise BackupError(f"{directory} holds something; name a directory that is new or empty")
    directory = directory.resolve()
    directory.parent.mkdir(parents=True, exist_ok=True)
    unfinished = directory.with_name(f".{directory.name}.{secrets.token_hex(4)}")
    unfinished.mkdir(mode=0o700)
    try:
        yield unfinished
        sync(unfinished)
        unfinished.rename(directory)
        sync(directory.parent)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it, durably and readable to its owner only."""
    path = folder / MANIFEST
    path.touch(mode=0o600)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")
    sync(path)


def seal(path: Path) -> tuple[int, str]:
    """Make a written file durable, its owner's alone; its size and SHA-256."""
    path.chmod(0o600)
    sync(path)
    return path.stat().st_size, _digest(path)


def read_manifest(directory: Path, kind: Database) -> Manifest:
    """The manifest of a backup that is whole and may be restored into a `kind` of database.

    Raises:
        BackupError: it is none, or damaged, or of the other kind.
        SchemaTooNew: a later Rentix made it.
    """
    try:
        text = (directory / MANIFEST).read_bytes()
        manifest = msgspec.json.decode(text, type=Manifest)
    except FileNotFoundError:
        raise BackupError(f"{directory} is no backup: there is no {MANIFEST} in it") from None
    except msgspec.MsgspecError as error:
        raise BackupError(f"{directory / MANIFEST} cannot be read: {error}") from None
    if manifest.kind != kind:
        ways = {"sqlite": "--data DIRECTORY", "postgres": "--admin-url URL"}
        message = f"{directory} is a backup of {manifest.kind}; restore it with"
        raise BackupError(f"{message} {ways[manifest.kind]}")
    if manifest.schema > (known := migrations(kind)[-1][0]):
        raise SchemaTooNew(manifest.schema, known)
    _check_whole(directory / FILE_NAMES[kind], manifest)
    return manifest


def _check_whole(path: Path, manifest: Manifest) -> None:
    if not path.exists():
        raise BackupError(f"the backup is not whole: {path.name} is missing")
    if (path.stat().st_size, _digest(path)) != (manifest.bytes, manifest.sha256):
        message = f"the backup is damaged: {path.name} is not what its manifest says"
        raise BackupError(f"{message}; use another one")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
