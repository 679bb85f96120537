"""What a commit left for later, because thousands of listings are concerned: some at a time.

- Listings that waited for an agent: who it is gets written down.
- Listings with a photo that has ended or is gone: they are told.

Readers see the agent from the commit that gave the external id away, and of a photo that is gone
nothing from its commit on; this only spares them looking it up. Any number of processes may do it
side by side.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import structlog

from rentix.operations import (
    BindListings,
    BindOutcome,
    Caller,
    Operation,
    Request,
    TellListings,
    TellOutcome,
)
from rentix.store import Binding, PhotoNews, Store
from rentix.worker.importing import Finish

POLL_S = 2.0
_MOST = 100

_log = structlog.get_logger("rentix")


class Later:
    """A thread that looks for what is to be done, and has it written by `finish`."""

    def __init__(self, store: Store, finish: Finish, *, poll_s: float = POLL_S) -> None:
        self._store = store
        self._finish = finish
        self._poll_s = poll_s
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="later", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def close(self) -> None:
        """Stop after what was begun."""
        self._closing.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._closing.wait(self._poll_s):
            for turn in (self.bind, self.tell):
                self._try(turn)

    def _try(self, turn: Callable[[], None]) -> None:
        try:
            turn()
        except Exception as error:  # noqa: BLE001 - readers lack nothing; it is tried again
            _log.warning("later_waits", turn=turn.__name__, kind=type(error).__name__)

    def bind(self) -> None:
        """Write down all agents whom listings waited for."""
        for binding in self._store.bindings(_MOST):
            while not self._closing.is_set() and not self._bind(binding):
                pass

    def _bind(self, binding: Binding) -> bool:
        """Write the next ones down; whether those were all."""
        operation = BindListings(
            external_id=binding.external_id, user_id=binding.user_id, version=binding.version
        )
        outcome = self._write(binding.agency_id, operation)
        assert isinstance(outcome, BindOutcome)  # noqa: S101 - it is never refused
        return outcome.done

    def tell(self) -> None:
        """Tell all listings what has become of their photos."""
        for news in self._store.photo_news(_MOST):
            after: int | None = news.told_id
            while after is not None and not self._closing.is_set():
                after = self._tell(news, after)

    def _tell(self, news: PhotoNews, after: int) -> int | None:
        """Tell the next ones; the last of them, or None when those were all."""
        operation = TellListings(media_id=news.media_id, after=after)
        outcome = self._write(news.agency_id, operation)
        assert isinstance(outcome, TellOutcome)  # noqa: S101 - it is never refused
        return outcome.untold

    def _write(self, agency_id: int, operation: Operation) -> Any:
        answer = self._finish(Request(caller=Caller(agency_id), operations=(operation,)))
        return answer.results[0]
