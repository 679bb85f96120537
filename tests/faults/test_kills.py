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

from tests.faults.ledger import Ledger
from tests.faults.writers import Client, open_accounts, writing
from tests.process import serving

AGENCIES = 3
CLIENTS_PER_AGENCY = 2
RESULT = Path(__file__).with_name("soak-result.json")


def kill_over_and_over(directory: Path, kills: int, seed: int) -> dict[str, Any]:
    """Start, write, kill at a random moment, check the file; go on with the same directory."""
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    accounts = open_accounts(directory, AGENCIES)
    clients = [Client(n, accounts[n % AGENCIES]) for n in range(AGENCIES * CLIENTS_PER_AGENCY)]
    ledger = Ledger()
    acknowledged = cut_short = 0
    began = time.monotonic()
    for _ in range(kills):
        with serving(directory) as served, writing(clients, served.url):
            threading.Event().wait(chance.uniform(0.02, 0.5))
            served.end(signal.SIGKILL)
        acknowledged += sum(len(client.acknowledged) for client in clients)
        cut_short += sum(client.pending is not None for client in clients)
        ledger.check_file(directory, clients)
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
