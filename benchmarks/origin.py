"""Where figures come from: the machine, the versions, the commit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import apsw

from benchmarks.limits import server_version
from rentix.store.cluster import Cluster

ROOT = Path(__file__).parents[1]
_PACKAGES = ("rentix", "fastapi", "sqlalchemy", "asyncpg", "aiosqlite", "uvicorn")
# What a benchmark writes itself makes no other program of what is measured.
_MEASURED = (".", ":!benchmarks/README.md", ":!benchmarks/results")


def describe_origin(cluster: Cluster) -> dict[str, Any]:
    """What a result file says of all its figures."""
    return {"machine": _describe_machine(), "versions": _describe_versions(cluster)}


def describe_commit(root: Path = ROOT) -> str:
    """The commit of the tree, `-dirty` behind it when a file differs."""
    if not (commit := _ask("git", "-C", str(root), "rev-parse", "--short", "HEAD")):
        return "unknown"
    differs = _ask("git", "-C", str(root), "status", "--porcelain", "--", *_MEASURED)
    return f"{commit}-dirty" if differs else commit


def _describe_machine() -> dict[str, Any]:
    cpu = next(
        line.split(":")[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    memory_kb = int(Path("/proc/meminfo").read_text().split()[1])
    cores = len(os.sched_getaffinity(0))
    return {"cpu": cpu, "cores": cores, "memory": f"{memory_kb / 2**20:.0f} GiB"}


def _describe_versions(cluster: Cluster) -> dict[str, str]:
    return {
        "python": sys.version,  # with its build: they differ by half as much again
        "postgres": server_version(cluster),
        "sqlite": apsw.sqlite_lib_version(),
        "wrk": _ask("wrk", "-v").split()[1],
        **{name: version(name) for name in _PACKAGES},
    }


def _ask(*command: str) -> str:
    if shutil.which(command[0]) is None:
        return ""
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.strip()
