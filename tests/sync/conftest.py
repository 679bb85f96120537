"""A fake portal, and rosters written by a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.client.fake_portal import FakePortal, serve
from tests.service import Tenant
from tests.sync.crm import Crm
from tests.sync.doubles.site import Reader

WriteRoster = Callable[..., Path]


@pytest.fixture
def portal() -> Iterator[FakePortal]:
    with serve(FakePortal()) as running:
        yield running


@pytest.fixture
def roster(tmp_path: Path) -> WriteRoster:
    """Write text or bytes to a file, named roster.csv unless said otherwise."""

    def write(content: str | bytes, name: str = "roster.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


@pytest.fixture
def crm(tenant: Tenant, tmp_path: Path) -> Crm:
    """Give an agency with three agents in its roster and none on the portal."""
    return Crm(tmp_path, tenant)


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """Read kinds of sources without sleeping; secrets are what the test puts in."""
    return Reader(tmp_path)
