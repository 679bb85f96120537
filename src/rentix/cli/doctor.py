"""`rentix doctor`: whether a sync can work, and if not, why not."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

from rentix.cli.options import Json
from rentix.cli.output import print_json
from rentix.cli.project import DONE, FAILED, INTERRUPTED, ConfigPath
from rentix.sync.doctor import Check, State, examine
from rentix.sync.report import printable

_STYLES: Final[dict[State, str]] = {"ok": "green", "warning": "yellow", "failed": "bold red"}


def doctor(*, config: ConfigPath = Path("rentix.toml"), json: Json = False) -> int:
    """Check the configuration, the key, the portal, the clock, the key's scopes and the source.

    Each check is ok, a warning, or failed, with the way out. Nothing is stored on the portal.

    Example: rentix doctor

    Exit code: 0 nothing failed, 1 something did, 130 Ctrl-C.
    """
    console = Console()
    found: list[Check] = []
    try:
        for check in examine(config):
            found.append(check)
            if not json:
                _show(console, check)
    except KeyboardInterrupt:
        return INTERRUPTED
    if json:
        print_json({"checks": found})
    return FAILED if any(check.state == "failed" for check in found) else DONE


def _show(console: Console, check: Check) -> None:
    head = Text(f"{check.state:>7}", _STYLES[check.state])
    text = Text(f"  {check.check:<13}  {printable(check.message)}")
    console.print(head + text, soft_wrap=True)
