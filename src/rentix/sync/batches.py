"""Operations gathered into requests that the API takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from rentix.sync.records import Record
from rentix.wire.bodies import MAX_OPERATIONS

MAX_BATCH_BYTES: Final = 500 * 1024
"""Below the API's 512 KB by what surrounds the operations."""


def split(
    records: Iterable[Record], most: int = MAX_OPERATIONS, most_bytes: int = MAX_BATCH_BYTES
) -> Iterator[list[Record]]:
    """Yield the records in order, in batches of at most `most` and `most_bytes`.

    A record that is larger by itself goes alone.
    """
    batch: list[Record] = []
    size_bytes = 0
    for record in records:
        added_bytes = len(record.operation) + 1
        if batch and (len(batch) == most or size_bytes + added_bytes > most_bytes):
            yield batch
            batch, size_bytes = [], 0
        batch.append(record)
        size_bytes += added_bytes
    if batch:
        yield batch
