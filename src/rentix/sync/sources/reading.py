"""What a source is read with: its secrets, its folders, and somebody to tell of waiting."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rentix.client import SetupError, Wait
from rentix.client.clocks import ignore_wait


@dataclass(frozen=True, slots=True)
class Reading:
    """The surroundings of one reading of a source.

    `folder` is where its rentix.toml lies, `cache` where what was fetched is kept.
    """

    folder: Path
    cache: Path
    on_wait: Callable[[Wait], None] = ignore_wait
    sleep: Callable[[float], None] = time.sleep
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def secret(self, variable: str, what: str) -> str:
        """Return what an environment variable holds; raise SetupError, which never repeats it."""
        found = self.environment.get(variable, "").strip()
        if not found:
            raise SetupError(
                f"the environment variable {variable} is empty; it must hold {what}: "
                f"export {variable}=…"
            )
        # What cannot be sent would be quoted by whoever tries.
        if not found.isascii() or not found.isprintable():
            raise SetupError(
                f"the environment variable {variable} holds signs that {what} cannot have; "
                "copy it again"
            )
        return found

    def wait(self, seconds: float, reason: str) -> None:
        """Sleep, and say why."""
        self.on_wait(Wait(seconds, reason))
        self.sleep(seconds)
