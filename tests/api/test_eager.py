"""Coroutines that begin at once end as any other does."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import uvloop

from rentix.api.eager import run_eagerly


def run(work: Any) -> Any:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def test_what_waits_for_nothing_is_no_task() -> None:
    done = []

    async def work() -> None:
        done.append(1)

    async def main() -> None:
        assert run_eagerly(work()) is None
        assert done == [1]

    run(main())


def test_many_may_wait_for_one_thing() -> None:
    async def main() -> list[int]:
        shared: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        got: list[int] = []

        async def work() -> None:
            got.append(await shared)
            await asyncio.sleep(0)
            got.append(await shared)

        tasks = [run_eagerly(work()) for _ in range(5)]
        asyncio.get_running_loop().call_soon(shared.set_result, 7)
        await asyncio.gather(*filter(None, tasks))
        return got

    assert run(main()) == [7] * 10


def test_what_it_waits_for_may_fail() -> None:
    async def main() -> None:
        shared: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def work() -> None:
            with pytest.raises(ValueError, match="away"):
                await shared
            await asyncio.sleep(0)
            raise LookupError

        task = run_eagerly(work())
        shared.set_exception(ValueError("away"))
        assert task is not None
        with pytest.raises(LookupError):
            await task

    run(main())


@pytest.mark.parametrize("turns", [0, 1, 2])
def test_it_can_be_cancelled_and_cleans_up(turns: int) -> None:
    async def main() -> list[str]:
        said: list[str] = []

        async def work() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0)
                said.append("clean")

        task = run_eagerly(work())
        assert task is not None
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        return said

    assert run(main()) == ["clean"]
