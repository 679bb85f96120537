"""A busy agency does not slow another: p99 of a quiet one's requests, beside a flood and alone."""

from __future__ import annotations

import http.client
import json
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace

from rentix.model import SCOPES, Agency
from rentix.store.agencies import create_agency, create_key
from rentix.wiring import open_store
from tests.faults.flood import flooding
from tests.process import serving_postgres
from tests.service import operated

CONNECTIONS, RATE_PER_S, AGENTS = 4, 80, 10
FLOOD_CONNECTIONS = 16
PLENTY = 10**9  # a budget that is counted and never spent
RATIO_MAX = 2
ROUNDS, SECONDS = 5, 10
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


class Trial:
    """The quiet agency alone, beside one whose budget is boundless, and beside a usual one."""

    def __init__(self, url: str) -> None:
        usual = Agency(id=0, name="Casa Test")
        boundless = replace(usual, requests_per_minute=PLENTY, bulk_per_minute=PLENTY)
        self._quiet = open_key(url, boundless)
        self._busy = {
            "alone": None,
            "besideAFlood": open_key(url, boundless),
            "besideAFloodWithinBudget": open_key(url, usual),
        }
        self._rounds: dict[str, list[dict[str, float]]] = {name: [] for name in self._busy}
        self._floods: dict[str, list[Counter[str]]] = {name: [] for name in self._busy}

    def run(self, urls: list[str], rounds: int, seconds: float) -> None:
        """Measure each in turn, so that whatever else the machine does meets all alike."""
        ask_quietly(urls, self._quiet, 1)
        for _ in range(rounds):
            for name, key in self._busy.items():
                with ExitStack() as stack:
                    if key:
                        flood = flooding(urls, key, FLOOD_CONNECTIONS)
                        self._floods[name].append(stack.enter_context(flood))
                    times_ms = ask_quietly(urls, self._quiet, seconds)
                self._rounds[name].append(summarise(times_ms))

    def result(self) -> dict[str, Any]:
        """Each one's medians, and how the 99th percentile compares to that alone."""
        found: dict[str, Any] = {}
        for name, each in self._rounds.items():
            medians = {
                key: round(statistics.median(one[key] for one in each), 1) for key in each[0]
            }
            p99_ratios = [
                round(one["p99Ms"] / alone["p99Ms"], 2)
                for one, alone in zip(each, self._rounds["alone"], strict=True)
            ]
            found[name] = {
                **medians,
                "p99Ratio": statistics.median(p99_ratios),
                "p99Ratios": p99_ratios,
                "floodAnswers": dict(sorted(sum(self._floods[name], Counter[str]()).items())),
            }
        return found


def summarise(times_ms: list[float]) -> dict[str, float]:
    percentiles = statistics.quantiles(times_ms, n=100)
    return {"p50Ms": percentiles[49], "p99Ms": percentiles[98], "worstMs": max(times_ms)}


def measure(
    url: str, folder: Path, servers: int, rounds: int = ROUNDS, seconds: float = SECONDS
) -> dict[str, Any]:
    trial = Trial(url)
    with ExitStack() as stack:
        served = [
            stack.enter_context(serving_postgres(folder / f"server-{number}", url))
            for number in range(servers)
        ]
        trial.run([one.url for one in served], rounds, seconds)
    return trial.result()


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
    results: dict[str, Any], fresh_url: str, tmp_path: Path, servers: int
) -> None:
    found = results[f"servers{servers}"] = measure(fresh_url, tmp_path, servers)
    assert found["besideAFlood"]["p99Ratio"] <= RATIO_MAX
    assert found["besideAFloodWithinBudget"]["p99Ratio"] <= RATIO_MAX


@pytest.mark.slow
def test_the_quiet_one_is_served_beside_a_flood(fresh_url: str, tmp_path: Path) -> None:
    found = measure(fresh_url, tmp_path, 1, rounds=1, seconds=1)
    assert found["besideAFlood"]["floodAnswers"].keys() == {"200"}
    assert found["besideAFloodWithinBudget"]["floodAnswers"].keys() == {"200", "429"}
