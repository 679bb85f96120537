"""Threads that import pictures. What one holds is its own until it lets the hold pass."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import Protocol

import msgspec
import structlog

from rentix.model import Task
from rentix.store import MediaQueue, StoreError
from rentix.writer import Clock

HOLD_MS = 60_000
CLOSE_S = 5.0
"""How long what was begun may take after the end was told."""
_POLL_S = 0.5

_log = structlog.get_logger("rentix")


class Runs(Protocol):
    """What brings an import to its end: `Importer`."""

    def run(self, task: Task) -> None:
        """Bring it to its end."""

    def close(self) -> None:
        """Give back what it needs for that."""


class Pool:
    """Takes imports from the queue and runs some of them side by side, in threads.

    Whatever one raises, its hold passes, and somebody takes the import again.
    """

    def __init__(
        self,
        queue: MediaQueue,
        importer: Runs,
        clock: Clock,
        *,
        at_once: int = 4,
        hold_ms: int = HOLD_MS,
    ) -> None:
        self._queue = queue
        self._importer = importer
        self._clock = clock
        self._at_once = at_once
        self._hold_ms = hold_ms
        self._held: dict[int, Task] = {}
        self._changed = threading.Event()
        self._closing = False
        self._main = threading.Thread(target=self._work, name="imports", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._main.start()

    def close(self, patience_s: float = CLOSE_S) -> None:
        """Take nothing more, and give back what does not come to its end in time."""
        self._closing = True
        self._changed.set()
        self._main.join()
        deadline = time.monotonic() + patience_s
        while self._held and time.monotonic() < deadline:
            self._changed.clear()
            self._changed.wait(_POLL_S)
        for task in list(self._held.values()):
            with suppress(StoreError):  # away: the hold will pass
                self._queue.give_back(task)
        self._importer.close()

    def _work(self) -> None:
        while not self._closing:
            self._changed.clear()
            try:
                self._turn()
            except StoreError as error:  # away, perhaps
                _log.warning("imports_wait", kind=type(error).__name__)
            self._changed.wait(_POLL_S)

    def _turn(self) -> None:
        """Keep what is held, and take what there is room for."""
        now_ms = self._clock()
        self._keep(now_ms)
        room = self._at_once - len(self._held)
        for task in self._queue.take(room, now_ms, now_ms + self._hold_ms) if room > 0 else ():
            self._held[task.id] = task
            # A daemon, for nobody waits at the end for an address that does not answer.
            threading.Thread(
                target=self._bring_to_end, args=[task], name="import", daemon=True
            ).start()

    def _keep(self, now_ms: int) -> None:
        for task in list(self._held.values()):
            if task.until_ms - now_ms < self._hold_ms // 2:
                until_ms = now_ms + self._hold_ms
                if self._queue.keep(task, until_ms) and task.id in self._held:
                    self._held[task.id] = msgspec.structs.replace(task, until_ms=until_ms)

    def _bring_to_end(self, task: Task) -> None:
        try:
            self._importer.run(task)
        except Exception as error:  # noqa: BLE001 - the hold passes, and it is taken again
            _log.error("import_broke_off", kind=type(error).__name__)
        finally:
            self._held.pop(task.id, None)
            self._changed.set()
