"""`rentix worker` beside `rentix serve --imports 0`, and the commands that look after pictures."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from rentix.media.blobs.disk import DiskBlobs
from rentix.media.blobs.keys import blob_key
from rentix.wiring import open_store
from tests.faults.writers import open_accounts
from tests.media.servers import found, serving
from tests.process import rentix, serving_postgres
from tests.worker.studio import jpeg, until

pytestmark = pytest.mark.slow  # starts processes

BODY: dict[str, Any] = {"externalId": "a", "name": "Ana Rusu", "phone": "+37369123456"}


def run(url: str, *command: str) -> str:
    environment = os.environ | {"RENTIX_DATABASE": url}
    done = subprocess.run(
        rentix(*command), capture_output=True, text=True, check=False, timeout=60, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def worker(url: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker while the block runs."""
    environment = os.environ | {"RENTIX_DATABASE": url}
    with subprocess.Popen(
        rentix("worker", *options), env=environment, stdout=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_worker_imports_what_those_who_serve_do_not(fresh_url: str, tmp_path: Path) -> None:
    blobs = str(tmp_path / "blobs")
    [account] = open_accounts(fresh_url, 1)
    options = ("--imports", "0", "--blobs", blobs)
    with (
        serving(found(jpeg())) as pictures,
        serving_postgres(tmp_path / "serve", fresh_url, *options) as served,
        served.client(account.key) as client,
    ):
        answer = client.put("/users", json={**BODY, "avatar": {"url": pictures.url()}})
        job = f"/job/status?id={answer.json()['jobId']}"
        assert client.get(job).json()["status"] == "pending"
        assert json.loads(run(fresh_url, "media", "status", "--json"))["pending"] == 1
        allow = ("--fetch-allow", f"127.0.0.1:{pictures.port}")
        with worker(fresh_url, "--blobs", blobs, *allow) as process:
            until(lambda: client.get(job).json()["status"] == "completed")
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
        assert client.get("/users/external/a").json()["avatar"]["id"]
    assert "1 success" in run(fresh_url, "media", "status", "--wait")


def test_a_sweep_takes_what_no_picture_has(fresh_url: str, tmp_path: Path) -> None:
    blobs, data = tmp_path / "blobs", b"left over"
    told = ("media", "sweep", "--blobs", str(blobs), "--json")
    run(fresh_url, *told)  # now the place is this database's
    DiskBlobs(blobs).put(blob_key(data), data)
    assert json.loads(run(fresh_url, *told)) == {"removed": 0, "bytes": 0}  # it is too young
    (file,) = blobs.glob("??/*.webp")
    os.utime(file, (1, 1))
    would_go = {"removed": 1, "bytes": len(data), "dryRun": True}
    assert json.loads(run(fresh_url, *told, "--dry-run")) == would_go
    assert json.loads(run(fresh_url, *told)) == {"removed": 1, "bytes": len(data)}
    with open_store(fresh_url) as store:
        assert store.queue.files_in_use() == set()


def test_who_serves_without_a_place_for_pictures_says_so(fresh_url: str, tmp_path: Path) -> None:
    with serving_postgres(tmp_path / "serve", fresh_url) as served:
        assert "no place for pictures: say --blobs or RENTIX_BLOBS" in served.said
    blobs = str(tmp_path / "blobs")
    with serving_postgres(tmp_path / "serve", fresh_url, "--blobs", blobs) as served:
        assert "pictures" not in served.said
