"""Commands run in this process, data to back up, and backups to spoil."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from rentix.cli import main


def run(*arguments: str | Path, ends: int = 0) -> str:
    """Run a command and give what it said."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        code = main([str(argument) for argument in arguments])
    assert code == ends, said.getvalue()
    return said.getvalue()


def read_json(*arguments: str | Path) -> dict[str, Any]:
    """Run a command with `--json`."""
    said: dict[str, Any] = json.loads(run(*arguments, "--json"))
    return said


def register(*place: str | Path) -> None:
    """Make an agency with an agent."""
    run("agency", "create", "Casa", *place)
    run("user", "register", "1", "--name", "Ana", "--phone", "+37369123456", *place)


def alter(made: Path, **members: Any) -> None:
    """Change what a backup's manifest says."""
    manifest = made / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | members))
