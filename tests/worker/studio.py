"""A service that imports pictures, and a server whose pictures a test decides on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx2

from rentix.media.blobs.disk import DiskBlobs
from rentix.media.decode import Decoder, Kind, Picture
from rentix.media.fetch import Fetcher, Limits
from rentix.settings import Place
from rentix.store import MediaQueue
from rentix.worker import Finish, Importer, Pool
from tests.media.pictures import plain, scene
from tests.media.servers import Server, answer_with, found, serving
from tests.service import Service, Tenant

PATIENCE_S = 30
MISSING = answer_with("404 Not Found", "Content-Length: 0")
BUSY = answer_with("503 Service Unavailable", "Content-Length: 0")


def jpeg(colour: tuple[int, int, int] = (200, 40, 40), side: int = 200) -> bytes:
    """Make a picture of one colour."""
    data: bytes = plain(colour, side, side).jpegsave_buffer(Q=90)
    return data


def scenic() -> bytes:
    """Make a picture that is larger than the largest variant."""
    data: bytes = scene(1500, 1200).jpegsave_buffer(Q=90)
    return data


class Lent:
    """The decoder of all tests: whoever closes it has only given it back."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self.faults: list[Exception] = []
        """What it fails with next, one after the other."""

    def decode(self, data: bytes, kind: Kind) -> Picture:
        if self.faults:
            raise self.faults.pop(0)
        return self._decoder.decode(data, kind)

    def close(self) -> None:
        pass


class Moody(DiskBlobs):
    """A place of files that is away while there is a `fault`."""

    fault: Exception | None = None
    tried = 0

    def put(self, key: str, data: bytes) -> None:
        self.tried += 1
        if self.fault:
            raise self.fault
        super().put(key, data)


class Studio:
    """What a test has at hand.

    `answers` are what the pictures' server says next, by path; it says nothing at a path before
    the one of the `gates` is open.
    """

    service: Service
    tenant: Tenant
    pictures: Server

    def __init__(self, blobs: Moody, decoder: Lent) -> None:
        self.blobs = blobs
        self.decoder = decoder
        self.answers: dict[str, list[bytes]] = {}
        self.gates: dict[str, threading.Event] = {}

    @property
    def queue(self) -> MediaQueue:
        return self.service.store.queue

    def answer(self, head: bytes) -> list[bytes]:
        path = head.split()[1].decode()
        if path in self.gates:
            self.gates[path].wait(PATIENCE_S)
        answers = self.answers[path]
        return [answers.pop(0) if len(answers) > 1 else answers[0]]

    def offer(self, path: str, *answers: bytes) -> str:
        """Have the server say this at `path`, one after the other, the last one for ever."""
        self.answers[path] = [a if a.startswith(b"HTTP") else found(a) for a in answers]
        return self.pictures.url(path)

    def asked(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(head.split()[1].decode() == path for head in self.pictures.requests)

    def profile(self, external_id: str = "a") -> dict[str, Any]:
        found: dict[str, Any] = self.tenant.get(f"/users/external/{external_id}").json()
        return found

    def job(self, job_id: int) -> dict[str, Any]:
        found: dict[str, Any] = self.tenant.get(f"/job/status?id={job_id}").json()
        return found

    def put(self, url: str | None, external_id: str = "a", **avatar: Any) -> dict[str, Any]:
        """Send an agent with a picture."""
        picture = None if url is None else {"url": url, **avatar}
        fields = {"name": "Ana Rusu", "phone": "+37369123456"}
        answer = self.tenant.put(externalId=external_id, avatar=picture, **fields)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def settled(self, job_id: int) -> dict[str, Any]:
        """Wait until an import has come to an end."""
        until(lambda: self.job(job_id)["status"] in ("completed", "failed"))
        return self.job(job_id)

    def fetch(self, url: str) -> httpx2.Response:
        return httpx2.get(url, timeout=10)


def until(condition: Callable[[], bool]) -> None:
    """Wait for what happens in the background."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)  # between looks at another process; no test waits for time itself


@contextmanager
def opened(place: Place, folder: Path, decoder: Decoder) -> Iterator[Studio]:
    """Serve and import while the block runs."""
    blobs = Moody(folder / "blobs")
    studio = Studio(blobs, Lent(decoder))
    with serving(studio.answer) as studio.pictures:
        imports = partial(_imports, studio.pictures, studio.decoder)
        studio.service = Service(place, blobs=blobs, make_imports=imports)
        with studio.service.running():
            studio.service.app.portal.public_url = studio.service.url
            studio.tenant = studio.service.new_tenant()
            yield studio
            studio.tenant.close()


def _imports(pictures: Server, decoder: Lent, service: Service, finish: Finish) -> Pool:
    allow = pictures.allowed | {("localhost", pictures.port)}
    fetcher = Fetcher(allow=allow, limits=Limits(per_host=3))
    queue, clock = service.app_store.queue, service.clock
    blobs = service.blobs
    assert blobs is not None
    importer = Importer(fetcher, lambda: decoder, blobs, queue, finish, clock)
    return Pool(queue, importer, clock)
