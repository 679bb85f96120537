"""Timestamps as the wire spells them: ISO 8601, UTC, milliseconds, `Z` (contract 1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def print_time(at_ms: int) -> str:
    """`1700000000123` → `2023-11-14T22:13:20.123Z`."""
    return f"{datetime.fromtimestamp(at_ms // 1000, UTC):%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}Z"


def read_time_us(text: str) -> int:
    """Microseconds since 1970 of an ISO 8601 timestamp.

    Raises:
        ValueError: it is none, or names no zone (a local time cannot be compared).
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return (at - _EPOCH) // timedelta(microseconds=1)
