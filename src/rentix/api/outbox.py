"""Answers that are ready at once, sent together when all who asked meanwhile were heard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

HELD_MAX, HELD_MAX_BYTES = 32, 64 * 1024

Send = Callable[[bytes], None]


class Outbox:
    """Holds answers of all connections until the end of a turn of the event loop.

    Who waits for an answer sleeps, and on one machine (a proxy before us, a test) to wake them
    costs the sender more than to make a small answer. Awake, they take the next one at no such
    cost; so a few at a time are cheaper by a fifth, for everybody.
    """

    def __init__(self) -> None:
        self._held: list[tuple[Send, bytes]] = []

    def hold(self, send: Send, data: bytes) -> None:
        """Have `data` sent soon: not behind more than a few others, none of which is large."""
        held = self._held
        if not held:
            asyncio.get_running_loop().call_soon(self.flush)
        held.append((send, data))
        if len(held) >= HELD_MAX or len(data) > HELD_MAX_BYTES:
            self.flush()

    def flush(self) -> None:
        """Send all that is held."""
        held, self._held = self._held, []
        for send, data in held:
            send(data)
