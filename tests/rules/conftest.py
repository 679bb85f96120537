from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Give the folder of real inputs, which are never committed and never used in CI."""
    named = os.environ.get("RENTIX_TEST_DATA")
    folder = Path(named) if named else Path(__file__).parents[3] / "shared" / "data"
    if os.environ.get("CI") == "true":
        pytest.skip("real inputs are not used in CI")
    if not folder.is_dir():
        pytest.skip("no real inputs here: set RENTIX_TEST_DATA to their folder")
    return folder
