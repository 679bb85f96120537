"""An agency's side of a test: its roster, its rentix.toml, and the commands, each a process."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.process import rentix
from tests.service import Tenant

HEAD = "externalId,name,phone\n"
TIMEOUT_S = 60


def rows(*numbers: int) -> str:
    """A roster of agents by number: each has a name and a mobile number of their own."""
    return HEAD + "".join(f"a{n},Agent {_letters(n)},+37369{n:06}\n" for n in numbers)


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


class Crm:
    """A folder with a roster and a configuration, of which the state folder is a part."""

    def __init__(self, folder: Path, tenant: Tenant) -> None:
        self.folder = folder
        self.tenant = tenant
        self.roster = folder / "agents.csv"
        self.environment = os.environ | {
            "RENTIX_API_KEY": tenant.key,
            "XDG_STATE_HOME": str(folder / "state"),
            "COLUMNS": "100",
        }
        self.configure()
        self.write(rows(1, 2, 3))

    def configure(self, more: str = "", url: str | None = None, file: str = "agents.csv") -> None:
        text = f'[portal]\nurl = "{url or self.tenant.service.url}"\n[source]\nfile = "{file}"\n'
        (self.folder / "rentix.toml").write_text(text + more, encoding="utf-8")

    def write(self, roster: str) -> None:
        self.roster.write_text(roster, encoding="utf-8")

    @property
    def state(self) -> Path:
        [folder] = (self.folder / "state" / "rentix").iterdir()
        return folder

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            rentix(*words),
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )

    def json(self, *words: str | Path) -> tuple[int, Any]:
        done = self.run(*words, "--json")
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    @contextmanager
    def started(self, *words: str | Path) -> Iterator[subprocess.Popen[str]]:
        with subprocess.Popen(
            rentix(*words),
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def agents(self, **filters: str) -> list[dict[str, Any]]:
        answer = self.tenant.http.get("/users", params=filters)
        items: list[dict[str, Any]] = answer.json()["items"]
        return items
