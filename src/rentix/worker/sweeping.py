"""Files that no picture has: what is left of imports that broke off, and of what was deleted."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import structlog

from rentix.media.blobs import Blobs, BlobsError, Listed
from rentix.media.blobs.keys import is_key, name_of_key
from rentix.store import MediaQueue, StoreError
from rentix.writer import Clock

EVERY_MS = 3600 * 1000
AGE_MS = 3600 * 1000
"""How long what was written is left alone: far longer than an import takes."""
_LOOK_S = 300.0
_CLOSE_S = 5.0

_log = structlog.get_logger("rentix")


def sweep(
    blobs: Blobs, queue: MediaQueue, before_ms: int, *, dry_run: bool = False
) -> Iterator[Listed]:
    """Remove what was written before `before_ms` and is no picture's; each is told when it is gone.

    With `dry_run` it is told, and stays.
    What lies there is listed first and the database asked then: a file that is stored and named
    meanwhile is younger, and stays.
    """
    old = list(blobs.listed(before_ms))
    used = queue.files_in_use()
    for found in old:
        if not (is_key(found.key) and name_of_key(found.key) in used):
            if not dry_run:
                blobs.delete(found.key, unless_since_ms=before_ms)
            yield found


class Sweeper:
    """Sweeps once an hour, in a thread: of all processes that have one, whichever asks first."""

    def __init__(self, blobs: Blobs, queue: MediaQueue, clock: Clock) -> None:
        self._blobs = blobs
        self._queue = queue
        self._clock = clock
        self._told = threading.Event()
        self._thread = threading.Thread(target=self._work, name="sweep", daemon=True)

    def start(self) -> None:
        """Begin to look now and then whether it is time."""
        self._thread.start()

    def close(self) -> None:
        """Begin nothing more; what is under way ends with the next file."""
        self._told.set()
        self._thread.join(_CLOSE_S)

    def turn(self) -> int | None:
        """Sweep if nobody has for an hour; how many files were removed then."""
        now_ms = self._clock()
        if not self._queue.claim_sweep(now_ms, now_ms - EVERY_MS):
            return None
        removed = 0
        for _ in sweep(self._blobs, self._queue, now_ms - AGE_MS):
            removed += 1
            if self._told.is_set():
                break
        return removed

    def _work(self) -> None:
        while not self._told.wait(_LOOK_S):
            try:
                removed = self.turn()
            except (StoreError, BlobsError) as error:  # away, perhaps: there will be another hour
                _log.warning("sweep_broke_off", kind=type(error).__name__, why=str(error))
            else:
                if removed is not None:
                    _log.info("swept", files=removed)
