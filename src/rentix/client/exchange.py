"""The life of one call: paced, sent, sent again, read. Neither sleeps nor knows a socket.

`exchange` is a generator. It yields what is to be done, `Send` or `Pause`, and is sent what came
of it: an `Answer`, or `Lost`. Both clients are a loop around it.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeVar

from rentix.client.answers import Answer
from rentix.client.calls.call import Call
from rentix.client.clocks import Ticks
from rentix.client.errors import ConnectionFailed, UnreadableAnswer
from rentix.client.pace import Pace
from rentix.client.retries import Patience, Retries

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Send:
    """Send this, and say what came of it."""

    call: Call[Any]


@dataclass(frozen=True, slots=True)
class Pause:
    """Let time pass before going on; `reason` is for whoever shows progress."""

    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class Lost:
    """No answer came, or (`garbled`) one that cannot be unpacked.

    `reached` says whether the request may have got through.
    """

    words: str
    reached: bool
    garbled: bool = False


Came = Answer | Lost
Exchange = Generator[Send | Pause, Came | None, T]


def exchange(call: Call[T], pace: Pace, patience: Patience, ticks: Ticks) -> Exchange[T]:
    """Bring a call to its end: its result, or one of the errors."""
    retries = Retries(patience, repeatable=call.repeatable)
    reached = False
    while True:
        while (wait_s := pace.claim(call.budget, ticks.monotonic_s())) > 0:
            yield Pause(wait_s, "rate budget spent")
        came = yield from _send(call, pace, ticks)
        reached = reached or not isinstance(came, Lost) or came.reached
        again_s = _wait_s(came, retries)
        if again_s is None:
            return _read(call, came, reached=reached)
        yield Pause(again_s, _reason(came))


def _send(call: Call[Any], pace: Pace, ticks: Ticks) -> Generator[Send, Came | None, Came]:
    came: Came | None = None
    try:
        came = yield Send(call)
    finally:  # a task that is cancelled while it waits is not in flight any more
        answer = came if isinstance(came, Answer) else None
        pace.settle(call.budget, answer, ticks.monotonic_s(), ticks.unix_s())
    return came or Lost("nothing came of it", reached=True)


def _wait_s(came: Came, retries: Retries) -> float | None:
    if isinstance(came, Lost):
        return None if came.garbled else retries.wait_after(None)
    return retries.wait_after(came)


def _reason(came: Came) -> str:
    return "no connection" if isinstance(came, Lost) else f"the service said {came.status}"


def _read(call: Call[T], came: Came, *, reached: bool) -> T:
    if isinstance(came, Answer):
        return call.read(came)
    if came.garbled:
        raise UnreadableAnswer(came.words)
    raise ConnectionFailed(came.words, reached=reached)
