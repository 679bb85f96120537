"""Code that is written for threads, run on the event loop: where it waits, the loop goes on.

A hop to a thread and back costs more than most questions to the database do. A strand is a
greenlet: it keeps the stack of the code that waits, so that the store is written once, plainly, for
threads and for the loop.
"""

from __future__ import annotations

import asyncio
import select
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet

T = TypeVar("T")

_threads = ThreadPoolExecutor(8, "strand")
"""Of their own: commits do not queue behind what else the service does in threads."""


class _Strand(greenlet):
    """A greenlet whose parent awaits what it is given."""


async def run_strand(work: Callable[[], T]) -> T:
    """Run `work` on the event loop, and return what it returns.

    It gives way to others where it calls `wait_for_socket` and `make_blocking_call`, and nowhere
    else: two strands never compute at the same time.
    """
    strand = _Strand(work)
    given: Any = strand.switch()
    while not strand.dead:
        try:
            result = await given
        except BaseException as error:  # noqa: BLE001 - it is the strand's to handle
            given = strand.throw(error)
        else:
            given = strand.switch(result)
    finished: T = given
    return finished


def wait_for_socket(descriptor: int, *, sending: bool) -> None:
    """Wait until a socket has bytes for us or, when `sending`, takes some of ours."""
    if isinstance(getcurrent(), _Strand):
        _await(_ready(descriptor, sending=sending))
        return
    poll = select.poll()
    poll.register(descriptor, select.POLLIN | (select.POLLOUT if sending else 0))
    poll.poll()


def make_blocking_call(call: Callable[[], T]) -> T:
    """Call what may block, in a thread if this is a strand."""
    if isinstance(getcurrent(), _Strand):
        result: T = _await(asyncio.get_running_loop().run_in_executor(_threads, call))
        return result
    return call()


def _await(awaitable: Awaitable[Any]) -> Any:
    parent = getcurrent().parent
    assert parent is not None  # noqa: S101 - `run_strand` is
    return parent.switch(awaitable)


async def _ready(descriptor: int, *, sending: bool) -> None:
    loop = asyncio.get_running_loop()
    ready = loop.create_future()

    def tell() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(descriptor, tell)
    if sending:
        loop.add_writer(descriptor, tell)
    try:
        await ready
    finally:
        loop.remove_reader(descriptor)
        if sending:
            loop.remove_writer(descriptor)
