"""What every place of blobs does, on a disk and on S3 alike."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest

from rentix.media.blobs import (
    Blob,
    BlobMissing,
    Blobs,
    BlobTooLarge,
    KeyRefused,
    Listed,
    RangeOutside,
)
from rentix.media.blobs.keys import blob_key, content_type_of, key_of_name, name_of_key
from tests.media.conftest import MAX_BYTES

PICTURE = bytes(range(256)) * 4
KEY = blob_key(PICTURE)
NEVER_MS = 1 << 60

BAD_KEYS = [
    "",
    "..",
    f"../{KEY}",
    f"{KEY[:3]}../{KEY}",
    f"/etc/{KEY[3:]}",
    KEY[3:],
    f"{KEY}\n",
    f"{KEY}\0",
    KEY.upper(),
    f"zz/{KEY[3:]}",
    f"00/{KEY[3:]}",
    KEY.replace("/", "\\"),
    KEY.replace(".webp", ".svg"),
    KEY.replace(".webp", ""),
    f"unfinished/{'0' * 32}",
]


def listed(blobs: Blobs, before_ms: int = NEVER_MS) -> list[Listed]:
    return list(blobs.listed(before_ms))


def test_a_key_is_made_of_the_content_alone() -> None:
    digest = sha256(b"a").hexdigest()
    assert blob_key(b"a") == f"{digest[:2]}/{digest}.webp"
    assert blob_key(b"a", "jpg") == f"{digest[:2]}/{digest}.jpg"
    assert content_type_of(blob_key(b"a", "jpg")) == "image/jpeg"
    assert key_of_name(name_of_key(KEY)) == KEY


def test_only_pictures_have_keys() -> None:
    with pytest.raises(KeyRefused, match="html"):
        blob_key(b"a", "html")


@pytest.mark.parametrize("data", [PICTURE, b"", os.urandom(MAX_BYTES)])
def test_what_is_put_is_got(blobs: Blobs, data: bytes) -> None:
    key = blob_key(data)
    blobs.put(key, data)
    assert blobs.get(key) == Blob(data, len(data))
    assert blobs.size(key) == len(data)


def test_the_same_bytes_twice_are_one_blob(blobs: Blobs) -> None:
    blobs.put(KEY, PICTURE)
    blobs.put(KEY, PICTURE)
    assert [(found.key, found.size_bytes) for found in listed(blobs)] == [(KEY, len(PICTURE))]
    assert blobs.get(KEY).data == PICTURE


def test_many_may_put_the_same_at_once(blobs: Blobs) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: blobs.put(KEY, PICTURE), range(16)))
    assert [found.key for found in listed(blobs)] == [KEY]
    assert blobs.get(KEY).data == PICTURE


def test_what_is_not_there_is_missing(blobs: Blobs) -> None:
    for ask in (blobs.get, blobs.size):
        with pytest.raises(BlobMissing):
            ask(KEY)
    with pytest.raises(BlobMissing):
        blobs.get(KEY, (0, 1))
    blobs.check()


def test_what_is_deleted_is_gone_and_may_be_deleted_again(blobs: Blobs) -> None:
    blobs.put(KEY, PICTURE)
    blobs.delete(KEY)
    blobs.delete(KEY)
    with pytest.raises(BlobMissing):
        blobs.get(KEY)
    assert listed(blobs) == []


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [((0, 1), 0, 1), ((10, 20), 10, 20), ((1000, 9999), 1000, 1024), ((0, 1024), 0, 1024)],
)
def test_a_range_is_read(blobs: Blobs, wanted: tuple[int, int], start: int, stop: int) -> None:
    blobs.put(KEY, PICTURE)
    assert blobs.get(KEY, wanted) == Blob(PICTURE[start:stop], len(PICTURE), start)


@pytest.mark.parametrize("wanted", [(1024, 1025), (5, 5), (6, 5), (-1, 5)])
def test_a_range_without_a_byte_is_refused(blobs: Blobs, wanted: tuple[int, int]) -> None:
    blobs.put(KEY, PICTURE)
    with pytest.raises(RangeOutside):
        blobs.get(KEY, wanted)


def test_listing_goes_by_age(blobs: Blobs) -> None:
    blobs.put(KEY, PICTURE)
    [found] = listed(blobs)
    assert listed(blobs, found.written_ms) == []
    assert listed(blobs, found.written_ms + 1) == [found]


def test_a_sweep_spares_what_was_written_meanwhile(blobs: Blobs) -> None:
    blobs.put(KEY, PICTURE)
    [found] = listed(blobs)
    blobs.delete(KEY, unless_since_ms=found.written_ms)
    assert blobs.get(KEY).data == PICTURE
    blobs.delete(KEY, unless_since_ms=found.written_ms + 1)
    assert listed(blobs) == []


def test_a_sweep_may_find_it_gone(blobs: Blobs) -> None:
    blobs.delete(KEY, unless_since_ms=NEVER_MS)


def test_what_is_too_large_is_not_stored(blobs: Blobs) -> None:
    data = bytes(MAX_BYTES + 1)
    with pytest.raises(BlobTooLarge):
        blobs.put(blob_key(data), data)
    assert listed(blobs) == []


@pytest.mark.parametrize("key", BAD_KEYS)
def test_a_key_leads_nowhere_else(blobs: Blobs, key: str) -> None:
    for ask in (blobs.get, blobs.size, lambda key: blobs.put(key, PICTURE)):
        with pytest.raises(KeyRefused):
            ask(key)
    if not key.startswith("unfinished/"):  # a sweep removes those
        with pytest.raises(KeyRefused):
            blobs.delete(key)
    assert listed(blobs) == []
