"""Schema changes: numbered SQL files, applied once each, in order, under the write lock."""

from __future__ import annotations

from importlib.resources import files

import apsw

from rentix.store import StoreError


class SchemaTooNew(StoreError):
    """The data was written by a later Rentix than this one."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(found, known)  # what it is pickled by, from a worker to its parent

    def __str__(self) -> str:
        found, known = self.args
        return f"the data is of schema {found}, this program knows {known}: upgrade it"


def migrations(database: str) -> list[tuple[int, str]]:
    """(number, script) of each migration for `database`, in order."""
    folder = files(__package__).joinpath("migrations", database)
    scripts = [f for f in folder.iterdir() if f.name.endswith(".sql")]
    scripts.sort(key=lambda script: script.name)
    return [(int(script.name[:4]), script.read_text("utf-8")) for script in scripts]


def migrate_sqlite(connection: apsw.Connection) -> None:
    """Bring the schema up to date; two processes at once apply each step once.

    Raises:
        SchemaTooNew: the schema has steps that this program doesn't know.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        _apply_missing(connection, migrations("sqlite"))
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _apply_missing(connection: apsw.Connection, steps: list[tuple[int, str]]) -> None:
    version, latest = connection.execute("PRAGMA user_version").get, steps[-1][0]
    if version > latest:
        raise SchemaTooNew(version, latest)
    for number, script in steps:
        if number > version:
            connection.execute(script)
    if version < latest:
        connection.execute(f"PRAGMA user_version = {latest}")
