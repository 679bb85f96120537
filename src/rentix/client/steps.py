"""Work of several calls, as generators: they yield calls, pauses and what they have to give.

Both clients run the same ones. A call's result is sent back in, or its error thrown in.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rentix.client.calls.call import Call
from rentix.client.errors import RentixError
from rentix.client.exchange import Pause

T = TypeVar("T")
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Give(Generic[Item]):
    """Something for whoever iterates."""

    item: Item


@dataclass(frozen=True, slots=True)
class Failed:
    """The error that a call ended with."""

    fault: RentixError


Steps = Generator[Call[Any] | Pause | Give[Item], Any, Result]


def ask(call: Call[T]) -> Generator[Call[T], T, T]:
    """Have a call sent, and return its result."""
    return (yield call)


def advance(steps: Steps[Item, Result], came: object) -> Call[Any] | Pause | Give[Item]:
    """Take the next step, with what came of the last one."""
    return steps.throw(came.fault) if isinstance(came, Failed) else steps.send(came)
