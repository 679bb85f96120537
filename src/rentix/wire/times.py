"""Timestamps as the wire spells them: ISO 8601, UTC, milliseconds, `Z` (contract 1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = len("2023-11-14T22:13:20")


def print_time(at_ms: int) -> str:
    """`1700000000123` → `2023-11-14T22:13:20.123Z`."""
    return f"{_print_second(at_ms // 1000)}.{at_ms % 1000:03d}Z"


@lru_cache(4096)  # what is written and read again is mostly of these seconds
def _print_second(at_s: int) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat()[:_SECOND]


def read_time_us(text: str) -> int:
    """Microseconds since 1970 of an ISO 8601 timestamp.

    Raises:
        ValueError: it is none, or names no zone (a local time cannot be compared).
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return (at - _EPOCH) // timedelta(microseconds=1)
