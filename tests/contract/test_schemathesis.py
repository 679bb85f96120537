"""The API called 5,000 times as its own document says, and as it forbids: nothing may be found."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.service import Tenant

ROOT = Path(__file__).parents[2]
CONFIG = Path(__file__).with_name("schemathesis.toml")
CASES = 5000


@pytest.mark.slow
def test_schemathesis_finds_nothing(
    tenant: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It tries a wrong key on every operation, all from one address.
    monkeypatch.setattr(tenant.service.app.portal.keys._failures, "per_minute", 1000)
    for number in range(1, 4):
        tenant.create(f"crm-{number}", avatar={"url": "https://crm.example/photos/7.jpg"})
    tenant.register()
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(CONFIG)]
    run = subprocess.run(
        [*command, "run", f"{tenant.service.url}/api/v1/openapi.json"],
        cwd=tmp_path,  # it leaves a cache where it runs
        env={**os.environ, "RENTIX_TEST_KEY": tenant.key, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-20_000:]
    generated = re.search(r"(\d+) generated", run.stdout)
    assert generated is not None, run.stdout[-2000:]
    assert int(generated[1]) >= CASES, "raise max-examples in schemathesis.toml"
