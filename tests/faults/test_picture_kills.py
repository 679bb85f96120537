"""kill -9 while pictures are imported: every avatar ends at the last one that was asked for."""

from __future__ import annotations

import json
import random
import signal
import threading
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest
import pyvips

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


def colour_of(number: int) -> tuple[int, ...]:
    """Choose the colour of a picture: hardly any two numbers have one that looks the same."""
    return tuple(sha256(b"%d" % number).digest()[:3])


def draw(head: bytes) -> list[bytes]:
    """Answer with a picture whose colour is the number's in the path."""
    number = int(head.split()[1].strip(b"/").partition(b".")[0])
    return [found(plain(colour_of(number), 160, 160).jpegsave_buffer(Q=95))]


def open_account(data: Path) -> str:
    """Make an agency without a budget, and give its key."""
    with open_store(data) as store:
        agency = Agency(id=0, name="Casa", requests_per_minute=0, bulk_per_minute=0)
        agency_id = operated(store, create_agency, agency, 0)
        key: str = operated(store, create_key, agency_id, frozenset(SCOPES), 0)[1]
    return key


class Sent(NamedTuple):
    """A picture that an agent was sent; without a job where the answer was cut off."""

    number: int
    job_id: int | None


class Photographer(threading.Thread):
    """Sends agents new pictures until the service is gone; notes in `all_sent` what it sent."""

    def __init__(
        self, served: Served, key: str, port: int, all_sent: dict[str, list[Sent]], seed: int
    ) -> None:
        super().__init__()
        self._all_sent = all_sent
        self._port = port
        self._chance = random.Random(seed)  # noqa: S311 - agents, not secrets
        self._client = served.client(key)

    def run(self) -> None:
        with self._client as client, suppress(httpx2.TransportError):
            while True:
                self._send(client, f"a-{self._chance.randrange(AGENTS)}")

    def _send(self, client: httpx2.Client, external_id: str) -> None:
        number = sum(map(len, self._all_sent.values())) + 1
        sent = self._all_sent.setdefault(external_id, [])
        sent.append(Sent(number, None))
        body = {
            "externalId": external_id,
            "name": "Ana Rusu",
            "phone": "+37369123456",
            "avatar": {"url": f"http://127.0.0.1:{self._port}/{number}.jpg"},
        }
        answer = client.put("/users", json=body)
        assert answer.status_code == 200, answer.text
        sent[-1] = Sent(number, answer.json()["jobId"])


def kill_over_and_over(folder: Path, kills: int, seed: int) -> dict[str, Any]:
    """Send pictures, kill at a random moment, go on; then let it come to its end and look."""
    data = folder / "data"
    key, began = open_account(data), time.monotonic()
    all_sent: dict[str, list[Sent]] = {}
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    with serving(draw) as pictures:
        allow = ("--fetch-allow", f"127.0.0.1:{pictures.port}")
        for number in range(kills):
            with serving_rentix(data, *allow) as served:
                photographer = Photographer(served, key, pictures.port, all_sent, seed + number)
                photographer.start()
                threading.Event().wait(chance.uniform(0.5, 2.0))
                served.end(signal.SIGKILL)
                photographer.join()
        with serving_rentix(data, *allow) as served, served.client(key) as client:
            shown = {who: await_picture(client, who)["avatar"] for who in all_sent}
            wrong = [who for who, avatar in shown.items() if not is_last(avatar, all_sent[who])]
        fetched = len(pictures.requests)
    left, unnamed = check_files(data)
    return {
        "kills": kills,
        "picturesAskedFor": sum(map(len, all_sent.values())),
        "picturesFetched": fetched,
        "avatarsOfAnotherPicture": len(wrong),
        "filesLeftOver": left,
        "filesLeftOverAfterTheSweep": unnamed,
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


def is_last(avatar: dict[str, Any], sent: list[Sent]) -> bool:
    """Whether an avatar is, by its colour, what was sent last.

    That is the last one that was acknowledged, or one after it whose answer was cut off.
    """
    acknowledged = max(place for place, one in enumerate(sent) if one.job_id is not None)
    last = sent[acknowledged]
    numbers = [one.number for one in sent[acknowledged + 1 :]]
    if avatar["id"] == last.job_id:
        numbers = [last.number]
    files = [httpx2.get(variant["url"]) for variant in avatar["variants"]]
    assert [file.status_code for file in files] == [200, 200, 200]
    [small] = [v["url"] for v in avatar["variants"] if v["variantSize"] == "128"]
    image: Any = pyvips.Image.new_from_buffer(httpx2.get(small).content, "")
    colour = image(image.width // 2, image.height // 2)
    return any(colour == pytest.approx(colour_of(number), abs=8) for number in numbers)


def check_files(data: Path) -> tuple[int, int]:
    """Sweep, and count the files that were too many, and those that no picture has after it."""
    blobs, later_ms = DiskBlobs(data / "blobs"), now_ms() + 1000
    with open_store(data) as store:
        removed = list(sweep(blobs, store.queue, later_ms))
        kept = {name_of_key(found.key) for found in blobs.listed(later_ms)}
        used = store.queue.files_in_use()
    assert used <= kept
    return len(removed), len(kept - used)


def check(result: dict[str, Any]) -> None:
    assert result["avatarsOfAnotherPicture"] == 0
    assert result["filesLeftOverAfterTheSweep"] == 0


@pytest.mark.slow
def test_20_kills_lose_no_picture(tmp_path: Path) -> None:
    result = kill_over_and_over(tmp_path, 20, seed=20)
    check(result)
    assert result["picturesFetched"] > 20


@pytest.mark.soak
def test_500_kills_lose_no_picture(tmp_path: Path) -> None:
    result = kill_over_and_over(tmp_path, 500, seed=500)
    check(result)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
