"""`rentix demo`, as a newcomer meets it."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx2
import pytest

from rentix.cli import demo, main

COMMAND = [sys.executable, "-m", "rentix", "demo"]


def is_up(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/readyz", trust_env=False).is_success
    except httpx2.TransportError:
        return False


@pytest.mark.slow
def test_once_shows_everything_and_ends_with_0() -> None:
    shown = subprocess.run([*COMMAND, "--once"], check=False, capture_output=True, text=True)
    assert shown.returncode == 0, shown.stderr
    assert "created  55" in shown.stdout
    assert "The second sync found 56 unchanged, 0 to create and 0 to update" in shown.stdout
    assert shown.stdout.count("curl ") == 4
    assert shown.stdout.count("/announcement/") == 4
    assert not is_up(shown.stdout.partition("The service: ")[2].split()[0])


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_what_it_prints_until_it_is_stopped(how: signal.Signals) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        subprocess.Popen(
            [*COMMAND, "--port", str(taken.getsockname()[1])],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        ) as shown,
    ):
        assert shown.stdout is not None
        curls, pages, url = [], list[str](), ""
        for line in shown.stdout:
            if line.strip().startswith("curl "):
                curls.append(line.strip())
            pages += re.findall(r"http://\S+/(?:announcement|agents)/\d+", line)
            url = line.partition("The service: ")[2].strip() or url
            if "until Ctrl-C" in line:
                break
        listed, found, changed, listing = map(run_curl, curls)
        assert len(listed["items"]) > 55
        assert found["externalId"] == "CH/001"
        assert changed["updated"] is True
        assert listing["contact"]["reason"] == "no_agent_given"
        assert listing["publicUrl"] in pages
        look_at(pages)
        shown.send_signal(how)
        assert "Nothing of the demo is left behind" in shown.stdout.read()
    assert shown.returncode == 0
    assert not is_up(url)


def look_at(pages: list[str]) -> None:
    """See on each page what was promised: photos, and somebody to call."""
    assert len(pages) == 5
    for address in pages:
        page = httpx2.get(address, trust_env=False)
        assert page.status_code == 200
        assert 'href="tel:+373' in page.text
        [first, *_] = re.findall(r'<img src="(/media/files/\S+)"', page.text)
        photo = httpx2.get(httpx2.URL(address).join(first), trust_env=False)
        assert photo.headers["content-type"] == "image/webp"


def run_curl(line: str) -> dict[str, Any]:
    """Do what curl does with a line, for not every machine has curl."""
    given: dict[str, list[str]] = {"-H": [], "-X": ["GET"], "-d": [""]}
    words = shlex.split(line)
    for flag, value in pairwise(words):
        if flag in given:
            given[flag].append(value)
    answer = httpx2.request(
        given["-X"][-1],
        words[-1],
        headers=dict(header.split(": ", 1) for header in given["-H"]),
        content=given["-d"][-1] or None,
        trust_env=False,
    )
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = json.loads(answer.text)
    return said


@pytest.mark.slow
def test_without_the_sample_it_says_how_to_name_a_roster(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "SAMPLE", tmp_path)
    assert main(["demo", "--once"]) == 2
    assert "rentix demo --roster agents.csv" in capsys.readouterr().err


@pytest.mark.slow
def test_a_sandbox_that_does_not_start_is_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--once", "--region", "Moldova"]) == 2
    assert "is not a country code" in capsys.readouterr().err
