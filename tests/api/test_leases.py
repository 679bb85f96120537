"""Leases: few questions to the store, and never more served than the limit."""

from __future__ import annotations

import asyncio

import pytest

from rentix.api.leases import Account
from rentix.store import Spending, Unavailable

LIMIT = 300


class Store:
    """Counts as the database does; what is asked is answered a turn of the loop later."""

    def __init__(self) -> None:
        self.counted = 0
        self.asked = 0
        self.away = False

    async def ask(self, spending: Spending) -> int:
        self.asked += 1
        await asyncio.sleep(0)
        if self.away:
            raise Unavailable
        self.counted += spending.count
        return self.counted


def account() -> Account:
    return Account(1, 2, "all", 3)


def test_a_lone_process_serves_the_whole_limit_and_counts_down_by_one() -> None:
    async def spend() -> list[int]:
        mine = account()
        return [await mine.take(LIMIT, 0, store) for _ in range(LIMIT + 3)]

    store = Store()
    assert asyncio.run(spend()) == [*range(1, LIMIT + 1), *[LIMIT + 1] * 3]
    assert store.asked < 0.6 * LIMIT


@pytest.mark.parametrize("processes", [2, 3, 7])
def test_processes_never_serve_more_than_the_limit_together(processes: int) -> None:
    async def spend() -> list[int]:
        accounts = [account() for _ in range(processes)]
        takes = [accounts[n % processes].take(LIMIT, n, store) for n in range(2 * LIMIT)]
        return await asyncio.gather(*takes)

    store = Store()
    used = asyncio.run(spend())
    served = [count for count in used if count <= LIMIT]
    assert len(served) == LIMIT
    assert max(served) == LIMIT


def test_what_is_little_is_counted_one_by_one() -> None:
    async def spend() -> list[int]:
        mine, theirs = account(), account()
        return [await (mine, theirs)[n % 2].take(20, 0, store) for n in range(21)]

    store = Store()
    assert asyncio.run(spend()) == list(range(1, 22))


def test_those_who_come_together_ask_once() -> None:
    async def spend() -> list[int]:
        mine = account()
        first = mine.take(20, 0, store)
        return await asyncio.gather(first, *[mine.take(20, 0, store) for _ in range(9)])

    store = Store()
    assert sorted(asyncio.run(spend())) == list(range(1, 11))
    assert store.asked == 2, "one for the first, one for all who came meanwhile"


def test_a_count_that_is_old_is_asked_for_again() -> None:
    async def spend() -> tuple[int, int]:
        mine = account()
        await mine.take(LIMIT, 0, store)
        store.counted += 100  # by another process
        return await mine.take(LIMIT, 100, store), await mine.take(LIMIT, 600, store)

    store = Store()
    soon, later = asyncio.run(spend())
    assert soon == 2
    assert later >= 103


def test_a_store_that_is_away_is_told_to_all_and_heals() -> None:
    async def spend() -> list[BaseException | int]:
        mine = account()
        takes = [mine.take(LIMIT, 0, store) for _ in range(3)]
        ended = await asyncio.gather(*takes, return_exceptions=True)
        store.away = False
        return [*ended, await mine.take(LIMIT, 0, store)]

    store = Store()
    store.away = True
    *ended, after = asyncio.run(spend())
    assert [type(error) for error in ended] == [Unavailable] * 3
    assert after == 1


def test_who_waits_for_a_lease_asks_when_its_taker_gives_up() -> None:
    async def give_up() -> int:
        mine = account()
        first = asyncio.create_task(mine.take(LIMIT, 0, store))
        second = asyncio.create_task(mine.take(LIMIT, 0, store))
        await asyncio.sleep(0)
        first.cancel()
        return await asyncio.wait_for(second, 10)

    store = Store()
    assert asyncio.run(give_up()) == 1
    assert store.asked == 2
