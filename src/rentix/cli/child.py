"""The sandbox as a child process: started, waited for, ended."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2

from rentix.cli.output import Stop

START_TIMEOUT_S: Final = 30.0
STOP_TIMEOUT_S: Final = 15.0
POLL_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox and its address."""

    url: str
    process: subprocess.Popen[bytes]

    def wait(self) -> int:
        """Wait until it ends by itself, and return its exit code."""
        return self.process.wait()


@contextmanager
def start_sandbox(folder: Path, port: int, region: str, pictures: str) -> Iterator[Sandbox]:
    """Run a sandbox while the block runs. Pictures may come from the HOST:PORT `pictures`.

    Raises:
        Stop: it does not come up in time; the message ends with what it said last.
    """
    command = [sys.executable, "-m", "rentix", "sandbox", "--data", str(folder / "data")]
    command += ["--port", str(port), "--region", region, "--reset"]
    log = folder / "sandbox.log"
    with log.open("wb") as output:
        # A session of its own: Ctrl-C reaches the demo alone, which then ends the sandbox.
        process = subprocess.Popen(  # noqa: S603 - this very program
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | {"RENTIX_FETCH_ALLOW": pictures},
            start_new_session=True,
        )
    sandbox = Sandbox(f"http://127.0.0.1:{port}", process)
    try:
        _wait_until_ready(sandbox, log)
        yield sandbox
    finally:
        _end(process)


def free_port(wished: int) -> int:
    """Return a loopback port that nobody listens on: the wished one if possible."""
    for port in (wished, 0):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)) as listener:
            found: int = listener.getsockname()[1]
            return found
    raise Stop("this machine has no free port on its loopback")


def _wait_until_ready(sandbox: Sandbox, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    with httpx2.Client(trust_env=False, timeout=1.0) as http:
        while time.monotonic() < deadline and sandbox.process.poll() is None:
            with contextlib.suppress(httpx2.TransportError):
                if http.get(f"{sandbox.url}/readyz").is_success:
                    return
            time.sleep(POLL_S)
    said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-5:]
    raise Stop("\n  ".join(["the sandbox did not start; its last words:", *said]))


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()
