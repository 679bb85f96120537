"""A busy agency does not slow another: p99 of a quiet one's requests, beside a flood and alone."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace

from rentix.model import SCOPES, Agency
from rentix.store.agencies import create_agency, create_key
from rentix.store.migrate_postgres import migrate_postgres
from rentix.wiring import open_store
from tests.faults.flood import flooding
from tests.process import serving_postgres
from tests.service import operated

CONNECTIONS, RATE_PER_S, AGENTS = 4, 80, 10
FLOOD_CONNECTIONS = 16
PLENTY = 10**9  # a budget that is counted and never spent
RATIO_MAX = 2
ROUNDS, SECONDS = 3, 10
MINUTE = 6  # of these: budgets are a minute's, so what one lets through is felt once in a minute
RESULT = Path(__file__).with_name("fairness-result.json")


class Client(threading.Thread):
    """One connection of the quiet agency: a request each beat, every other one a write.

    A request's time counts from its beat, so that one that had to wait for the last answer is late.
    """

    def __init__(self, url: str, key: str, number: int, count: int) -> None:
        super().__init__()
        self._http = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        self._headers = {"X-API-Key": key, "Content-Type": "application/json"}
        self._number = number
        self._count = count
        self.times_ms: list[float] = []
        self.answers: Counter[int] = Counter()

    def run(self) -> None:
        every_s = CONNECTIONS / RATE_PER_S
        first = time.perf_counter() + every_s * self._number / CONNECTIONS
        for number in range(self._count):
            beat = first + number * every_s
            threading.Event().wait(max(0, beat - time.perf_counter()))
            self._ask(number)
            self.times_ms.append((time.perf_counter() - beat) * 1000)
        self._http.close()

    def _ask(self, number: int) -> None:
        external_id = f"crm-{self._number}-{number // 2 % AGENTS}"
        if number % 2:
            self._http.request("GET", f"/api/v1/users/external/{external_id}", None, self._headers)
        else:
            name = f"Elena {self._number} {number}"
            body = {"externalId": external_id, "name": name, "phone": "+37369123456"}
            self._http.request("PUT", "/api/v1/users", json.dumps(body), self._headers)
        answer = self._http.getresponse()
        answer.read()
        self.answers[answer.status] += 1


def open_key(url: str, agency: Agency) -> str:
    """Make an agency and give its key."""
    with open_store(url) as store:
        agency_id = operated(store, create_agency, agency, 0)
        _, key = operated(store, create_key, agency_id, frozenset(SCOPES), 0)
    return str(key)


def ask_quietly(urls: Sequence[str], key: str, seconds: float) -> list[float]:
    """Send the quiet agency's requests, evenly to all servers; how long each took, in ms."""
    count = int(seconds * RATE_PER_S / CONNECTIONS)
    clients = [
        Client(urls[number % len(urls)], key, number, count) for number in range(CONNECTIONS)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    answers = sum((client.answers for client in clients), Counter[int]())
    assert answers == {200: count * CONNECTIONS}
    return [taken for client in clients for taken in client.times_ms]


class Flood(NamedTuple):
    """Which servers are flooded, as whom, and how long the quiet agency is watched meanwhile."""

    urls: list[str]
    key: str | None
    seconds: float


class Trial:
    """The quiet agency on its servers: alone, and beside floods."""

    def __init__(self, urls: list[str], key: str, floods: dict[str, Flood]) -> None:
        self._urls = urls
        self._key = key
        self._floods = floods
        self._rounds: dict[str, list[dict[str, float]]] = {name: [] for name in floods}
        self._answers: dict[str, list[Counter[str]]] = {name: [] for name in floods}

    def run(self, rounds: int) -> None:
        """Measure each in turn, so that whatever else the machine does meets all alike."""
        ask_quietly(self._urls, self._key, 1)
        for _ in range(rounds):
            for name, (urls, key, seconds) in self._floods.items():
                with ExitStack() as stack:
                    if key:
                        flood = flooding(urls, key, FLOOD_CONNECTIONS)
                        self._answers[name].append(stack.enter_context(flood))
                    times_ms = ask_quietly(self._urls, self._key, seconds)
                self._rounds[name].append(summarise(times_ms))

    def result(self) -> dict[str, Any]:
        """Each one's medians over all rounds, and what was answered to the flood."""
        return {
            name: {
                "seconds": self._floods[name].seconds,
                **{key: round(median(one[key] for one in rounds), 1) for key in rounds[0]},
                "p99MsOfRounds": [round(one["p99Ms"], 1) for one in rounds],
                "floodAnswers": dict(sorted(sum(self._answers[name], Counter[str]()).items())),
            }
            for name, rounds in self._rounds.items()
        }


def summarise(times_ms: list[float]) -> dict[str, float]:
    percentiles = quantiles(times_ms, n=100)
    return {"p50Ms": percentiles[49], "p99Ms": percentiles[98], "worstMs": max(times_ms)}


def measure(
    url: str, elsewhere_url: str, folder: Path, servers: int, rounds: int, seconds: float
) -> dict[str, Any]:
    """Serve the quiet agency on `servers`, and watch it beside a flood of these same servers, of
    one that shares nothing with them but the machine, and of a busy agency with a usual budget.
    """
    usual = Agency(id=0, name="Casa Test")
    boundless = replace(usual, requests_per_minute=PLENTY, bulk_per_minute=PLENTY)
    with ExitStack() as stack:
        urls = [
            stack.enter_context(serving_postgres(folder / f"server-{number}", url)).url
            for number in range(servers)
        ]
        elsewhere = stack.enter_context(serving_postgres(folder / "elsewhere", elsewhere_url)).url
        floods = {
            "alone": Flood([], None, seconds),
            "flood": Flood(urls, open_key(url, boundless), seconds),
            "floodElsewhere": Flood([elsewhere], open_key(elsewhere_url, boundless), seconds),
            "floodBeyondBudget": Flood(urls, open_key(url, usual), MINUTE * seconds),
        }
        trial = Trial(urls, open_key(url, boundless), floods)
        trial.run(rounds)
    found = trial.result()
    p99 = {name: each["p99Ms"] for name, each in found.items()}
    return found | {
        "p99Ratios": {
            "floodBeyondBudgetToAlone": round(p99["floodBeyondBudget"] / p99["alone"], 2),
            "floodToFloodElsewhere": round(p99["flood"] / p99["floodElsewhere"], 2),
            "floodToAlone": round(p99["flood"] / p99["alone"], 2),
        }
    }


@pytest.fixture(scope="module")
def results() -> Iterator[dict[str, Any]]:
    """Collect what was measured and write it down at the end."""
    results: dict[str, Any] = {
        "quiet": {"connections": CONNECTIONS, "requestsPerSecond": RATE_PER_S},
        "busy": {"connections": FLOOD_CONNECTIONS, "operationsInABulk": 100},
    }
    yield results
    RESULT.write_text(json.dumps(results, indent=2) + "\n", "utf-8")


@pytest.mark.soak
@pytest.mark.parametrize("servers", [1, 2])
def test_a_flood_of_another_agency(
    results: dict[str, Any], new_admin_url: Callable[[], str], tmp_path: Path, servers: int
) -> None:
    here, elsewhere = (migrate_postgres(new_admin_url()) for _ in range(2))
    found = measure(here, elsewhere, tmp_path, servers, ROUNDS, SECONDS)
    results[f"servers{servers}"] = found
    assert found["p99Ratios"]["floodBeyondBudgetToAlone"] <= RATIO_MAX
    assert found["p99Ratios"]["floodToFloodElsewhere"] <= RATIO_MAX


@pytest.mark.slow
def test_the_quiet_one_is_served_beside_a_flood(
    new_admin_url: Callable[[], str], tmp_path: Path
) -> None:
    here, elsewhere = (migrate_postgres(new_admin_url()) for _ in range(2))
    found = measure(here, elsewhere, tmp_path, servers=1, rounds=1, seconds=0.5)
    assert found["flood"]["floodAnswers"].keys() == {"200"}
    assert found["floodBeyondBudget"]["floodAnswers"].keys() == {"200", "429"}
