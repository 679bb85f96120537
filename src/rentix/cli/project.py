"""What the commands that work by a rentix.toml share: its options, its portal, its exit codes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from rich.console import Console

from rentix.cli.sync import read_key
from rentix.client import Patience, Rentix
from rentix.client.retries import PATIENT
from rentix.sync.config import Config, read_config
from rentix.sync.progress import Screen, choose_screen

DONE: Final = 0
FAILED: Final = 1
CHANGES: Final = 2
LIMITED: Final = 3
PARTLY: Final = 4
BUSY: Final = 5
INTERRUPTED: Final = 130

ConfigPath = Annotated[Path, Parameter(help="The rentix.toml that says what is synced, and where.")]

STUBBORN: Final = Patience(attempts=20, wait_budget_s=900.0)
"""Who has begun to write outlasts a restart of the portal or a bad quarter of an hour."""


@contextmanager
def opened(config: Path, patience: Patience = PATIENT) -> Iterator[tuple[Config, Rentix, Screen]]:
    """The configuration at a path, its portal, and a screen for progress on standard error.

    Raises:
        SetupError: the configuration or the key cannot be used.
    """
    settings = read_config(config)
    screen = choose_screen(Console(stderr=True))
    key = read_key(settings.portal.key_env)
    with (
        Rentix(key, settings.portal.url, patience=patience, on_wait=screen.wait) as portal,
        screen,
    ):
        yield settings, portal, screen
