"""The write-ahead log is folded into the file beside the writer, not in the middle of its commits.

SQLite would do it in the commit that makes the log long, and whoever waits for that commit would
wait for thousands of pages to be copied and synced.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import apsw

from rentix.store.sqlite_connections import open_writer, wait_when_busy

_LOG_PAGES = 16_000
"""64 MB. What is written again and again is copied once, so a longer log is less work and disturbs
fewer; and a log that was as long before needs no new room on the disk, which makes syncs quicker.
"""

_BRIEF_S = 0.002
"""A disk of the machine's own syncs in 0.2 ms; one behind a network, or one that turns, in 5 to 10.
"""


class Checkpointer:
    """A thread with a connection of its own, which is woken when the log of `writer` is long.

    No checkpoint that fails is an error of anybody's: what is committed is in the log, and the
    next commit asks again.
    """

    def __init__(
        self,
        path: Path,
        writer: apsw.Connection,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._writer = writer
        self._clock = clock
        self._connection = open_writer(path)
        self._connection.wal_autocheckpoint(0)
        self._due = threading.Event()
        self._copied = False
        self._closing = False
        self._usual_s = 0.0
        self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)
        self._thread.start()
        writer.set_wal_hook(self._note)  # in place of SQLite's own way

    @property
    def is_brief(self) -> bool:
        """Whether the next commit is expected to take no longer than waking a thread would."""
        return self._usual_s < _BRIEF_S and not self._copied

    def commit(self) -> None:
        """Commit what is written. Once in a long while begin the log anew from its start."""
        began = self._clock()
        self._writer.execute("COMMIT")
        self._usual_s += (self._clock() - began - self._usual_s) / 4
        if self._copied:  # what came since is little
            self._copied = False
            self._begin_anew()

    def _begin_anew(self) -> None:
        # A reader, such as a backup, may be in the way for minutes: nobody waits for it here.
        self._writer.set_busy_timeout(0)
        try:
            self._checkpoint(self._writer, apsw.SQLITE_CHECKPOINT_RESTART)
        finally:
            wait_when_busy(self._writer)

    def close(self) -> None:
        """End; the last connection that is closed folds in what is left."""
        self._closing = True
        self._due.set()
        self._thread.join()
        self._connection.close()

    def _note(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        if pages >= _LOG_PAGES and not self._copied:
            self._due.set()
        return apsw.SQLITE_OK

    def _run(self) -> None:
        while self._wait():
            self.copy()
            self._due.clear()  # commits meanwhile asked for the same

    def _wait(self) -> bool:
        # An end that was told during the copy has been cleared with the rest.
        return not self._closing and self._due.wait() and not self._closing

    def copy(self) -> None:
        """Copy what is in the log while others write, as far as readers of it let us."""
        passive = apsw.SQLITE_CHECKPOINT_PASSIVE
        self._checkpoint(self._connection, passive)
        # Once more, for what came meanwhile: the commit that begins anew waits for what is left.
        self._copied = self._checkpoint(self._connection, passive)

    def _checkpoint(self, connection: apsw.Connection, mode: int) -> bool:
        with suppress(apsw.Error):
            pages, copied = connection.wal_checkpoint(mode=mode)
            return copied == pages
        return False
