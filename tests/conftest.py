"""What tests share: the real inputs, and a real service on a real SQLite file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.service import Service, Tenant


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Give the folder of real inputs, which are never committed and never used in CI."""
    if os.environ.get("CI") == "true":
        pytest.skip("real inputs are not used in CI")
    named = os.environ.get("RENTIX_TEST_DATA")
    folder = Path(named) if named else Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no real inputs here: set RENTIX_TEST_DATA to their folder")
    return folder


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Serve a fresh database on a loopback port, with a clock that tests may turn."""
    service = Service(tmp_path_factory.mktemp("data"))
    with service.running():
        yield service


@pytest.fixture
def new_tenant(service: Service) -> Iterator[Callable[..., Tenant]]:
    """Make agencies with a client each: `new_tenant(region="RO", requests_per_minute=5)`."""
    made: list[Tenant] = []

    def make(**agency: Any) -> Tenant:
        made.append(service.new_tenant(**agency))
        return made[-1]

    yield make
    for tenant in made:
        tenant.close()


@pytest.fixture
def tenant(new_tenant: Callable[..., Tenant]) -> Tenant:
    """Give an agency in Moldova without a rate budget."""
    return new_tenant()
