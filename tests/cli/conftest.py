"""The operator's commands, on the data of a service that runs, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rentix.cli import main
from rentix.settings import Place


@pytest.fixture
def operate(place: Place) -> Callable[..., int]:
    """Run a command on the data of the service, and give its exit code."""
    where = ["--data", str(place)] if isinstance(place, Path) else ["--database", place]

    def operate(*tokens: object) -> int:
        return main([*map(str, tokens), *where])

    return operate
