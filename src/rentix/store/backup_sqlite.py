"""Backup of the embedded database while it is served, and the way back."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import apsw

from rentix.store.backup import BackupError, Contents, Tell, seal, sync
from rentix.store.migrate import migrate_sqlite
from rentix.store.sqlite_connections import FILE_NAME, open_reader, open_writer, translated

_PAGES_A_STEP = 2000
_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"


def copy_sqlite(directory: Path, copy: Path, tell: Tell) -> Contents:
    """Copy the database as it is at one moment, and check the copy.

    Writers go on meanwhile.

    Raises:
        BackupError: there is no data, or the copy is not sound.
    """
    path = directory / FILE_NAME
    if not path.exists():
        message = f"there is no data in {directory}"
        raise BackupError(f"{message}; say where it is with --data, or --admin-url on PostgreSQL")
    with translated():
        source, target = open_reader(path), apsw.Connection(str(copy))
        try:
            _copy(source, target, tell)
            return _check(target)
        except apsw.FullError:
            raise BackupError("there is no room for it on the disk") from None
        finally:
            target.close()
            source.close()


def _copy(source: apsw.Connection, target: apsw.Connection, tell: Tell) -> None:
    # In a transaction of the source every step sees the same moment, however long it takes.
    source.execute("BEGIN").execute("SELECT * FROM sqlite_schema LIMIT 1").fetchall()
    with target.backup("main", source, "main") as backup:
        while not backup.done:
            backup.step(_PAGES_A_STEP)
            total = backup.page_count or 1
            tell(f"{100 * (total - backup.remaining) // total} % copied")
    # One file, without a write-ahead log beside it.
    target.execute("PRAGMA journal_mode = delete").fetchall()


def _check(target: apsw.Connection) -> Contents:
    faults = target.execute("PRAGMA integrity_check").fetchall()
    faults = [] if faults == [("ok",)] else faults
    if faults or target.execute("PRAGMA foreign_key_check").fetchall():
        raise BackupError("the database is damaged, and so is its copy: no backup was made")
    tables = [str(name) for (name,) in target.execute(_TABLES).fetchall()]
    rows = {table: _ask(target, f'SELECT count(*) FROM "{table}"') for table in tables}  # noqa: S608
    major = int(apsw.sqlite_lib_version().split(".")[0])
    return Contents(_ask(target, "PRAGMA user_version"), rows, major)


def _ask(target: apsw.Connection, query: str) -> int:
    number: int = target.execute(query).get
    return number


def restore_sqlite(backup: Path, directory: Path) -> None:
    """Put the file of a backup into a directory without data, and migrate it.

    Raises:
        BackupError: there is data in `directory`.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, unfinished = directory / FILE_NAME, directory / f"{FILE_NAME}.restoring"
    # A log without its file counts: SQLite would write what is in it over what is restored.
    if found := [file.name for file in _with_logs(path) if file.exists()]:
        message = f"there is data in {directory} ({', '.join(found)})"
        raise BackupError(f"{message}; restore into a new directory")
    _remove(unfinished)
    try:
        _copy_and_migrate(backup, unfinished)
        os.link(unfinished, path)  # unlike a rename, never over data that came meanwhile
        sync(directory)
    except FileExistsError:
        raise BackupError(f"there is data in {directory}; restore into a new directory") from None
    finally:
        _remove(unfinished)


def _copy_and_migrate(backup: Path, copy: Path) -> None:
    copy.touch(mode=0o600)
    shutil.copyfile(backup, copy)
    with translated():
        writer = open_writer(copy)
        try:
            migrate_sqlite(writer)
        finally:
            writer.close()
    seal(copy)


def _with_logs(path: Path) -> list[Path]:
    return [path.with_name(path.name + ending) for ending in ("", "-wal", "-shm", "-journal")]


def _remove(path: Path) -> None:
    for file in _with_logs(path):
        file.unlink(missing_ok=True)
