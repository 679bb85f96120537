"""A worker that dies at any step of an import: the next one brings it to its end, once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rentix.media.blobs.disk import DiskBlobs
from rentix.media.blobs.keys import name_of_key
from rentix.settings import Place
from rentix.store import Store
from rentix.wiring import now_ms
from rentix.worker.sweeping import sweep
from tests.faults.dying_worker import HOLD_MS, STEPS
from tests.media.servers import found, serving
from tests.worker.studio import jpeg
from tests.worker.test_queue import new_agency, put

pytestmark = pytest.mark.slow  # each starts two processes


@pytest.mark.parametrize("step", STEPS)
def test_what_a_dead_worker_left_is_brought_to_its_end(
    step: str, fresh_place: Place, store: Store, tmp_path: Path
) -> None:
    blobs = tmp_path / "blobs"
    with serving(found(jpeg())) as pictures:
        agency_id = new_agency(store)
        user = put(store, agency_id, "a", pictures.url()).user

        def work(step: str, now_ms: int) -> int:
            asked = [fresh_place, blobs, pictures.port, step, now_ms]
            command = [sys.executable, "-m", "tests.faults.dying_worker", *map(str, asked)]
            return subprocess.run(command, check=False, timeout=60).returncode

        assert work(step, 10) == -9
        assert work("none", 10 + HOLD_MS - 1) == 0  # it is held: nothing to do
        assert work("none", 10 + HOLD_MS) == 0
    [stored] = store.find_users([(agency_id, user.id)])
    assert stored is not None
    assert stored.avatar is not None
    assert stored.avatar_import is None
    assert [c.fields.keys() for c in store.changes(agency_id, 1, 9)] == [
        {"avatarImport", "avatarPicture"}
    ]
    later_ms = now_ms() + 60_000
    files = DiskBlobs(blobs)
    assert list(sweep(files, store.queue, later_ms)) == []
    kept = {name_of_key(found.key) for found in files.listed(later_ms)}
    assert kept == {variant.file for variant in stored.avatar.variants}
