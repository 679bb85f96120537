"""Group commit: whatever is waiting becomes one transaction, and is answered after its commit.

Nothing waits for a timer: a lone request is a batch of one, and while its commit runs the next
batch gathers. Agencies take turns, so that a busy one fills a batch only when no other waits.

The agency is the unit of order. On a shared database transactions run side by side, so there are
lanes: an agency with little to write does not wait for the long batch of one with much, and none
waits for one that another process holds.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

import structlog

from rentix.decide.batch import decide
from rentix.decide.lookup import lookup
from rentix.decide.working_set import WorkingSet
from rentix.errors import Problem
from rentix.operations import Answer, Request
from rentix.store import Conflict, Store, Unavailable
from rentix.writer.runners import LoopRunner, Runner, ThreadRunner
from rentix.writer.waiting import Lane, Queue, Waiting

Ending = Answer | Exception
"""How a request ended: an answer, a `Problem`, or a `StoreError`."""

_log = structlog.get_logger("rentix")

QUEUE_OPERATIONS = 20_000
_RUNS = 3  # of a batch that loses races
_ABREAST = {Lane.LIGHT: 2, Lane.HEAVY: 2}
"""Batches at a time: while the database works on one of them, another is decided."""


class Overloaded(Exception):
    """More is waiting than can be written in good time; nothing of this request was done."""


class Closed(Exception):
    """The writer takes no more requests."""


class Held(Exception):
    """Another process writes this agency just now; nothing of the request was done."""


def commit(
    store: Store, requests: Sequence[Request], now_ms: int, *, wait: bool = True
) -> list[Ending]:
    """Decide and store `requests` in one transaction; they are durable when this returns.

    A batch that loses a race is run again. One that fails is split by request, so that nobody pays
    for a neighbour's error. Without `wait`, requests of agencies that another process is writing
    end as `Held`.
    """
    failure: Exception = Conflict()
    for _ in range(_RUNS):
        try:
            return _commit_together(store, requests, now_ms, wait=wait)
        except Conflict as error:
            failure = error
        except Unavailable as error:  # it would be so for each of them
            return [error] * len(requests)
        except Exception as error:  # noqa: BLE001 - a defect, too, is its own request's only
            failure = error
            break
    if len(requests) == 1:
        return [failure]
    return [commit(store, [request], now_ms, wait=wait)[0] for request in requests]


def _commit_together(
    store: Store, requests: Sequence[Request], now_ms: int, *, wait: bool
) -> list[Ending]:
    agencies = {request.caller.agency_id for request in requests}
    with store.batch(agencies, wait=wait) as batch:
        working = batch.load(lookup(requests), now_ms)  # with the claim, in one trip
        endings = [
            _decide(working, request, now_ms)
            if request.caller.agency_id in batch.claimed
            else Held()
            for request in requests
        ]
        batch.save(working.effects, now_ms)
    return endings


def _decide(working: WorkingSet, request: Request, now_ms: int) -> Ending:
    try:
        return decide(working, request, now_ms)
    except Problem as problem:
        return problem


def rehearse(store: Store, request: Request, now_ms: int) -> Answer:
    """The same decision as `commit` makes, with nothing stored.

    Raises:
        Problem: the request as a whole is refused.
    """
    with store.trial(request.caller.agency_id) as batch:
        return decide(batch.load(lookup([request]), now_ms), request, now_ms)


class Clock(Protocol):
    """The time, in milliseconds since 1970."""

    def __call__(self) -> int:
        """Now."""


class Writer:
    """Writes what is submitted. `deliver` gets all endings of a batch after its commit.

    A database that has one writer gets one lane. A shared one gets three: for agencies with little
    to write, for those with much, and for those that another process holds.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        deliver: Callable[[list[tuple[object, Ending]]], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._deliver = deliver
        self._queue = Queue(split=store.shared)
        self._lock = threading.Lock()
        self._idle = threading.Condition(self._lock)
        self._closing = False
        self._runners: dict[Lane, list[Runner]] = {}

    def start(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        """Begin to write; what is brief on `loop`, if there is one, and the rest in threads."""
        lanes = (Lane.LIGHT, Lane.HEAVY, Lane.HELD) if self._store.shared else (Lane.ALL,)
        for lane in lanes:
            take, write = partial(self._take, lane), partial(self._write, lane)
            on_loop = lane in (Lane.LIGHT, Lane.ALL)
            self._runners[lane] = [
                LoopRunner(loop, self._lock, take, write)
                if loop and on_loop
                else ThreadRunner(self._lock, take, write)
                for _ in range(_ABREAST.get(lane, 1))
            ]
        with self._lock:
            self._wake_all()

    def submit(self, request: Request, done: object) -> None:
        """Queue a request; `done` comes back through `deliver` with its ending.

        Raises:
            Overloaded: too much is waiting.
            Closed: `close` was called.
        """
        waiting = Waiting(request, done, max(1, len(request.operations)))
        with self._lock:
            if self._closing:
                raise Closed
            if self._queue.operations + waiting.size > QUEUE_OPERATIONS:
                raise Overloaded
            lane = self._queue.put(waiting)
            for runner in self._runners.get(lane, ()):  # none before `start`
                runner.wake()

    @property
    def backlog(self) -> int:
        """How many operations wait."""
        return self._queue.operations

    def close(self) -> None:
        """Write what is waiting, answer it, and stop. Not to be called on the event loop."""
        with self._lock:
            self._closing = True
            self._idle.wait_for(lambda: self._queue.idle)
        for runners in self._runners.values():
            for runner in runners:
                runner.stop()

    def _take(self, lane: Lane) -> list[Waiting]:
        return self._queue.take(lane) if self._queue.ready(lane) else []

    def _write(self, lane: Lane, batch: list[Waiting]) -> None:
        requests = [waiting.request for waiting in batch]
        try:
            endings = commit(self._store, requests, self._clock(), wait=lane is Lane.HELD)
        except Exception as error:  # noqa: BLE001 - a defect must not leave anybody waiting
            endings = [error] * len(batch)
        ended = list(zip(batch, endings, strict=True))
        try:
            self._deliver([(w.done, ending) for w, ending in ended if not isinstance(ending, Held)])
        except Exception as error:  # noqa: BLE001 - nor may it end the lane
            _log.error("answers_lost", kind=type(error).__name__)
        with self._lock:
            self._queue.release(batch, [w for w, ending in ended if isinstance(ending, Held)])
            self._wake_all()
            if self._queue.idle:
                self._idle.notify_all()

    def _wake_all(self) -> None:
        for lane, runners in self._runners.items():
            if self._queue.ready(lane):
                for runner in runners:
                    runner.wake()
