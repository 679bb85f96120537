"""Log lines: JSON on standard error, of listed fields only."""

from __future__ import annotations

import asyncio
import atexit
import logging
import sys
from collections import deque
from datetime import UTC, datetime
from typing import Any, TextIO

import msgspec
import structlog

LOGGED = frozenset(
    [
        "event",
        "level",
        "timestamp",
        "route",
        "status",
        "ms",
        "request_id",
        "agency_id",
        "key_id",
        "kind",
        "why",
        "files",
        "at",
        "url",
        "metrics",
        "worker",
        "pid",
        "exit_code",
    ]
)
"""All that a log line may hold. Whatever else is given to the log is dropped."""

_encode = msgspec.json.Encoder().encode


class Answered(msgspec.Struct):
    """The line of each request. It has no members but listed ones, so nothing need be dropped."""

    route: str
    status: int
    ms: float
    request_id: str
    agency_id: int | None
    key_id: int | None
    timestamp: datetime
    event: str = "answered"
    level: str = "info"


_lines: Lines | None = None


def log_answered(line: Answered) -> None:
    """Write a line, if lines are written; by a short way, for there is one for each request."""
    if _lines is not None:
        _lines.take(line)


def start_logging() -> None:
    """Write log lines to standard error from now on."""
    global _lines  # noqa: PLW0603 - as structlog's own settings are: one log for the process
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)  # what matters of it is logged as ours
    lines = _lines = Lines(sys.stderr)
    atexit.register(lines.write_out)
    structlog.configure(
        processors=[_render],
        logger_factory=structlog.WriteLoggerFactory(lines),  # type: ignore[arg-type]
        cache_logger_on_first_use=True,
    )


def _render(_: Any, level: str, event: structlog.typing.EventDict) -> str:
    line = {name: value for name, value in event.items() if name in LOGGED}
    return _encode({**line, "level": level, "timestamp": datetime.now(UTC)}).decode()


class Lines:
    """A file on which the lines of one turn of the event loop become one write.

    Outside of the loop, and in other threads, each line is written at once.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._waiting: deque[str | Answered] = deque()
        self._due = False

    def write(self, text: str) -> None:
        """Take a line in."""
        self._waiting.append(text)

    def take(self, line: Answered) -> None:
        """Take a request's line in; it is printed when it is written."""
        self._waiting.append(line)
        if not self._due:
            self.flush()

    def flush(self) -> None:
        """See to it that what was taken in is written soon."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.write_out()
            return
        if not self._due:
            self._due = True
            loop.call_soon(self.write_out)

    def write_out(self) -> None:
        """Write what is waiting."""
        self._due = False
        lines = []
        while self._waiting:
            line = self._waiting.popleft()
            lines.append(line if isinstance(line, str) else _encode(line).decode() + "\n")
        self._file.write("".join(lines))
        self._file.flush()
