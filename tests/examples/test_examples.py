"""The programs in `examples/` all do the same, against a sandbox."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rentix.model import SANDBOX_KEY
from tests.process import Served, serving

pytestmark = pytest.mark.slow  # a sandbox is started for each, and programs run in it

EXAMPLES = Path(__file__).parents[2] / "examples"
PROGRAMS = {
    "python": [sys.executable, "python/agents.py"],
    "curl": ["sh", "curl/agents.sh"],
    "node": ["node", "node/agents.mjs"],
    "php": ["php", "php/agents.php"],
}
SAID = """\
agent example-1: {made}, stored as +373 692 00 110
bulk example-2: {made}
bulk example-3: refused (phone_invalid)
found by phone: Ana Ursu
linked: example-4
unlinked: example-4
conflict (external_id_taken): Ana Ursu has example-1; unlink it there first
listing example-flat: visitors see Ana Ursu (linked)
"""


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Served]:
    """Give a fresh sandbox."""
    with serving(tmp_path / "data", command="sandbox") as served:
        yield served


def run(language: str, url: str, key: str = SANDBOX_KEY) -> subprocess.CompletedProcess[str]:
    """Run a program; without what runs it the test is skipped."""
    program, source = PROGRAMS[language]
    needed = "curl" if language == "curl" else program
    if shutil.which(needed) is None:
        pytest.skip(f"{needed} is not installed, so the example for it is not tried")
    return subprocess.run(
        [program, EXAMPLES / source],
        env=os.environ | {"RENTIX_URL": url, "RENTIX_API_KEY": key},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("language", PROGRAMS)
def test_a_program_says_what_became_of_everything(language: str, sandbox: Served) -> None:
    for made in ("created", "unchanged"):
        done = run(language, sandbox.url)
        assert (done.stdout, done.stderr) == (SAID.format(made=made), "")
        assert done.returncode == 0


@pytest.mark.parametrize("language", PROGRAMS)
def test_a_refusal_ends_it_with_the_portal_s_words(language: str, sandbox: Served) -> None:
    done = run(language, sandbox.url, "rtx_test_no_key")
    assert done.returncode != 0
    told = done.stdout + done.stderr
    assert "Invalid API key" in told
    assert "request" in told
    assert "rtx_test_no_key" not in told
