"""The operator's commands: what they print, how they end, and that a running server hears them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from rentix.cli import main
from rentix.media.blobs.disk import DiskBlobs
from rentix.media.blobs.keys import blob_key
from rentix.model import SANDBOX_KEY
from tests.process import serving
from tests.worker.studio import until

Run = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on data of its own, and give its JSON, if any; `ends` is its exit code."""
    monkeypatch.setenv("RENTIX_DATA", str(tmp_path / "data"))

    def run(*tokens: object, ends: int = 0) -> Any:
        assert main([str(token) for token in tokens]) == ends
        said = capsys.readouterr()
        return json.loads(said.out) if "--json" in tokens and not ends else said.out + said.err

    return run


def test_an_agency_and_its_keys(run: Run) -> None:
    made = run("agency", "create", "Casa Nouă", "--requests-per-minute", 0, "--json")
    assert set(made) == {"agencyId", "keyId", "apiKey"}
    second = run("key", "create", made["agencyId"], "--scope", "users:read", "--json")
    listed = run("key", "list", "--json")["keys"]
    assert [key["scopes"] for key in listed][1] == ["users:read"]
    assert made["apiKey"] not in run("key", "list")
    assert second["apiKey"] not in str(listed)
    run("key", "revoke", second["keyId"])
    assert run("key", "list", "--json")["keys"][1]["revokedAt"]


def test_the_limits_of_an_agency(run: Run) -> None:
    made = run("agency", "create", "Casa Nouă", "--monthly-listings", 5, "--json")["agencyId"]
    limits = {"requestsPerMinute": 300, "bulkPerMinute": 30, "monthlyListings": 5}
    assert run("agency", "limits", made, "--json") == {"agencyId": made, **limits}
    changed = run("agency", "limits", made, "--requests-per-minute", 0, "--json")
    assert changed == {"agencyId": made, **limits, "requestsPerMinute": 0}
    assert "any number" in run("agency", "limits", made)


def test_a_sweep_with_the_wrong_database_removes_nothing(run: Run, tmp_path: Path) -> None:
    place, data = tmp_path / "pictures", b"somebody's"
    sweep = ("media", "sweep", "--blobs", place)
    for where in (tmp_path / "data", tmp_path / "fresh"):
        run("agency", "create", "Casa Nouă", "--data", where)
    run(*sweep)
    DiskBlobs(place).put(blob_key(data), data)
    [file] = place.glob("??/*.webp")
    os.utime(file, (1, 1))
    wrong = run(*sweep, "--data", tmp_path / "fresh", ends=2)
    assert "another database's" in wrong
    assert "that belong together" in wrong
    mark = place / "installation"
    name = mark.read_text()
    mark.unlink()
    unmarked = run(*sweep, ends=2)
    assert "nothing says whose" in unmarked
    assert f"write {name.strip()} into installation" in unmarked
    assert file.exists()
    mark.write_text(f"{name}\n")
    assert "1 files would be removed" in run(*sweep, "--dry-run")
    assert file.exists()
    run(*sweep)
    assert not file.exists()


@pytest.mark.parametrize(
    "tokens",
    [
        ("nothing",),
        ("agency", "create"),
        ("agency", "create", "A", "--nothing"),
        ("agency", "create", "A", "--region", "XX"),
        ("agency", "create", "A", "--phone", "abc"),
        ("agency", "create", "A", "--bulk-per-minute", "-1"),
        ("agency", "create", "A", "--monthly-listings", "-1"),
        ("agency", "limits", "9"),
        ("agency", "limits", "1", "--monthly-listings", "-1"),
        ("agency", "limits", "1", "--requests-per-minute", "1000000001"),
        ("agency", "suspend", "9"),
        ("agency", "crm", "perhaps", "1"),
        ("key", "create", "9"),
        ("key", "revoke", "9"),
        ("user", "register", "9", "--name", "Ana", "--phone", "069123456"),
        ("serve", "--port", "many"),
    ],
)
def test_bad_usage_ends_with_2(run: Run, tokens: tuple[str, ...]) -> None:
    run("agency", "create", "Casa")
    said = run(*tokens, ends=2)
    assert "Traceback" not in said
    assert "no data" not in said


