"""Group commit: whatever is waiting becomes one transaction, and is answered after its commit.

Nothing waits for a timer: a lone request is a batch of one, and while its commit runs the next
batch gathers. Agencies take turns, so that a busy one fills a batch only when no other waits.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from rentix.decide.batch import decide
from rentix.decide.working_set import lookup
from rentix.errors import Problem
from rentix.operations import Answer, Request
from rentix.store import Store, Unavailable

Ending = Answer | Exception
"""How a request ended: an answer, a `Problem`, or a `StoreError`."""

BATCH_OPERATIONS = 1000
AGENCY_OPERATIONS = 200
QUEUE_OPERATIONS = 20_000


class Overloaded(Exception):
    """More is waiting than can be written in good time; nothing of this request was done."""


class Closed(Exception):
    """The writer takes no more requests."""


def commit(store: Store, requests: Sequence[Request], now_ms: int) -> list[Ending]:
    """Decide and store `requests` in one transaction; they are durable when this returns.

    A batch that fails is split by request and run again, so that nobody pays for a neighbour's
    error.
    """
    try:
        return _commit_together(store, requests, now_ms)
    except Unavailable as error:  # it would be so for each of them
        return [error] * len(requests)
    except Exception as error:  # noqa: BLE001 - a defect, too, is its own request's only
        if len(requests) == 1:
            return [error]
        return [commit(store, [request], now_ms)[0] for request in requests]


def _commit_together(store: Store, requests: Sequence[Request], now_ms: int) -> list[Ending]:
    with store.batch() as batch:
        working = batch.load(lookup(requests), now_ms)
        endings: list[Ending] = []
        for request in requests:
            try:
                endings.append(decide(working, request, now_ms))
            except Problem as problem:
                endings.append(problem)
        batch.save(working.effects, now_ms)
    return endings


def rehearse(store: Store, request: Request, now_ms: int) -> Answer:
    """The same decision as `commit` makes, with nothing stored.

    Raises:
        Problem: the request as a whole is refused.
    """
    with store.trial() as batch:
        return decide(batch.load(lookup([request]), now_ms), request, now_ms)


class Waiting(msgspec.Struct):
    """A request in the queue. `done` is the caller's, handed back with the ending."""

    request: Request
    done: object
    size: int


class Clock(Protocol):
    """The time, in milliseconds since 1970."""

    def __call__(self) -> int:
        """Now."""


class Queue:
    """Requests that wait, in order within an agency; agencies take turns."""

    def __init__(self) -> None:
        self._agencies: OrderedDict[int, deque[Waiting]] = OrderedDict()
        self.operations = 0

    def put(self, waiting: Waiting) -> None:
        """Add a request behind those of its agency."""
        self._agencies.setdefault(waiting.request.caller.agency_id, deque()).append(waiting)
        self.operations += waiting.size

    def take(self) -> list[Waiting]:
        """The next batch: one request an agency in turn, up to the limits of both."""
        batch: list[Waiting] = []
        taken: dict[int, int] = {}
        room = BATCH_OPERATIONS
        turns = deque(self._agencies)
        while turns and room > 0:
            agency_id = turns.popleft()
            line = self._agencies[agency_id]
            waiting = line.popleft()
            batch.append(waiting)
            room -= waiting.size
            taken[agency_id] = taken.get(agency_id, 0) + waiting.size
            if not line:
                del self._agencies[agency_id]
            elif taken[agency_id] < AGENCY_OPERATIONS:
                turns.append(agency_id)
        for agency_id in taken:  # who was served goes to the end of the row
            if agency_id in self._agencies:
                self._agencies.move_to_end(agency_id)
        self.operations -= sum(waiting.size for waiting in batch)
        return batch


class Writer:
    """The one thread that writes. `deliver` gets all endings of a batch after its commit."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        deliver: Callable[[list[tuple[object, Ending]]], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._deliver = deliver
        self._queue = Queue()
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def submit(self, request: Request, done: object) -> None:
        """Queue a request; `done` comes back through `deliver` with its ending.

        Raises:
            Overloaded: too much is waiting.
            Closed: `close` was called.
        """
        waiting = Waiting(request, done, max(1, len(request.operations)))
        with self._changed:
            if self._closing:
                raise Closed
            if self._queue.operations + waiting.size > QUEUE_OPERATIONS:
                raise Overloaded
            self._queue.put(waiting)
            self._changed.notify()

    @property
    def backlog(self) -> int:
        """How many operations wait."""
        return self._queue.operations

    def close(self) -> None:
        """Write what is waiting, answer it, and stop."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while batch := self._next():
            requests = [waiting.request for waiting in batch]
            try:
                endings = commit(self._store, requests, self._clock())
            except Exception as error:  # noqa: BLE001 - a defect must not leave anybody waiting
                endings = [error] * len(batch)
            done = [waiting.done for waiting in batch]
            self._deliver(list(zip(done, endings, strict=True)))

    def _next(self) -> list[Waiting]:
        with self._changed:
            self._changed.wait_for(lambda: self._queue.operations or self._closing)
            return self._queue.take()
