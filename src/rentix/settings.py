"""The environment's say. Nothing else reads it, but for the key that `--key-env` names."""

from __future__ import annotations

import os
from pathlib import Path

DATA_VARIABLE = "RENTIX_DATA"
DEFAULT_DATA = Path("rentix-data")


def data_directory(given: Path | None) -> Path:
    """Where the data is: `--data`, else `RENTIX_DATA`, else ./rentix-data."""
    return given or Path(os.environ.get(DATA_VARIABLE) or DEFAULT_DATA)
