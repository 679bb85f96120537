"""One import by itself, and what others do at the same time."""

from __future__ import annotations

from pathlib import Path

import pytest

from rentix.media.blobs.disk import DiskBlobs
from rentix.media.blobs.keys import name_of_key
from rentix.media.decode import Decoder
from rentix.media.fetch import Fetched
from rentix.operations import Answer, Request
from rentix.store import Store
from rentix.wiring import write_now
from rentix.worker import Importer
from tests.worker.studio import Lent, jpeg
from tests.worker.test_queue import new_agency, put

NEVER_MS = 1 << 60


class Here:
    """What would be fetched is here."""

    def fetch(self, _: str) -> Fetched:
        return Fetched(jpeg(), None)


@pytest.fixture
def blobs(tmp_path: Path) -> DiskBlobs:
    return DiskBlobs(tmp_path / "blobs")


def test_a_file_that_a_sweep_took_before_it_was_named_is_stored_again(
    store: Store, blobs: DiskBlobs, decoder: Decoder
) -> None:
    def finish(request: Request) -> Answer:
        for found in list(blobs.listed(NEVER_MS)):
            blobs.delete(found.key)
        return write_now(store, request)

    put(store, new_agency(store), "a")
    [task] = store.queue.take(1, 10, 100)
    importer = Importer(Here(), lambda: Lent(decoder), blobs, store.queue, finish, lambda: 20)
    assert importer.run(task)
    kept = {name_of_key(found.key) for found in blobs.listed(NEVER_MS)}
    assert kept == store.queue.files_in_use() != set()
