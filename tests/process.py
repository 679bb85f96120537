"""`rentix serve` as a process of its own: started, asked, ended or killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

STOP_TIMEOUT_S = 20


class Served:
    """A running server: its address, its process, and the file that its log goes to."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self.process = process
        self.log = log
        self.said = ""
        self.url = self._wait_for_address()

    def _wait_for_address(self) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if found := re.search(r"(?:^|serves )(http://\S+)", line):
                return found[1]
        raise AssertionError(f"it did not start: {self.log.read_text('utf-8')}")

    @property
    def metrics_url(self) -> str:
        """The address of /metrics, as the log gives it."""
        found = re.search(r'"metrics":"([^"]+)"', self.log.read_text("utf-8"))
        assert found
        return found[1]

    def client(self, key: str | None = None) -> httpx2.Client:
        """Make a client of its API."""
        headers = {"X-API-Key": key} if key else {}
        return httpx2.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=20)

    def end(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """Send it a signal, wait for its end, and give its exit code."""
        if self.process.poll() is None:
            os.kill(self.process.pid, with_signal)
        return self.process.wait(STOP_TIMEOUT_S)


def rentix(*arguments: str | Path | int) -> list[str]:
    """The command line `rentix …`, run by this very Python."""
    return [sys.executable, "-m", "rentix", *map(str, arguments)]


@contextmanager
def serving(data: Path, *options: str, command: str = "serve") -> Iterator[Served]:
    """Run `rentix serve` on a free port while the block runs; it is killed if it is left over."""
    with run_served(data, rentix(command, "--data", data, *options), {}) as served:
        yield served


@contextmanager
def serving_postgres(folder: Path, url: str, *options: str) -> Iterator[Served]:
    """Run `rentix serve` on PostgreSQL, whose address is told by the environment."""
    with run_served(folder, rentix("serve", *options), {"RENTIX_DATABASE": url}) as served:
        yield served


@contextmanager
def run_served(data: Path, command: list[str], environment: dict[str, str]) -> Iterator[Served]:
    """Run a command that serves on a free port, while the block runs."""
    log = data.with_name(f"{data.name}.log")
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            [*command, "--port", "0", "--metrics-port", "0"],
            env=os.environ | {"RENTIX_VISITS_PER_MINUTE": "0"} | environment,  # all are one's own
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process,
    ):
        try:
            yield Served(process, log)
        finally:
            process.kill()
