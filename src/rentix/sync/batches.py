"""Rows gathered into requests that the API takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rentix.client import batches
from rentix.sync.records import Record


def split(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Yield the records in order, in batches that the API takes."""
    return batches.split(records, lambda record: len(record.operation))
