"""A service that imports pictures, on both databases."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from rentix.media.decode import Decoder
from rentix.settings import Place
from rentix.store import Store
from rentix.wiring import make_store
from tests.worker.studio import Studio, opened


@pytest.fixture(scope="session")
def decoder() -> Iterator[Decoder]:
    with Decoder() as decoder:
        yield decoder


@pytest.fixture
def fresh_place(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Give the place of data that no other test has seen."""
    if database == "sqlite":
        return tmp_path / f"data-{secrets.token_hex(4)}"
    url: str = request.getfixturevalue("fresh_url")
    return url


@pytest.fixture
def studio(fresh_place: Place, tmp_path: Path, decoder: Decoder) -> Iterator[Studio]:
    with opened(fresh_place, tmp_path, decoder) as studio:
        yield studio


@pytest.fixture
def store(fresh_place: Place) -> Iterator[Store]:
    store = make_store(fresh_place)
    yield store
    store.close()
