"""kill -9 while pictures are imported: every avatar ends at the last one that was asked for."""

from __future__ import annotations

import json
import random
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest

from rentix.media.blobs.disk import DiskBlobs
from rentix.media.blobs.keys import name_of_key
from rentix.model import SCOPES, Agency
from rentix.store.agencies import create_agency, create_key
from rentix.wiring import now_ms, open_store
from rentix.worker.sweeping import sweep
from tests.media.pictures import plain
from tests.media.servers import found, serving
from tests.process import Served
from tests.process import serving as serving_rentix
from tests.service import operated

AGENTS = 12
PATIENCE_S = 120
RESULT = Path(__file__).with_name("picture-kills-result.json")


def draw(head: bytes) -> list[bytes]:
    """Answer with a picture whose colour is the number in the path."""
    number = int(head.split()[1].strip(b"/").partition(b".")[0])
    colour = (number * 37 % 256, number * 101 % 256, number * 173 % 256)
    return [found(plain(colour, 160, 160).jpegsave_buffer())]


def open_account(data: Path) -> str:
    """Make an agency without a budget, and give its key."""
    with open_store(data) as store:
        agency = Agency(id=0, name="Casa", requests_per_minute=0, bulk_per_minute=0)
        agency_id = operated(store, create_agency, agency, 0)
        key: str = operated(store, create_key, agency_id, frozenset(SCOPES), 0)[1]
    return key


class Photographer(threading.Thread):
    """Sends agents new pictures until the service is gone; remembers the last job of each."""

    def __init__(self, served: Served, key: str, port: int, first: int, seed: int) -> None:
        super().__init__()
        self.sent = first
        self.jobs: dict[str, int] = {}
        self._port = port
        self._chance = random.Random(seed)  # noqa: S311 - agents, not secrets
        self._client = served.client(key)

    def run(self) -> None:
        with self._client as client, suppress(httpx2.TransportError):
            while True:
                self.sent += 1
                self._send(client, f"a-{self._chance.randrange(AGENTS)}")

    def _send(self, client: httpx2.Client, external_id: str) -> None:
        body = {
            "externalId": external_id,
            "name": "Ana Rusu",
            "phone": "+37369123456",
            "avatar": {"url": f"http://127.0.0.1:{self._port}/{self.sent}.jpg"},
        }
        answer = client.put("/users", json=body)
        assert answer.status_code == 200, answer.text
        self.jobs[external_id] = answer.json()["jobId"]


def kill_over_and_over(folder: Path, kills: int, seed: int) -> dict[str, Any]:
    """Send pictures, kill at a random moment, go on; then let it come to its end and look."""
    data = folder / "data"
    key, jobs, sent, began = open_account(data), dict[str, int](), 0, time.monotonic()
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    with serving(draw) as pictures:
        allow = ("--fetch-allow", f"127.0.0.1:{pictures.port}")
        for number in range(kills):
            with serving_rentix(data, *allow) as served:
                photographer = Photographer(served, key, pictures.port, sent, seed + number)
                photographer.start()
                threading.Event().wait(chance.uniform(0.5, 2.0))
                served.end(signal.SIGKILL)
                photographer.join()
            sent, jobs = photographer.sent, jobs | photographer.jobs
        with serving_rentix(data, *allow) as served, served.client(key) as client:
            profiles = {who: await_picture(client, who) for who in jobs}
            check_shown(profiles, jobs)
        fetched = len(pictures.requests)
    left = check_files(data)
    return {
        "kills": kills,
        "picturesAskedFor": sent,
        "picturesFetched": fetched,
        "avatarsOfAnotherPicture": 0,
        "filesLeftOver": left,
        "filesLeftOverAfterTheSweep": 0,
        "seconds": round(time.monotonic() - began),
    }


def await_picture(client: httpx2.Client, external_id: str) -> dict[str, Any]:
    """Wait until nothing is on its way any more."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        profile: dict[str, Any] = client.get(f"/users/external/{external_id}").json()
        if "avatarImport" not in profile:
            return profile
        assert profile["avatarImport"]["status"] != "failed", profile["avatarImport"]
        assert time.monotonic() < deadline, profile
        threading.Event().wait(0.1)


def check_shown(profiles: dict[str, dict[str, Any]], jobs: dict[str, int]) -> None:
    for external_id, profile in profiles.items():
        # Later than acknowledged is one whose answer was cut off.
        assert profile["avatar"]["id"] >= jobs[external_id]
        for variant in profile["avatar"]["variants"]:
            assert httpx2.get(variant["url"]).status_code == 200


def check_files(data: Path) -> int:
    """Sweep; what is left is what pictures have. How many files were too many is returned."""
    blobs, later_ms = DiskBlobs(data / "blobs"), now_ms() + 1000
    with open_store(data) as store:
        removed = list(sweep(blobs, store.queue, later_ms))
        kept = {name_of_key(found.key) for found in blobs.listed(later_ms)}
        assert kept == store.queue.files_in_use()
    return len(removed)


@pytest.mark.slow
def test_20_kills_lose_no_picture(tmp_path: Path) -> None:
    result = kill_over_and_over(tmp_path, 20, seed=20)
    assert result["picturesFetched"] > 20


@pytest.mark.soak
def test_500_kills_lose_no_picture(tmp_path: Path) -> None:
    result = kill_over_and_over(tmp_path, 500, seed=500)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
