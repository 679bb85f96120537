"""The client for asyncio, driven so that a test written for the blocking one can use it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from inspect import isawaitable
from typing import Any, cast

from rentix.client import AsyncRentix, Rentix


class _Driven:
    """Anything of the client: what it returns is awaited, what it iterates is iterated."""

    def __init__(self, what: Any, runner: asyncio.Runner) -> None:
        self._what = what
        self._runner = runner

    def __getattr__(self, name: str) -> Any:
        return _Driven(getattr(self._what, name), self._runner)

    def __call__(self, *given: Any, **named: Any) -> Any:
        came = self._what(*given, **named)
        if hasattr(came, "__anext__"):
            return self._iterate(came)
        return self._run(came) if isawaitable(came) else came

    def _run(self, came: Any) -> Any:
        async def wait() -> Any:
            return await came

        return self._runner.run(wait())

    def _iterate(self, found: AsyncIterator[Any]) -> Iterator[Any]:
        while True:
            try:
                yield self._run(anext(found))
            except StopAsyncIteration:
                return


def driven(client: AsyncRentix, runner: asyncio.Runner) -> Rentix:
    """Return a client for asyncio that is used as the blocking one is."""
    return cast("Rentix", _Driven(client, runner))
