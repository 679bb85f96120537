"""How many pages an address may ask for in a minute."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from rentix.api.throttles import Throttle
from rentix.settings import DEFAULT_VISITS, BadPlace, find_visits_per_minute
from tests.service import Service

pytestmark = pytest.mark.one_database  # nothing is asked of a store

BROWSER = {"Accept": "text/html", "Accept-Language": "en"}
PATHS = ("/announcement/1", "/agents/1", "/agents/1.vcf")
MINUTE_MS = 60_000


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = Service(tmp_path_factory.mktemp("throttled") / "data", visits_per_minute=6)
    with service.running():
        yield service


@pytest.fixture
def visitor(service: Service) -> Iterator[httpx2.Client]:
    """Give a visitor at the beginning of a minute that has only begun."""
    service.clock.ahead_ms += MINUTE_MS - service.clock() % MINUTE_MS
    with httpx2.Client(base_url=service.url, timeout=20) as client:
        yield client


def visit(visitor: httpx2.Client, address: str, path: str = PATHS[0]) -> int:
    """Visit from an address, as a proxy on this machine tells it."""
    return visitor.get(path, headers={"X-Forwarded-For": address}).status_code


def test_all_pages_count_together(visitor: httpx2.Client) -> None:
    assert [visit(visitor, "203.0.113.5", path) for path in PATHS * 2] == [404] * 6
    assert {visit(visitor, "203.0.113.5", path) for path in PATHS} == {429}
    assert visit(visitor, "203.0.113.6") == 404, "nobody else pays for it"


def test_the_next_minute_is_another_one(service: Service, visitor: httpx2.Client) -> None:
    assert [visit(visitor, "203.0.113.7") for _ in range(7)][-1] == 429
    service.clock.ahead_ms += MINUTE_MS
    assert visit(visitor, "203.0.113.7") == 404


def test_somebody_with_a_browser_reads_what_to_do(visitor: httpx2.Client) -> None:
    answers = [visitor.get(PATHS[0], headers=BROWSER) for _ in range(7)]
    refused = answers[-1]
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert refused.headers["cache-control"] == "no-store"
    assert '<h1 id="said">Too many pages at once</h1>' in refused.text
    program = visitor.get(PATHS[0])
    assert program.json()["code"] == "rate_limited"


def test_an_ipv6_visitor_is_a_whole_subnet(visitor: httpx2.Client) -> None:
    statuses = [visit(visitor, f"2001:db8:1:2::{number}") for number in range(7)]
    assert statuses[-1] == 429
    assert visit(visitor, "2001:db8:1:3::1") == 404


def test_the_api_and_what_pages_are_made_of_do_not_count(visitor: httpx2.Client) -> None:
    for _ in range(8):
        assert visitor.get("/assets/none.css").status_code == 404
        assert visitor.get("/api/v1/agency").status_code == 401


def test_addresses_without_end_are_not_all_remembered() -> None:
    throttle = Throttle(1)
    for number in range(10_001):
        assert throttle.count(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 0) == 0
    assert throttle.count("10.0.0.0", 0) == 0, "the first one made room"
    assert throttle.count("10.0.39.16", 0) == 60, "the last one did not"


@pytest.mark.parametrize(("said", "meant"), [("", DEFAULT_VISITS), ("0", 0), ("50", 50)])
def test_the_environment_says_how_many(
    said: str, meant: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENTIX_VISITS_PER_MINUTE", said)
    assert find_visits_per_minute() == meant


@pytest.mark.parametrize("said", ["-1", "many", "1.5"])
def test_what_is_no_number_is_refused(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENTIX_VISITS_PER_MINUTE", said)
    with pytest.raises(BadPlace, match="RENTIX_VISITS_PER_MINUTE"):
        find_visits_per_minute()


def test_without_a_limit_nobody_is_refused(tmp_path: Path) -> None:
    service = Service(tmp_path / "data")
    with service.running(), httpx2.Client(base_url=service.url) as client:
        assert {visit(client, "203.0.113.5") for _ in range(50)} == {404}