def until_status(http: httpx2.Client, status: int) -> None:
    """Ask until the answer has this status; it must within a second."""
    deadline = time.monotonic() + 1
    while http.get("/users").status_code != status:
        assert time.monotonic() < deadline


@pytest.mark.slow
def test_a_running_server_hears_the_operator_within_a_second(run: Run, tmp_path: Path) -> None:
    made = run("agency", "create", "Casa", "--requests-per-minute", 0, "--json")
    agency = made["agencyId"]
    with serving(tmp_path / "data") as served, served.client(made["apiKey"]) as http:
        for tokens, status in (
            (("agency", "suspend", agency), 403),
            (("agency", "resume", agency), 200),
            (("agency", "crm", "off", agency), 403),
            (("agency", "crm", "on", agency), 200),
            (("key", "revoke", made["keyId"]), 401),
        ):
            run(*tokens)
            until_status(http, status)


@pytest.mark.slow
def test_who_registers_keeps_the_phone(run: Run, tmp_path: Path) -> None:
    made = run("agency", "create", "Casa", "--json")
    person = ("--name", "Elena Rusu", "--phone", "060 123 404")
    user = run("user", "register", made["agencyId"], *person, "--json")
    with serving(tmp_path / "data") as served, served.client(made["apiKey"]) as http:
        answer = http.put("/users", json={"id": user["id"], "phone": "+37369123456"}).json()
        profile = http.get(f"/users/{user['id']}").json()
    assert answer["unchanged"]
    assert answer["warnings"]
    assert (profile["phone"], profile["externalId"]) == ("+373 601 23 404", None)


def test_an_agency_that_nobody_can_call_is_told_so(run: Run) -> None:
    assert "It has no phone" in run("agency", "create", "Casa Nouă")
    assert "no phone" not in run("agency", "create", "Casa Nouă", "--phone", "+373 22 000 100")


@pytest.mark.slow
def test_a_sandbox_is_ready_to_be_tried(run: Run, tmp_path: Path) -> None:
    with serving(tmp_path / "data", command="sandbox") as served:
        assert SANDBOX_KEY in served.said
        assert served.url.startswith("http://127.0.0.1:")
        with served.client(SANDBOX_KEY) as http:
            answer = http.get("/users")
            http.put("/users", json={"externalId": "x", "name": "A", "phone": "069123456"})
            flat = http.get("/listings/external/offer-1").json()
            until(lambda: httpx2.get(flat["publicUrl"]).status_code == 200)
            page = httpx2.get(flat["publicUrl"]).text
    assert flat["publicUrl"].endswith("/announcement/2")
    assert flat["publicUrl"].removeprefix(served.url) in served.said
    assert "Ana Munteanu" in page
    assert page.count('<a href="/media/files/') >= 3
    users = answer.json()["items"]
    assert sum(user["externalId"] is None for user in users) == 2
    assert len(users) > 2
    assert not [name for name in answer.headers if name.lower().startswith("x-ratelimit")]
    again = serving(tmp_path / "data", "--reset", "--region", "RO", command="sandbox")
    with again as served, served.client(SANDBOX_KEY) as http:
        assert len(http.get("/users").json()["items"]) == len(users)
        assert http.get("/agency").json()["region"] == "RO"


@pytest.mark.slow
def test_a_sandbox_leaves_real_agencies_alone(run: Run) -> None:
    run("agency", "create", "Casa")
    assert "holds real agencies" in run("sandbox", "--reset", "--port", 0, ends=2)


BARE = """
import sys
for part in ("apsw", "uvloop", "structlog", "prometheus_client", "httptools"):
    sys.modules[part] = None
from rentix.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("token", "ends", "words"),
    [("--help", 0, "sync"), ("serve", 2, "rentix[server]"), ("sandbox", 2, "rentix[server]")],
)
def test_without_the_server_the_command_line_says_so(token: str, ends: int, words: str) -> None:
    command = [sys.executable, "-c", BARE, token]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, words in ended.stdout + ended.stderr) == (ends, True), ended
