"""A worker that kills itself at one step of an import.

python -m tests.faults.dying_worker PLACE BLOBS PORT STEP NOW_MS: takes one import, as at NOW_MS,
and dies right after STEP; with the step `none` it lives.
"""

from __future__ import annotations

import os
import signal
import sys
from functools import partial
from pathlib import Path

from rentix.media.blobs.disk import DiskBlobs
from rentix.media.decode import Decoder, Kind, Picture
from rentix.media.fetch import Fetched, Fetcher
from rentix.operations import Answer, Request
from rentix.store import Store
from rentix.wiring import make_store, write_now
from rentix.worker import Importer

STEPS = ("held", "fetched", "decoded", "stored", "committed")
HOLD_MS = 1000


def die_after(step: str) -> None:
    if step == sys.argv[4]:
        os.kill(os.getpid(), signal.SIGKILL)


class DyingFetcher(Fetcher):
    def fetch(self, url: str) -> Fetched:
        die_after("held")
        fetched = super().fetch(url)
        die_after("fetched")
        return fetched


class DyingDecoder(Decoder):
    def decode(self, data: bytes, kind: Kind) -> Picture:
        picture = super().decode(data, kind)
        die_after("decoded")
        return picture


def finish(store: Store, request: Request) -> Answer:
    die_after("stored")
    answer = write_now(store, request)
    die_after("committed")
    return answer


def main() -> None:
    """Import one picture, or die."""
    place, blobs, port, _, now_ms = sys.argv[1:]
    store = make_store(place if "://" in place else Path(place))
    importer = Importer(
        DyingFetcher(allow=frozenset({("127.0.0.1", int(port))})),
        DyingDecoder,
        DiskBlobs(Path(blobs)),
        store.queue,
        partial(finish, store),
        lambda: int(now_ms),
    )
    for task in store.queue.take(1, int(now_ms), int(now_ms) + HOLD_MS):
        importer.run(task)
    importer.close()
    store.close()


if __name__ == "__main__":
    main()
