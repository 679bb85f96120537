"""kill -9 during writes loses nothing that was acknowledged and leaves nothing half done."""

from __future__ import annotations

import json
import random
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from rentix.model import SCOPES, Agency
from rentix.store.agencies import create_agency, create_key
from rentix.store.sqlite import SqliteStore
from tests.faults.ledger import Ledger
from tests.faults.writers import Account, Client, writing
from tests.process import serving
from tests.service import operated

AGENCIES = 3
CLIENTS_PER_AGENCY = 2
RESULT = Path(__file__).with_name("soak-result.json")


def open_accounts(directory: Path) -> list[Account]:
    """Make agencies with a key each and without a rate budget."""
    store = SqliteStore(directory)
    accounts = []
    for _ in range(AGENCIES):
        agency = Agency(id=0, name="Casa Test", requests_per_minute=0, bulk_per_minute=0)
        agency_id = operated(store, create_agency, agency, 0)
        _, key = operated(store, create_key, agency_id, frozenset(SCOPES), 0)
        accounts.append(Account(agency_id, key))
    store.close()
    return accounts


def kill_over_and_over(directory: Path, kills: int, seed: int) -> dict[str, Any]:
    """Start, write, kill at a random moment, check the file; go on with the same directory."""
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    accounts = open_accounts(directory)
    clients = [Client(n, accounts[n % AGENCIES]) for n in range(AGENCIES * CLIENTS_PER_AGENCY)]
    ledger = Ledger(directory)
    acknowledged = cut_short = 0
    began = time.monotonic()
    for _ in range(kills):
        with serving(directory) as served, writing(clients, served.url):
            threading.Event().wait(chance.uniform(0.02, 0.5))
            served.end(signal.SIGKILL)
        acknowledged += sum(len(client.acknowledged) for client in clients)
        cut_short += sum(client.pending is not None for client in clients)
        ledger.check(clients)
    return {
        "kills": kills,
        "acknowledgedOperations": acknowledged,
        "requestsCutShort": cut_short,
        "changesInTheLog": ledger.size,
        "lost": 0,
        "halfDone": 0,
        "seconds": round(time.monotonic() - began),
    }


@pytest.mark.slow
def test_25_kills_lose_nothing(tmp_path: Path) -> None:
    result = kill_over_and_over(tmp_path / "data", 25, seed=25)
    assert result["acknowledgedOperations"] > 1000
    assert result["requestsCutShort"] > 25


@pytest.mark.soak
def test_500_kills_lose_nothing(tmp_path: Path) -> None:
    result = kill_over_and_over(tmp_path / "data", 500, seed=500)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
