"""A decoder, and blobs on both places: a folder, and a bucket of a real S3 server."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from rentix.media.blobs import Blobs, S3Access
from rentix.media.blobs.places import open_blobs
from rentix.media.decode import Decoder
from tests.media.seaweed import running_seaweed

MAX_BYTES = 300_000


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Access]:
    """Give the way into a real S3 server."""
    with running_seaweed(tmp_path_factory.mktemp("s3")) as access:
        yield access


@pytest.fixture(params=["disk", pytest.param("s3", marks=pytest.mark.slow)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give a place where nothing lies yet."""
    if request.param == "disk":
        return str(tmp_path / "blobs")
    request.getfixturevalue("s3")
    return f"s3://pictures/of-a-test/{secrets.token_hex(8)}"


@pytest.fixture
def blobs(place: str, request: pytest.FixtureRequest) -> Blobs:
    """Give the blobs of an empty place."""
    access = request.getfixturevalue("s3") if place.startswith("s3:") else None
    return open_blobs(place, access, max_bytes=MAX_BYTES)


@pytest.fixture(scope="session")
def decoder() -> Iterator[Decoder]:
    with Decoder() as decoder:
        yield decoder
