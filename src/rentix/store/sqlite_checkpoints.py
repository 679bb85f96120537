"""The write-ahead log is folded into the file beside the writer, not in the middle of its commits.

SQLite would do it in the commit that makes the log long, and whoever waits for that commit would
wait for thousands of pages to be copied and synced.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

import apsw

from rentix.store.sqlite_connections import open_writer

_LOG_PAGES = 1000  # SQLite's own measure: 4 MB
_LOG_PAGES_MAX = 16_000
"""A log of 64 MB is begun anew from its start, for which the writer waits a moment."""


class Checkpointer:
    """A thread with a connection of its own, woken by the commits of `writer`."""

    def __init__(self, path: Path, writer: apsw.Connection) -> None:
        self._connection = open_writer(path)
        self._connection.wal_autocheckpoint(0)
        self._pages = 0
        self._due = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)
        self._thread.start()
        writer.set_wal_hook(self._note)  # in place of SQLite's own way

    def close(self) -> None:
        """End; the last connection that is closed folds in what is left."""
        self._closing = True
        self._due.set()
        self._thread.join()
        self._connection.close()

    def _note(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        self._pages = pages
        if pages >= _LOG_PAGES:
            self._due.set()
        return apsw.SQLITE_OK

    def _run(self) -> None:
        while self._due.wait() and not self._closing:
            self._due.clear()
            with suppress(apsw.BusyError, apsw.LockedError):  # the next commit asks again
                self._fold()

    def _fold(self) -> None:
        # First what can be copied while others write; then little is left to wait for.
        self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        if self._pages >= _LOG_PAGES_MAX:
            self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_RESTART)
