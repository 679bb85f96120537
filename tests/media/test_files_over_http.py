"""GET /media/files/{name}, through the real server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import httpx2
import pytest

from rentix.api.files import Files
from rentix.media.blobs import Blob, Blobs, BlobsAway
from rentix.media.blobs.disk import DiskBlobs
from rentix.media.blobs.keys import blob_key, name_of_key
from tests.contract.wire import refused
from tests.service import Service

PICTURE = bytes(range(256)) * 4
NAME = name_of_key(blob_key(PICTURE))
ETAG = f'"{sha256(PICTURE).hexdigest()}"'


@contextmanager
def serving(folder: Path, blobs: Blobs | None) -> Iterator[httpx2.Client]:
    service = Service(folder / "data", blobs=blobs)
    with service.running(), httpx2.Client(base_url=service.url, timeout=20) as client:
        yield client


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx2.Client]:
    """Give a client, without a key, of a service that has one picture."""
    blobs = DiskBlobs(tmp_path / "blobs")
    blobs.put(blob_key(PICTURE), PICTURE)
    with serving(tmp_path, blobs) as client:
        yield client


def test_a_picture_needs_no_key(client: httpx2.Client) -> None:
    answer = client.get(f"/media/files/{NAME}")
    assert (answer.status_code, answer.content) == (200, PICTURE)
    headers = dict(answer.headers)
    assert headers.pop("date")
    assert headers.pop("x-request-id")
    assert headers == {
        "accept-ranges": "bytes",
        "cache-control": "public, max-age=31536000, immutable",
        "content-disposition": "inline",
        "content-length": "1024",
        "content-type": "image/webp",
        "etag": ETAG,
        "x-content-type-options": "nosniff",
    }


def test_head_is_get_without_the_picture(client: httpx2.Client) -> None:
    answer = client.head(f"/media/files/{NAME}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == "1024"


def test_a_part_and_what_is_beyond_the_end(client: httpx2.Client) -> None:
    part = client.get(f"/media/files/{NAME}", headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.content) == (206, PICTURE[2:6])
    assert part.headers["content-range"] == "bytes 2-5/1024"
    beyond = client.get(f"/media/files/{NAME}", headers={"Range": "bytes=1024-"})
    message = "the file has 1024 bytes; Range asks for none of them"
    assert refused(beyond, 416, message, "range_outside")["error"] == "Range Not Satisfiable"
    assert beyond.headers["content-range"] == "bytes */1024"
    assert "cache-control" not in beyond.headers


def test_who_has_it_gets_nothing(client: httpx2.Client) -> None:
    answer = client.get(f"/media/files/{NAME}", headers={"If-None-Match": ETAG})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == ETAG


def test_an_unknown_picture_is_refused_as_all_else(client: httpx2.Client) -> None:
    other = name_of_key(blob_key(b"other"))
    answer = client.get(f"/media/files/{other}")
    refused(answer, 404, f"File {other} not found", "file_unknown")


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", ["/media/files/..%2F..%2Frentix.db", "/media/files/%2e%2e", "/media/files/a/b"]
)
def test_no_path_leads_out(client: httpx2.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_it_lies_beside_the_api(client: httpx2.Client) -> None:
    answer = client.get(f"/api/v1/media/files/{NAME}")
    assert answer.json()["code"] == "route_unknown"
    answer = client.put(f"/media/files/{NAME}")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_a_service_without_files_has_none(tmp_path: Path) -> None:
    with serving(tmp_path, None) as client:
        assert client.get(f"/media/files/{NAME}").json()["code"] == "file_unknown"


class Away(DiskBlobs):
    """A place that cannot be reached."""

    def get(self, key: str, wanted: tuple[int, int] | None = None) -> Blob:
        raise BlobsAway(f"{key} {wanted} cannot be read")


def test_a_place_that_is_away_heals(tmp_path: Path) -> None:
    with serving(tmp_path, Away(tmp_path / "blobs")) as client:
        answer = client.get(f"/media/files/{NAME}")
    refused(answer, 503, "files cannot be read now; ask again later", "unavailable")
    assert answer.headers["retry-after"] == "5"


class Slow(DiskBlobs):
    """A place that answers when it is told to."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.asked = threading.Semaphore(0)
        self.told = threading.Event()

    def get(self, key: str, wanted: tuple[int, int] | None = None) -> Blob:
        self.asked.release()
        assert self.told.wait(20)
        return super().get(key, wanted)


def test_a_slow_place_keeps_only_pictures_waiting(tmp_path: Path) -> None:
    slow = Slow(tmp_path / "blobs")
    slow.put(blob_key(PICTURE), PICTURE)
    service = Service(tmp_path / "data", blobs=slow)
    service.app.portal.files = Files(slow, waiting_max=2)
    with service.running(), ThreadPoolExecutor(2) as pool:
        url = f"{service.url}/media/files/{NAME}"
        waiting = [pool.submit(httpx2.get, url) for _ in range(2)]
        assert all(slow.asked.acquire(timeout=20) for _ in waiting)
        assert httpx2.get(url).json()["code"] == "overloaded"
        assert httpx2.get(f"{service.url}/readyz").status_code == 200
        slow.told.set()
        assert [each.result().content for each in waiting] == [PICTURE, PICTURE]
        assert httpx2.get(url).content == PICTURE
