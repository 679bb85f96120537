"""Requests that wait to be written, in order within an agency; agencies take turns."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Collection, Iterator, Sequence

import msgspec

from rentix.operations import Request

BATCH_OPERATIONS = 1000
AGENCY_OPERATIONS = 200


class Waiting(msgspec.Struct):
    """A request in the queue. `done` is the caller's, handed back with the ending."""

    request: Request
    done: object
    size: int


class Queue:
    """What waits, for two lanes that take batches from it.

    An agency is in one lane at a time: `take` keeps it until `release`. The first lane takes many
    agencies at once; the waiting lane one of those that were given back.
    """

    def __init__(self) -> None:
        self._agencies: OrderedDict[int, deque[Waiting]] = OrderedDict()
        self._taken: set[int] = set()
        self._given_back: set[int] = set()
        self.operations = 0

    def put(self, waiting: Waiting) -> None:
        """Add a request behind those of its agency."""
        self._agencies.setdefault(waiting.request.caller.agency_id, deque()).append(waiting)
        self.operations += waiting.size

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is taken, so that nothing can come back either."""
        return not self._agencies and not self._taken

    def ready(self, *, waiting_lane: bool) -> bool:
        """Whether `take` would give this lane anything."""
        return next(self._free(waiting_lane=waiting_lane), None) is not None

    def _free(self, *, waiting_lane: bool) -> Iterator[int]:
        return (
            agency_id
            for agency_id in self._agencies
            if agency_id not in self._taken and (agency_id in self._given_back) == waiting_lane
        )

    def take(self, *, waiting_lane: bool = False) -> list[Waiting]:
        """The next batch: one request an agency in turn, up to the limits of both."""
        free = self._free(waiting_lane=waiting_lane)
        turns = deque([next(free)] if waiting_lane else free)
        batch: list[Waiting] = []
        sizes: dict[int, int] = {}
        room = BATCH_OPERATIONS
        while turns and room > 0:
            agency_id = turns.popleft()
            line = self._agencies[agency_id]
            waiting = line.popleft()
            batch.append(waiting)
            room -= waiting.size
            sizes[agency_id] = sizes.get(agency_id, 0) + waiting.size
            if not line:
                del self._agencies[agency_id]
            elif sizes[agency_id] < AGENCY_OPERATIONS:
                turns.append(agency_id)
        for agency_id in sizes:  # who was served goes to the end of the row
            if agency_id in self._agencies:
                self._agencies.move_to_end(agency_id)
        self._taken |= sizes.keys()
        self.operations -= sum(sizes.values())
        return batch

    def release(self, batch: Collection[Waiting], held: Sequence[Waiting] = ()) -> None:
        """The end of a batch; what is `held` by another process comes back, ahead of the rest."""
        agencies = {waiting.request.caller.agency_id for waiting in batch}
        self._taken -= agencies
        self._given_back -= agencies
        for waiting in reversed(held):
            agency_id = waiting.request.caller.agency_id
            self._given_back.add(agency_id)
            self._agencies.setdefault(agency_id, deque()).appendleft(waiting)
            self.operations += waiting.size
