"""Damaged pictures end as good ones or as a clear refusal, and nothing else happens."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.media.mutants import decode_all, mutants

RESULT = Path(__file__).with_name("mutants-result.json")


@pytest.mark.slow
def test_a_thousand_damaged_pictures() -> None:
    ends = decode_all(mutants(1000, seed=1))
    assert ends.total() == 1000
    assert set(ends) <= {
        "decoded",
        "picture_damaged",
        "picture_too_large",
        "picture_type_unsupported",
        "picture_needs_memory",
    }
    assert ends["decoded"] > 100
    assert ends["picture_damaged"] > 100


@pytest.mark.soak
def test_fifty_thousand_damaged_pictures() -> None:
    started = time.monotonic()
    ends = decode_all(mutants(50_000, seed=2))
    seconds = round(time.monotonic() - started)
    assert ends.total() == 50_000
    crashes = sum(count for end, count in ends.items() if end.startswith("crashed"))
    assert crashes == 0
    RESULT.write_text(json.dumps({**ends, "seconds": seconds}, indent=2, sort_keys=True) + "\n")
