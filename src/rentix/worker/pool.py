"""Threads that import pictures. What one holds is its own until it lets the hold pass."""

from __future__ import annotations

import secrets
import threading
import time
from contextlib import suppress
from typing import Protocol

import structlog
from msgspec.structs import replace

from rentix.model import Task
from rentix.store import MediaQueue, StoreError
from rentix.worker.importing import Halted, HostBusy
from rentix.worker.pauses import Pause
from rentix.worker.sweeping import Sweeper
from rentix.writer import Clock

HOLD_MS = 60_000
CLOSE_S = 5.0
"""How long what was begun may take after the end was told."""
BUSY_MS = 2000
"""When a host that has enough to do is asked again, at the earliest."""
_POLL_S = 0.5

_log = structlog.get_logger("rentix")

_Key = tuple[int, int]
"""A hold: the import, and the token. Who loses one may take the same import again."""


class Runs(Protocol):
    """What brings an import to its end: `Importer`."""

    def run(self, task: Task) -> bool:
        """Bring it to its end; whether that is a picture.

        Raises:
            HostBusy, Halted: it must wait, and is not to blame.
        """

    def close(self) -> None:
        """Give back what it needs for that."""


class Pool:
    """Takes imports from the queue and runs some of them side by side, in threads.

    Whatever one raises, its hold passes, and somebody takes the import again. `clock` is the one
    that all who take from the queue go by. The `sweeper` begins and ends with it.
    """

    def __init__(
        self,
        queue: MediaQueue,
        importer: Runs,
        clock: Clock,
        *,
        at_once: int = 4,
        hold_ms: int = HOLD_MS,
        sweeper: Sweeper | None = None,
    ) -> None:
        self._queue = queue
        self._importer = importer
        self._clock = clock
        self._at_once = at_once
        self._hold_ms = hold_ms
        self._sweeper = sweeper
        self._lock = threading.Lock()
        self._held: dict[_Key, Task] = {}
        self._running = 0
        self._pause = Pause()
        self._changed = threading.Event()
        self._closing = False
        self._main = threading.Thread(target=self._work, name="imports", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._main.start()
        if self._sweeper:
            self._sweeper.start()

    @property
    def is_working(self) -> bool:
        """Whether imports are taken: it lives, and nothing that all of them need is away."""
        return self._main.is_alive() and not self._pause.lasts

    def close(self, patience_s: float = CLOSE_S) -> None:
        """Take nothing more, and give back what does not come to its end in time."""
        self._closing = True
        self._changed.set()
        self._main.join()
        deadline = time.monotonic() + patience_s
        while self._holds() and time.monotonic() < deadline:
            self._changed.clear()
            self._changed.wait(_POLL_S)
        for _, task in self._holds():
            with suppress(StoreError):  # away: the hold will pass
                self._queue.give_back(task, 0)
        self._importer.close()
        if self._sweeper:
            self._sweeper.close()

    def _holds(self) -> list[tuple[_Key, Task]]:
        with self._lock:
            return list(self._held.items())

    def _work(self) -> None:
        while not self._closing:
            self._changed.clear()
            try:
                self._turn()
            except Exception as error:  # noqa: BLE001 - nobody else would take what waits here
                _log.warning("imports_wait", kind=type(error).__name__)
            self._changed.wait(_POLL_S)

    def _turn(self) -> None:
        """Keep what is held, and take what there is room for."""
        now_ms = self._clock()
        self._keep(now_ms)
        room = self._pause.room(self._at_once, now_ms) - self._running
        for task in self._queue.take(room, now_ms, now_ms + self._hold_ms) if room > 0 else ():
            try:
                self._begin(task)
            except (RuntimeError, MemoryError) as error:  # the system has no thread to give
                _log.error("import_not_begun", kind=type(error).__name__)
                self._let_go(task)
                self._queue.give_back(task, 0)

    def _keep(self, now_ms: int) -> None:
        for key, task in self._holds():
            if task.until_ms - now_ms < self._hold_ms // 2:
                until_ms = now_ms + self._hold_ms
                kept = self._queue.keep(task, until_ms)
                with self._lock:
                    if not kept:
                        self._held.pop(key, None)
                    elif key in self._held:
                        self._held[key] = replace(task, until_ms=until_ms)

    def _begin(self, task: Task) -> None:
        with self._lock:
            self._held[_key(task)] = task
            self._running += 1
        # A daemon, for nobody waits at the end for an address that does not answer.
        threading.Thread(target=self._bring_to_end, args=[task], name="import", daemon=True).start()

    def _let_go(self, task: Task) -> None:
        with self._lock:
            self._held.pop(_key(task), None)
            self._running -= 1

    def _bring_to_end(self, task: Task) -> None:
        woken = True
        try:
            woken = self._run(task)
        except Exception as error:  # noqa: BLE001 - the hold passes, and it is taken again
            _log.error("import_broke_off", kind=type(error).__name__)
        finally:
            self._let_go(task)
            if woken or self._closing:
                self._changed.set()

    def _run(self, task: Task) -> bool:
        """Run an import; whether it is worth while to look at once for another one."""
        try:
            if self._importer.run(task):
                self._pause.end()
        except HostBusy:
            # Else all that wait for this host would go through the queue one after the other.
            self._queue.give_back(task, self._clock() + BUSY_MS + secrets.randbelow(BUSY_MS))
            return False
        except Halted as halted:
            until_ms = self._pause.begin(self._clock())
            _log.warning("imports_paused", kind=type(halted.cause).__name__, why=str(halted.cause))
            self._queue.give_back(task, until_ms)
        return True


def _key(task: Task) -> _Key:
    return task.id, task.token
