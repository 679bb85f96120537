"""Several processes on one address: started, watched, started again, and ended together."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

import structlog

from rentix.api.addresses import bind, url_of
from rentix.api.proxies import LOOPBACK
from rentix.api.server import GRACE_S
from rentix.api.worker import LAST_S, Build, Task, work

LONG_S = 10.0
"""A worker that served this long may be started again at once."""
PAUSE_FIRST_S, PAUSE_MAX_S = 0.1, 5.0

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_log = structlog.get_logger("rentix")


class WorkerFailed(Exception):
    """A worker ended while it started; why is on standard error."""


def serve_workers(
    build: Build,
    workers: int,
    host: str,
    port: int,
    metrics_port: int | None,
    ready: Callable[[str], None],
    proxies: Sequence[str] = LOOPBACK,
) -> None:
    """Serve from as many processes until told to stop; `ready` is called once all take requests.

    Each worker shows its own metrics: on `metrics_port` plus its number, which begin with 0.

    Raises:
        PortTaken: `port`, or one of the metrics' explicit ones, is in use.
        StoreError, OSError: what `build` raised in a worker.
        WorkerFailed: a worker ended while it started. One that ends later is started again.
    """
    with _heard_signals() as signals, _reserve(host, port) as reserved:
        number = reserved.getsockname()[1]
        tasks = [
            Task(build, worker, host, number, metrics_port, tuple(proxies))
            for worker in range(workers)
        ]
        crew = _Crew(tasks, signals)
        try:
            crew.start()
            if not crew.told:
                ready(url_of(host, reserved))
            crew.keep()
        finally:
            crew.end()


def pause_after(served_s: float, last_pause_s: float) -> float:
    """Seconds before a worker that served so long is started again: none, or twice the last."""
    if served_s >= LONG_S:
        return 0.0
    return min(max(2 * last_pause_s, PAUSE_FIRST_S), PAUSE_MAX_S)


def _reserve(host: str, port: int) -> socket.socket:
    # Each worker listens on a socket of its own (SO_REUSEPORT): on one for all of them, whoever
    # wakes first takes a whole burst of connections. The parent's holds the address and never
    # listens, so it is dealt no connection. Only a plain bind tells that another service is there.
    if port:
        bind(host, port).close()
    return bind(host, port, shared=True)


@contextmanager
def _heard_signals() -> Iterator[socket.socket]:
    """A socket on which SIGTERM and SIGINT arrive as bytes, so that they can be waited for."""
    heard, told = socket.socketpair()
    with heard, told:
        told.setblocking(False)  # noqa: FBT003 - positional only
        for number in _SIGNALS:
            signal.signal(number, lambda *_: None)
        signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
        try:
            yield heard
        finally:
            signal.set_wakeup_fd(-1)


class _Worker:
    """A worker's place, and the process that fills it now."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.pipe: Connection | None = None
        self.refusal: Exception | None = None
        self.due_s = 0.0
        self._process: SpawnProcess | None = None
        self._serving_since_s: float | None = None
        self._pause_s = 0.0

    @property
    def serving(self) -> bool:
        return self._serving_since_s is not None

    def start(self) -> None:
        """Start a process; it hears no signal until it can obey it."""
        self.refusal = None
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=work, args=[self.task, theirs])
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            theirs.close()

    def hear(self) -> None:
        """Take what the process has to say, or its end."""
        assert self.pipe is not None  # noqa: S101 - only a pipe is heard
        try:
            self.refusal = self.pipe.recv()
        except (EOFError, OSError):
            self._ended()
            return
        if self.refusal is None:
            self._serving_since_s = time.monotonic()

    def _ended(self) -> None:
        assert self.pipe is not None  # noqa: S101 - as above
        assert self._process is not None  # noqa: S101 - as above
        self.pipe.close()
        self._process.join()
        now_s = time.monotonic()
        served_s = now_s - self._serving_since_s if self._serving_since_s is not None else 0.0
        self._pause_s = pause_after(served_s, self._pause_s)
        self.due_s = now_s + self._pause_s
        _log.info(
            "worker ended",
            worker=self.task.worker,
            exit_code=self._process.exitcode,
            kind=type(self.refusal).__name__ if self.refusal else None,
        )
        self.pipe = self._process = self._serving_since_s = None

    def terminate(self) -> None:
        """Ask the process to finish what is in flight."""
        if self._process:
            self._process.terminate()

    def kill(self) -> None:
        """End the process, whatever it does."""
        if self._process:
            self._process.kill()
            self._ended()


class _Crew:
    """All workers. `told` are the signals that have asked for the end, in order."""

    def __init__(self, tasks: Sequence[Task], signals: socket.socket) -> None:
        self.told = b""
        self._workers = [_Worker(task) for task in tasks]
        self._signals = signals

    def start(self) -> None:
        """Start all, and return when all serve or a signal came."""
        # Its first use would unblock the signals that a worker must not hear yet.
        resource_tracker.ensure_running()
        for worker in self._workers:
            worker.start()
        while not self.told and not all(worker.serving for worker in self._workers):
            self._attend(None)
            for worker in self._workers:
                if worker.refusal is not None:
                    raise worker.refusal
                if worker.pipe is None and not self.told:
                    raise WorkerFailed(
                        f"worker {worker.task.worker} ended while it started; what it said is above"
                    )

    def keep(self) -> None:
        """Start again whoever ends, until a signal comes."""
        while not self.told:
            gone = [worker for worker in self._workers if worker.pipe is None]
            for worker in gone:
                if worker.due_s <= time.monotonic():
                    worker.start()
            waiting = [worker.due_s for worker in gone if worker.pipe is None]
            self._attend(min(waiting) if waiting else None)

    def end(self) -> None:
        """Let all finish what is in flight. A second Ctrl-C, or too long a wait, kills."""
        for worker in self._workers:
            worker.terminate()
        last_s = time.monotonic() + GRACE_S + LAST_S
        while self._living and time.monotonic() < last_s and self.told.count(signal.SIGINT) < 2:  # noqa: PLR2004
            self._attend(last_s)
        for worker in self._workers:
            worker.kill()

    @property
    def _living(self) -> dict[Connection, _Worker]:
        return {worker.pipe: worker for worker in self._workers if worker.pipe}

    def _attend(self, until_s: float | None) -> None:
        """Wait for a signal or a worker's word, and take it; not longer than `until_s`."""
        timeout_s = None if until_s is None else max(until_s - time.monotonic(), 0.0)
        living = self._living
        for source in wait([self._signals, *living], timeout_s):
            if source is self._signals:
                self.told += self._signals.recv(64)
            else:
                living[source].hear()  # type: ignore[index]
