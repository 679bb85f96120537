"""Listings that waited for an agent: who it is gets written down, a few hundred at a time.

Readers see the agent from the commit that gave the external id away; this only spares them looking
it up. Any number of processes may do it side by side.
"""

from __future__ import annotations

import threading

import structlog

from rentix.operations import BindListings, BindOutcome, Caller, Request
from rentix.store import Binding, Store
from rentix.worker.importing import Finish

POLL_S = 2.0
_MOST = 100

_log = structlog.get_logger("rentix")


class Binder:
    """A thread that looks for what is to be written down, and has it written by `finish`."""

    def __init__(self, store: Store, finish: Finish, *, poll_s: float = POLL_S) -> None:
        self._store = store
        self._finish = finish
        self._poll_s = poll_s
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="binding", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def close(self) -> None:
        """Stop after what was begun."""
        self._closing.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._closing.wait(self._poll_s):
            try:
                self.turn()
            except Exception as error:  # noqa: BLE001 - readers lack nothing; it is tried again
                _log.warning("binding_waits", kind=type(error).__name__)

    def turn(self) -> None:
        """Write down all that there is."""
        for binding in self._store.bindings(_MOST):
            while not self._closing.is_set() and not self._bind(binding):
                pass

    def _bind(self, binding: Binding) -> bool:
        """Write the next ones down; whether those were all."""
        operation = BindListings(
            external_id=binding.external_id, user_id=binding.user_id, version=binding.version
        )
        answer = self._finish(Request(caller=Caller(binding.agency_id), operations=(operation,)))
        [outcome] = answer.results
        assert isinstance(outcome, BindOutcome)  # noqa: S101 - it is never refused
        return outcome.done
