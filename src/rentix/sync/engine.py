"""The sync itself: rows in, bulks out, every row accounted for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import blake2b
from http import HTTPStatus
from typing import Protocol
from uuid import uuid4

import msgspec
from msgspec import UNSET

from rentix.client import ApiError, ConnectionFailed, RentixError
from rentix.client.batches import in_order
from rentix.client.calls import Call, bulk_users
from rentix.sync.batches import split
from rentix.sync.mapping import FieldMap
from rentix.sync.records import Fate, Record, Rejection, Skipped
from rentix.sync.sources import Source
from rentix.sync.tally import Tally
from rentix.wire.shapes import BulkShape, ResultShape


class Portal(Protocol):
    """What the sync needs of a client."""

    def send(self, call: Call[BulkShape]) -> BulkShape:
        """Send operations, return their results."""


class Sync:
    """One run of a roster against the portal.

    `on_progress` is told the last line dealt with and the tally, after each request. The memory
    a run takes grows with the number of external ids and rejections, not with the rows' size.
    """

    def __init__(
        self,
        source: Source,
        field_map: FieldMap,
        portal: Portal,
        *,
        on_progress: Callable[[int, Tally], None],
    ) -> None:
        self._source = source
        self._map = field_map
        self._portal = portal
        self._on_progress = on_progress
        self._run_id = uuid4().hex
        self._requests = 0
        self._in_flight = 0
        self._fates: dict[str, Fate] = {}
        self._repeats: list[tuple[Record, Fate]] = []
        self._tally = Tally(unused_columns=field_map.unused)

    def run(self) -> Tally:
        """Bring every row into the portal, or as many as go; never raises for what stopped it."""
        tally = self._tally
        try:
            for batch in split(self._records()):
                self._deliver(batch)
                self._on_progress(batch[-1].line, tally)
        except (RentixError, KeyboardInterrupt) as stop:
            tally.stopped = stop
        self._settle_repeats()
        if tally.stopped:
            self._count_the_rest(tally.stopped)
        else:
            self._on_progress(self._source.lines, tally)
        return tally

    def _records(self) -> Iterator[Record]:
        """Yield the rows to send, and count those that need not or cannot be sent."""
        for row in self._source.rows():
            record = row if isinstance(row, Rejection) else self._map.read(row)
            if isinstance(record, Rejection):
                self._tally.reject(record)
            elif isinstance(record, Skipped):
                self._tally.skipped[record.reason] += 1
            elif self._is_first(record):
                yield record

    def _is_first(self, record: Record) -> bool:
        digest = blake2b(record.operation, digest_size=16).digest()
        first = self._fates.setdefault(record.external_id, Fate(record.line, digest))
        if first.line == record.line:
            return True
        if first.digest == digest:
            self._repeats.append((record, first))
        else:
            reason = (
                f"line {first.line} has this externalId with other values, and the first counts"
            )
            self._reject(record, reason, "external_id_repeated")
        return False

    def _deliver(self, batch: list[Record]) -> None:
        """Send a batch, in halves if it is too large for the portal or something before it."""
        self._requests += 1
        self._in_flight = len(batch)
        operations = [msgspec.Raw(record.operation) for record in batch]
        try:
            key = f"{self._run_id}-{self._requests}"
            answer = self._portal.send(bulk_users(operations, key, self._run_id))
        except ApiError as refusal:
            if refusal.status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                raise
            self._halve(batch, refusal)
        else:
            self._count(batch, answer)

    def _halve(self, batch: list[Record], refusal: ApiError) -> None:
        self._in_flight = 0
        if len(batch) == 1:
            self._reject_first(batch[0], refusal.message, refusal.code or "body_too_large")
            return
        middle = len(batch) // 2
        self._deliver(batch[:middle])
        self._deliver(batch[middle:])

    def _count(self, batch: list[Record], answer: BulkShape) -> None:
        for record, result in zip(batch, in_order(len(batch), answer), strict=True):
            self._count_one(record, result)
            self._in_flight -= 1

    def _count_one(self, record: Record, result: ResultShape) -> None:
        if result.success:
            self._fates[record.external_id].state = "stored"
            self._tally.add(result)
        elif result.error is UNSET:
            self._reject_first(record, "the portal gave no reason", "unexplained")
        else:
            self._reject_first(record, result.error.message, result.error.code)

    def _reject_first(self, record: Record, reason: str, code: str) -> None:
        self._fates[record.external_id].state = "rejected"
        self._reject(record, reason, code)

    def _reject(self, record: Record, reason: str, code: str) -> None:
        self._tally.reject(Rejection(record.line, record.external_id, reason, code))

    def _settle_repeats(self) -> None:
        # Only now is it known whether the row that each repeats is in the portal.
        for record, first in self._repeats:
            if first.state == "stored":
                self._tally.unchanged += 1
            elif first.state == "rejected":
                reason = f"it repeats line {first.line}, which was rejected"
                self._reject(record, reason, "external_id_repeated")
        self._tally.rejected.sort(key=lambda rejection: rejection.line)

    def _count_the_rest(self, stop: BaseException) -> None:
        may_be_stored = (
            stop.reached
            if isinstance(stop, ConnectionFailed)
            else not isinstance(stop, ApiError) or stop.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        )
        tally = self._tally
        tally.unconfirmed = self._in_flight if may_be_stored else 0
        rows = sum(1 for _ in self._source.rows())
        tally.not_sent = rows - tally.counted - tally.unconfirmed
