"""An agency's office: a folder with a roster and a rentix.toml, and the commands run in it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rentix.sync.plan import Plan, read_plan
from tests.process import rentix

KINDS = ("deactivate", "unlink", "clear", "avatar", "phone", "shrink", "unreadable")
COLUMNS = ("externalId", "name", "phone", "description")
DONE, FAILED, LIMITED, PARTLY, BUSY = 0, 1, 3, 4, 5

Agent = tuple[str, str, str, str]
"""A row: external id, name, phone, description."""


def agents(count: int) -> list[Agent]:
    """So many agents, each with a number of their own."""
    return [(f"n-{n}", f"Ana Rusu {n}", f"+37369{n:06}", f"Agent {n}") for n in range(count)]


class Office:
    """A folder whose rentix.toml names a portal, with limits out of the way unless said."""

    def __init__(
        self, folder: Path, url: str, key: str, sync: str = "", *, limits: bool = False
    ) -> None:
        folder.mkdir(exist_ok=True)
        caps = [f"{kind} = {{ floor = 1000000 }}" for kind in KINDS if not limits]
        lines = ["[portal]", f'url = "{url}"', "[source]", 'file = "agents.csv"', "[sync]", sync]
        (folder / "rentix.toml").write_text("\n".join([*lines, "[caps]", *caps, ""]))
        self.folder = folder
        self.config = folder / "rentix.toml"
        self.plan_file = folder / "plan.json"
        self.journal = folder / "plan.json.journal"
        self.environment = os.environ | {
            "RENTIX_API_KEY": key,
            "XDG_STATE_HOME": str(folder / "state"),
        }

    def write_roster(self, agents: Iterable[Agent]) -> None:
        """Write the source anew."""
        with (self.folder / "agents.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *agents])

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """Start a command, which prints JSON."""
        return subprocess.Popen(
            [*rentix(*arguments), "--config", str(self.config), "--json"],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str | Path) -> tuple[int, dict[str, Any], str]:
        """Run a command to its end: its exit code, what it printed, and its remarks."""
        with self.start(*arguments) as process:
            said, remarks = process.communicate()
        return process.returncode, json.loads(said or "{}"), remarks

    def plan(self) -> Plan:
        """Make the plan with the command, and read it."""
        code, _, remarks = self.run("plan", "-o", self.plan_file)
        assert code == DONE, remarks
        return read_plan(self.plan_file)

    def apply(self) -> tuple[int, dict[str, Any], str]:
        """Apply the plan with the command."""
        return self.run("apply", self.plan_file)
