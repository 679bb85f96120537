"""An agency whose agents registered on the portal, its CRM's roster, and `rentix match`."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rentix.cli import main
from tests.service import Tenant

ANDREI, ION, ANA = "+37369123456", "+37379500500", "+37368111222"


class Office:
    """A folder with a rentix.toml and agents.csv, and the portal that it is for."""

    def __init__(self, folder: Path, tenant: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.tenant = tenant
        self.matches = folder / "matches.csv"
        self._capsys = capsys
        (folder / "rentix.toml").write_text(
            f'[portal]\nurl = "{tenant.service.url}"\nkey_env = "OFFICE_KEY"\n'
            '[source]\nfile = "agents.csv"\n[columns]\nexternalId = "id"\nname = "name"\n'
            'phone = "phone"\n[match]\nemail = "mail"\n',
            "utf-8",
        )

    def roster(self, *agents: tuple[str, str, str]) -> None:
        """Write the CRM's agents: id, name, phone."""
        with (self.folder / "agents.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("id", "name", "phone", "mail"))
            writer.writerows((*agent, f"{agent[0]}@casa.example") for agent in agents)

    def run(self, *arguments: object) -> tuple[int, dict[str, Any], str]:
        """Run `rentix match … --json`; give exit code, what it printed, and what it said."""
        config = self.folder / "rentix.toml"
        code = main(["match", "--config", str(config), "--json", *map(str, arguments)])
        said = self._capsys.readouterr()
        return code, json.loads(said.out) if said.out else {}, said.err

    def match(self, *arguments: object) -> list[dict[str, str]]:
        """Write the pairs, and read them."""
        code, _, said = self.run("-o", self.matches, "--force", *arguments)
        assert code == 0, said
        return self.pairs()

    def pairs(self) -> list[dict[str, str]]:
        """Read the file of pairs."""
        with self.matches.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file, delimiter=";"))

    def review(self, decide: Callable[[dict[str, str]], str], delimiter: str = ";") -> None:
        """Write a person's decisions into the file."""
        rows = self.pairs()
        for row in rows:
            row["accept"] = decide(row)
        with self.matches.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, rows[0], delimiter=delimiter)
            writer.writeheader()
            writer.writerows(rows)

    def link_of(self, user_id: int) -> str | None:
        """The external id that a user has."""
        found: str | None = self.tenant.get(f"/users/{user_id}").json()["externalId"]
        return found


@pytest.fixture
def office(
    tenant: Tenant,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Office:
    """Give an office whose state is nobody else's."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("OFFICE_KEY", tenant.key)
    return Office(tmp_path, tenant, capsys)
