"""What tests share: the real inputs, and a real service on a real SQLite file."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rentix.media.blobs.disk import DiskBlobs
from rentix.settings import Place
from rentix.store.cluster import create_database, drop_database, running_cluster
from rentix.store.migrate_postgres import migrate_postgres
from tests.service import Service, Tenant

DATABASES = ["sqlite", "postgres"]


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


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take `--database`, for a quick run on one of the two."""
    parser.addoption("--database", choices=DATABASES, help="test on this database only")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that asks for a service, by whatever fixture, on both databases."""
    if "database" in metafunc.fixturenames:
        only = metafunc.config.getoption("--database")
        databases = [only] if only else DATABASES
        if metafunc.definition.get_closest_marker("one_database"):
            databases = databases[:1]
        metafunc.parametrize("database", databases, scope="session")


@pytest.fixture(scope="session")
def postgres_admin_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the administrator's address of a PostgreSQL: the one named, or one of our own."""
    if named := os.environ.get("RENTIX_TEST_POSTGRES"):
        yield named
        return
    with running_cluster(tmp_path_factory.mktemp("postgres") / "cluster") as cluster:
        yield cluster.admin_url
    shutil.rmtree(cluster.directory)  # it may lie outside of pytest's own folder


@pytest.fixture
def new_admin_url(postgres_admin_url: str) -> Iterator[Callable[[], str]]:
    """Make empty PostgreSQL databases, dropped at the end; their administrator's addresses."""
    names: list[str] = []

    def make() -> str:
        names.append(f"rentix_{secrets.token_hex(4)}")
        return create_database(postgres_admin_url, names[-1])

    yield make
    for name in names:
        drop_database(postgres_admin_url, name)


@pytest.fixture
def fresh_admin_url(new_admin_url: Callable[[], str]) -> str:
    """Give the administrator's address of an empty PostgreSQL database, dropped at the end."""
    return new_admin_url()


@pytest.fixture
def fresh_url(fresh_admin_url: str) -> str:
    """Give the address to serve a migrated PostgreSQL database with, empty of agencies."""
    return migrate_postgres(fresh_admin_url)


@pytest.fixture(scope="session")
def place(
    database: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Place:
    """Give the place of fresh data: a directory, or the address of a database."""
    if database == "sqlite":
        return tmp_path_factory.mktemp("data")
    admin_url = request.getfixturevalue("postgres_admin_url")
    return migrate_postgres(create_database(admin_url, f"rentix_{secrets.token_hex(4)}"))


@pytest.fixture(scope="session")
def service(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Serve a fresh database on a loopback port, with a clock that tests may turn."""
    service = Service(place, blobs=DiskBlobs(tmp_path_factory.mktemp("blobs")))
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
