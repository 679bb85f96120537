"""Runs of wrk, void when an answer was an error or did not come."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.contenders import Contender, Subject
from benchmarks.seeds import AGENTS

CONNECTIONS, WARM_UP_S = 64, 2
HERE = Path(__file__).parent
_LISTING_EFFECTS = {"listing-put": 1, "listing-get": 0, "page": 0}
EFFECTS = {"put": 1, "same": 0, "get": 0, "bulk": 100, "bulk-core": 100} | _LISTING_EFFECTS
"""How many rows a request of each kind changes; `mixed` is known by its parts."""

Figures = dict[str, float]
Run = Callable[[int], Figures]
"""A run of so many seconds."""


class Void(Exception):
    """A run that proves nothing: why."""


@dataclass(frozen=True)
class Load:
    """What wrk sends: of which agents (`first` to `last` of each agency), over what, how fast."""

    kind: str
    connections: int = CONNECTIONS
    first: int = 1
    last: int = AGENTS
    delay_ms: float = 0  # the mean time that a connection rests before each request

    @property
    def effects(self) -> int:
        """How many rows a request changes."""
        return EFFECTS[self.kind]

    @property
    def subject(self) -> Subject:
        """What its requests are about."""
        return "listing" if self.kind in _LISTING_EFFECTS else "user"


def run_wrk(contender: Contender, load: Load, seconds: int) -> Figures:
    """Requests, and how fast they were answered.

    Raises:
        Void: one was answered with an error, or not at all.
    """
    threads = min(2, load.connections)
    options = [
        *("wrk", f"-t{threads}", f"-c{load.connections}", f"-d{seconds}s", "--timeout", "30s"),
        *("-s", str(HERE / "load.lua"), contender.address, "--"),
        *(str(contender.keys.with_name("words")), str(contender.keys), load.kind),
        *(str(load.first), str(load.last), str(load.delay_ms)),
    ]
    done = subprocess.run(options, capture_output=True, text=True, check=True)  # noqa: S603
    return read_figures(done.stdout, contender, load)


def read_figures(printed: str, contender: Contender, load: Load) -> Figures:
    """What the last line that load.lua prints says.

    Raises:
        Void: an answer was an error (a status from 400 on), came late or not at all.
    """
    seen = json.loads(printed.splitlines()[-1])
    faults = {name: seen[name] for name in ("status", "broken", "timeouts") if seen[name]}
    if faults or not seen["requests"]:
        raise Void(f"{contender.name}, {load.kind}: {faults or 'nothing was answered'}")
    per_s = seen["requests"] / seen["seconds"]
    return {
        "per_s": per_s,
        "operations_per_s": per_s * max(1, EFFECTS.get(load.kind, 1)),
        **{name: seen[name] for name in ("p50_ms", "p99_ms", "requests")},
    }
