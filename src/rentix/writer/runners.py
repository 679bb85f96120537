"""What writes the batches of a lane: a thread, or a strand on the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from typing import Protocol

from rentix.store.strands import make_blocking_call, run_strand
from rentix.writer.waiting import Waiting

Take = Callable[[], list[Waiting]]
Write = Callable[[list[Waiting]], None]

BRIEF_OPERATIONS = 80  # computed in one go, they keep the event loop from others for some ms


class Runner(Protocol):
    """Writes batches while there are any. `wake` is called under the lock it was made with."""

    def wake(self) -> None:
        """There may be something to take."""

    def stop(self) -> None:
        """End; nothing is left to take."""


class ThreadRunner:
    """A thread, for batches that compute for long and transactions that may wait."""

    def __init__(self, lock: threading.Lock, take: Take, write: Write) -> None:
        self._due = threading.Condition(lock)
        self._take = take
        self._write = write
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There may be something to take."""
        self._due.notify()

    def stop(self) -> None:
        """End; nothing is left to take."""
        with self._due:
            self._stopping = True
            self._due.notify()
        self._thread.join()

    def _run(self) -> None:
        while batch := self._next():
            self._write(batch)

    def _next(self) -> list[Waiting]:
        with self._due:
            while not (batch := self._take()) and not self._stopping:
                self._due.wait()
            return batch


class LoopRunner:
    """A strand on `loop`, for batches that compute briefly: no thread is woken for them.

    One of more than `BRIEF_OPERATIONS` is written in a thread, while the strand waits.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, lock: threading.Lock, take: Take, write: Write
    ) -> None:
        self._loop = loop
        self._lock = lock
        self._take = take
        self._write = write
        self._running = False
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """There may be something to take."""
        if not self._running:
            self._running = True
            self._loop.call_soon_threadsafe(self._start)

    def stop(self) -> None:
        """Nothing is left to take, so it has ended."""

    def _start(self) -> None:
        self._task = self._loop.create_task(run_strand(self._run))

    def _run(self) -> None:
        while batch := self._next():
            if sum(waiting.size for waiting in batch) > BRIEF_OPERATIONS:
                make_blocking_call(partial(self._write, batch))
            else:
                self._write(batch)

    def _next(self) -> list[Waiting]:
        with self._lock:
            batch = self._take()
            self._running = bool(batch)
            return batch
