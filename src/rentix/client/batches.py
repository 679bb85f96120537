"""Operations gathered into requests that the API takes, and results matched with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

from rentix.client.errors import UnreadableAnswer
from rentix.wire.bodies import MAX_BODY_BYTES, MAX_OPERATIONS
from rentix.wire.shapes import BulkShape, ResultShape

T = TypeVar("T")

MAX_BATCH_BYTES: Final = MAX_BODY_BYTES - len('{"operations":[],"atomic":true}')
"""The API's 512 KB but for what surrounds the operations."""


def split(
    items: Iterable[T],
    size_of: Callable[[T], int],
    most: int = MAX_OPERATIONS,
    most_bytes: int = MAX_BATCH_BYTES,
) -> Iterator[list[T]]:
    """Yield the items in order, in batches of at most `most` and `most_bytes`.

    An item that is larger by itself goes alone.
    """
    batch: list[T] = []
    size_bytes = 0
    for item in items:
        added_bytes = size_of(item) + 1  # the comma
        if batch and (len(batch) == most or size_bytes + added_bytes > most_bytes):
            yield batch
            batch, size_bytes = [], 0
        batch.append(item)
        size_bytes += added_bytes
    if batch:
        yield batch


def in_order(count: int, answer: BulkShape) -> list[ResultShape]:
    """Return the results of `count` operations in their order, or raise UnreadableAnswer."""
    results = sorted(answer.results, key=lambda result: result.index)
    if [result.index for result in results] != list(range(count)):
        raise UnreadableAnswer("the answer to a bulk doesn't have one result for each operation")
    return results
