"""A plan over 100,000 agents who are all as they should be: its time and its memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.contenders import Contender, books_of, serving_ours
from benchmarks.runs import Bench
from benchmarks.seeds import grow, seed
from benchmarks.wrk import Void

AGENTS = 100_000
_KIB_A_MIB = 1024
_CONFIG = """[portal]
url = "{url}"
key_env = "RENTIX_API_KEY"
[source]
file = "agents.csv"
"""


def plan(bench: Bench) -> None:
    """The roster is the portal's own export; each plan is a process of its own."""
    with bench.place() as folder:
        data, keys = folder / "data", bench.keys("plan")
        seed(data, keys)
        grow(data, 1, AGENTS)
        with serving_ours(data, keys, books_of(data)) as ours:
            _export(ours, folder)
            found = [_plan_once(ours, folder) for _ in range(bench.runs)]
    bench.note("plan_s", [seconds for seconds, _ in found], "s", 0)
    bench.note("plan_rss_mib", [mib for _, mib in found], "MiB", 0)


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "rentix", *words]


def _environment(ours: Contender, folder: Path) -> dict[str, str]:
    key = ours.keys.read_text().split()[1]
    return os.environ | {"RENTIX_API_KEY": key, "XDG_STATE_HOME": str(folder / "state")}


def _export(ours: Contender, folder: Path) -> None:
    (folder / "rentix.toml").write_text(_CONFIG.format(url=ours.address))
    command = _command("export", "--linked", "-o", "agents.csv")
    environment = _environment(ours, folder)
    subprocess.run(command, cwd=folder, env=environment, check=True)  # noqa: S603 - our own


def _plan_once(ours: Contender, folder: Path) -> tuple[float, float]:
    """Seconds and MiB of one plan.

    Raises:
        Void: it found something to do, or did not see everybody.
    """
    began = time.perf_counter()
    environment = _environment(ours, folder)
    with subprocess.Popen(  # noqa: S603 - our own command
        _command("plan", "--json"), cwd=folder, env=environment, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    summary = json.loads(said)["summary"]
    if summary.pop("unchanged") < AGENTS or any(summary.values()):
        raise Void(f"a plan of unchanged agents says {summary}")
    return seconds, usage.ru_maxrss / _KIB_A_MIB
