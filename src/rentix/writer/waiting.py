"""Requests that wait to be written, in order within an agency; agencies take turns."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Collection, Iterator, Sequence
from enum import Enum, auto

import msgspec

from rentix.operations import Request

BATCH_OPERATIONS = 1000
AGENCY_OPERATIONS = 200
LIGHT_OPERATIONS = 50  # of an agency; more are a batch that others would feel


class Lane(Enum):
    """Whose requests a thread takes: everybody's, or one kind of agency's."""

    ALL = auto()
    LIGHT = auto()  # little of theirs waits
    HEAVY = auto()
    HELD = auto()  # by another process


class Waiting(msgspec.Struct):
    """A request in the queue. `done` is the caller's, handed back with the ending."""

    request: Request
    done: object
    size: int


class Queue:
    """What waits, for one lane that takes batches from it, or `split` for three.

    An agency is in one lane at a time: `take` keeps it until `release`. The lane of the held takes
    one of those that were given back; the others take many agencies at once.
    """

    def __init__(self, *, split: bool = False) -> None:
        self._split = split
        self._agencies: OrderedDict[int, deque[Waiting]] = OrderedDict()
        self._sizes: Counter[int] = Counter()
        self._taken: set[int] = set()
        self._given_back: set[int] = set()
        self.operations = 0

    def put(self, waiting: Waiting) -> Lane:
        """Add a request behind those of its agency, and say which lane its agency is for."""
        agency_id = waiting.request.caller.agency_id
        self._agencies.setdefault(agency_id, deque()).append(waiting)
        self._sizes[agency_id] += waiting.size
        self.operations += waiting.size
        return self._lane_of(agency_id)

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is taken, so that nothing can come back either."""
        return not self._agencies and not self._taken

    def ready(self, lane: Lane) -> bool:
        """Whether `take` would give this lane anything."""
        return next(self._free(lane), None) is not None

    def _free(self, lane: Lane) -> Iterator[int]:
        return (
            agency_id
            for agency_id in self._agencies
            if agency_id not in self._taken and self._lane_of(agency_id) is lane
        )

    def _lane_of(self, agency_id: int) -> Lane:
        if not self._split:
            return Lane.ALL
        if agency_id in self._given_back:
            return Lane.HELD
        return Lane.HEAVY if self._sizes[agency_id] > LIGHT_OPERATIONS else Lane.LIGHT

    def take(self, lane: Lane = Lane.ALL) -> list[Waiting]:
        """The next batch: one request an agency in turn, up to the limits of both."""
        free = self._free(lane)
        turns = deque([next(free)] if lane is Lane.HELD else free)
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
        self._sizes -= Counter(sizes)
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
            self._sizes[agency_id] += waiting.size
            self.operations += waiting.size
