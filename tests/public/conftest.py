"""A service that shows an invented agency to visitors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import httpx2
import pytest

from rentix.api.visiting import Visits
from rentix.media.blobs.disk import DiskBlobs
from rentix.store import Reads
from tests.public.sample import Shown, drawn_sample
from tests.service import Service


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, Shown]]:
    """Serve what is shown, from a place of its own; the one thing that stands in for a store."""
    folder = tmp_path_factory.mktemp("public")
    service, shown = Service(folder / "data", blobs=DiskBlobs(folder / "blobs")), Shown()
    service.app.portal.visits = Visits(cast("Reads", shown), at_once=True)
    with service.running():
        httpx2.get(f"{service.url}/readyz").raise_for_status()
        yield service, shown


@pytest.fixture
def shown(served: tuple[Service, Shown]) -> Shown:
    """Give what is shown, empty."""
    served[1].put.clear()
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
