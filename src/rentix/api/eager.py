"""Coroutines that begin at once, and become a task only if they have to wait."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any


def run_eagerly(work: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
    """Run `work` as far as it gets without waiting; the task that does the rest, if there is any.

    What needs a task of its own (`asyncio.timeout`) may not come before the first wait.
    """
    try:
        waits_for = work.send(None)
    except StopIteration:
        return None
    return asyncio.get_running_loop().create_task(_finish(work, waits_for))


async def _finish(work: Coroutine[Any, Any, None], waits_for: Any) -> None:
    await _go_on(work, waits_for)


@coroutine
def _go_on(work: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    # A future that was yielded is yielded once more, now to the task, which comes back when it
    # is done.
    try:
        while True:
            try:
                sent = yield waits_for
            except BaseException as error:  # noqa: BLE001 - it is for the work to handle
                waits_for = work.throw(error)
            else:
                waits_for = work.send(sent)
    except StopIteration:
        return
