"""PostgreSQL crashes and comes back under load: 503s meanwhile, and nothing answered is lost."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rentix.store.cluster import Cluster, create_database, running_cluster
from rentix.store.migrate_postgres import migrate_postgres
from tests.service import Service, Tenant

CLIENTS = 16
RESULT = Path(__file__).with_name("restarts-result.json")


class Client(threading.Thread):
    """Writes one agent over and over; keeps every answer, and the last name that was answered."""

    def __init__(self, tenant: Tenant, number: int, ending: threading.Event) -> None:
        super().__init__(name=f"client-{number}")
        self.codes: Counter[int] = Counter()
        self.faults: list[str] = []
        self.acknowledged: list[str] = []
        self._tenant = tenant
        self._external_id = f"crm-{number}"
        self._ending = ending

    def run(self) -> None:
        number = 0
        while not self._ending.is_set():
            number += 1
            name = f"Ana {self._external_id} {number}"
            body = {"externalId": self._external_id, "name": name, "phone": "+37369123456"}
            try:
                answer = self._tenant.http.put("/users", json=body, timeout=15)
            except Exception as error:  # noqa: BLE001 - any is a finding
                self.faults.append(repr(error))
                continue
            self.codes[answer.status_code] += 1
            if answer.status_code == 200:
                self.acknowledged.append(name)
            elif answer.status_code != 503 or "retry-after" not in answer.headers:
                self.faults.append(f"{answer.status_code} {answer.text}")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with running_cluster(tmp_path / "cluster") as cluster:
        yield cluster
    shutil.rmtree(cluster.directory)


def crash_under_load(cluster: Cluster, crashes: int, pause_s: float) -> dict[str, Any]:
    """Crash and start it again, over and over, while clients write; check what is there."""
    service = Service(migrate_postgres(create_database(cluster.admin_url, "rentix")))
    ending = threading.Event()
    with service.running():
        tenants = [service.new_tenant() for _ in range(4)]
        clients = [Client(tenants[n % 4], n, ending) for n in range(CLIENTS)]
        for client in clients:
            client.start()
        back_s = []
        for _ in range(crashes):
            ending.wait(pause_s)
            cluster.restart()
            began = time.monotonic()
            while tenants[0].http.get("/users?limit=1").status_code != 200:
                assert time.monotonic() < began + 20, "it does not come back"
            back_s.append(time.monotonic() - began)
        ending.set()
        for client in clients:
            client.join()
        check_histories(tenants, clients)
        for tenant in tenants:
            tenant.close()
    codes = sum((client.codes for client in clients), Counter[int]())
    assert [fault for client in clients for fault in client.faults] == []
    return {
        "crashes": crashes,
        "answers": {str(code): count for code, count in sorted(codes.items())},
        "acknowledged": sum(len(client.acknowledged) for client in clients),
        "lost": 0,
        "back_after_s": {"median": sorted(back_s)[len(back_s) // 2], "worst": max(back_s)},
    }


def check_histories(tenants: list[Tenant], clients: list[Client]) -> None:
    """Every acknowledged write has its change, and the numbers have no gap."""
    logged = set()
    for tenant in tenants:
        changes = tenant.service.store.changes(tenant.agency_id, 0, 10**6)
        assert [change.seq for change in changes] == list(range(1, len(changes) + 1))
        logged |= {change.fields["name"][1] for change in changes if "name" in change.fields}
    for client in clients:
        assert set(client.acknowledged) <= logged


@pytest.mark.slow
def test_crashes_of_the_database(cluster: Cluster) -> None:
    result = crash_under_load(cluster, crashes=3, pause_s=0.5)
    assert result["acknowledged"] > 100


@pytest.mark.soak
def test_many_crashes_of_the_database(cluster: Cluster) -> None:
    result = crash_under_load(cluster, crashes=60, pause_s=5)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
