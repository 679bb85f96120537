"""A service that shows an invented agency to visitors."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from rentix.media.blobs.disk import DiskBlobs
from rentix.settings import Place
from rentix.store.cluster import create_database
from rentix.store.migrate_postgres import migrate_postgres
from tests.public.sample import drawn_sample
from tests.public.shown import Shown
from tests.service import Service


@pytest.fixture(scope="module")
def served(
    database: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Service, Shown]]:
    """Serve an empty database, and give what puts the sample into it."""
    folder = tmp_path_factory.mktemp("public")
    place: Place = folder / "data"
    if database == "postgres":
        admin_url = request.getfixturevalue("postgres_admin_url")
        place = migrate_postgres(create_database(admin_url, f"rentix_{secrets.token_hex(4)}"))
    service = Service(place, blobs=DiskBlobs(folder / "blobs"))
    with service.running():
        httpx2.get(f"{service.url}/readyz").raise_for_status()
        yield service, Shown(service)


@pytest.fixture
def shown(served: tuple[Service, Shown]) -> Shown:
    """Give what is shown, empty."""
    served[1].clear()
    return served[1]


@pytest.fixture
def visitor(served: tuple[Service, Shown], shown: Shown) -> Iterator[httpx2.Client]:
    """Give somebody with a browser of no language."""
    with httpx2.Client(base_url=served[0].url, timeout=20) as client:
        yield client


@pytest.fixture
def drawn(served: tuple[Service, Shown], shown: Shown) -> Any:
    """Show the whole sample, with drawn pictures."""
    blobs = served[0].blobs
    assert blobs is not None
    views = drawn_sample(blobs)
    shown.show(*views, *views[1].listings)
    return views
