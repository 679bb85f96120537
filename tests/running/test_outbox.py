"""What is held is sent in order, by the end of a turn, and never much or long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from rentix.api.outbox import HELD_MAX, HELD_MAX_BYTES, Outbox


async def a_turn_ends_before_anything_is_sent() -> None:
    outbox, sent = Outbox(), list[bytes]()
    for data in (b"1", b"2", b"3"):
        outbox.hold(sent.append, data)
    assert sent == []
    await asyncio.sleep(0)
    assert sent == [b"1", b"2", b"3"]


async def what_is_large_takes_all_with_it_at_once() -> None:
    outbox, sent = Outbox(), list[bytes]()
    outbox.hold(sent.append, b"1")
    large = bytes(HELD_MAX_BYTES + 1)
    outbox.hold(sent.append, large)
    assert sent == [b"1", large]


async def many_do_not_wait_for_more() -> None:
    outbox, sent = Outbox(), list[bytes]()
    for number in range(HELD_MAX + 1):
        outbox.hold(sent.append, b"%d" % number)
    assert len(sent) == HELD_MAX
    outbox.flush()
    assert sent == [b"%d" % number for number in range(HELD_MAX + 1)]


@pytest.mark.parametrize(
    "case",
    [
        a_turn_ends_before_anything_is_sent,
        what_is_large_takes_all_with_it_at_once,
        many_do_not_wait_for_more,
    ],
)
def test_held(case: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(case())
