"""Questions to the store: at once where that takes microseconds, else many in one trip."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, Protocol, TypeVar

from rentix.store.strands import run_strand

Question = TypeVar("Question")
Answer = TypeVar("Answer")
_contra = TypeVar("_contra", contravariant=True)
_co = TypeVar("_co", covariant=True)

_MOST = 500  # questions in one trip


class Asking(Protocol[_contra, _co]):
    """Something that answers one question at a time."""

    async def ask(self, question: _contra) -> _co:
        """The answer to `question`."""


class AtOnce(Generic[Question, Answer]):
    """Asks on the event loop, where a hop to a thread would cost more than the answer."""

    def __init__(self, answer: Callable[[Sequence[Question]], list[Answer]]) -> None:
        self._answer = answer

    async def ask(self, question: Question) -> Answer:
        """The answer to `question`."""
        return self._answer([question])[0]


class Gathered(Generic[Question, Answer]):
    """Asks, and gathers what comes meanwhile, to be asked together.

    As with writes, nothing waits for a timer: a lone question is asked alone, at once.
    """

    def __init__(self, answer: Callable[[Sequence[Question]], list[Answer]]) -> None:
        self._answer = answer
        self._waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, question: Question) -> Answer:
        """The answer to `question`."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((question, future))
        if self._task is None:
            self._task = loop.create_task(self._run())
        return await future

    async def _run(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            try:
                questions = [question for question, _ in asked]
                answers = await run_strand(partial(self._answer, questions))
            except Exception as error:  # noqa: BLE001 - each of those who asked is told
                for _, future in asked:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), answer in zip(asked, answers, strict=True):
                if not future.done():
                    future.set_result(answer)
        self._task = None
