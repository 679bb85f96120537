"""Coroutines that begin at once, and become a task only if they have to wait."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from typing import Any

_Work = Coroutine[Any, Any, None]


def run_eagerly(work: _Work) -> asyncio.Task[None] | None:
    """Run `work` as far as it gets without waiting; the task that does the rest, if there is any.

    What needs a task of its own (`asyncio.timeout`) may not come before the first wait.
    """
    try:
        waits_for = work.send(None)
    except StopIteration:
        return None
    _mark(waits_for, taken=False)
    return asyncio.get_running_loop().create_task(_Rest(work, waits_for))


def _mark(future: Any, *, taken: bool) -> None:
    # `await` marks a future, and the task that it is yielded to takes the mark off. Between the
    # two nobody else could wait for the same future, so no time may pass there.
    if future is not None:
        future._asyncio_future_blocking = taken  # noqa: SLF001 - how asyncio tells a future


class _Rest(Coroutine[Any, Any, None]):
    """A coroutine that has begun: what it waits for is yielded once more, now to its task."""

    def __init__(self, work: _Work, waits_for: Any) -> None:
        self._work = work
        self._waits_for = waits_for
        self._told = False

    def send(self, value: Any) -> Any:
        """Go on; first of all to wait."""
        if self._told:
            return self._work.send(value)
        self._told = True
        _mark(self._waits_for, taken=True)
        return self._waits_for

    def throw(self, *error: Any) -> Any:
        """Go on with an exception, even before it waited."""
        self._told = True
        return self._work.throw(*error)

    def close(self) -> None:
        """End it."""
        self._work.close()

    def __await__(self) -> Generator[Any, Any, None]:
        raise NotImplementedError  # it is a task's, and nobody else's
