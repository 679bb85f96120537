"""`rentix sync` from the shell's side: output, exit codes, and the real service."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rentix.cli import main
from tests.client.fake_portal import KEY, FakePortal, Fault, refused
from tests.service import Tenant
from tests.sync.conftest import WriteRoster

EXAMPLES = Path(__file__).parents[2] / "examples" / "roster"
GOOD = "externalId,name,phone,City\n1,Ana,069 123 456,x\n2,Ion,069 123 457,y\n"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `rentix sync …`; give its exit code, standard output and standard error."""
    monkeypatch.setenv("RENTIX_API_KEY", KEY)

    def run_sync(*arguments: object) -> tuple[int, str, str]:
        code = main(["sync", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_sync


def sync_json(run: Run, *arguments: object) -> tuple[int, dict[str, Any]]:
    code, out, _ = run(*arguments, "--json")
    said: dict[str, Any] = json.loads(out)
    return code, said


def test_a_clean_roster_is_0(run: Run, roster: WriteRoster, portal: FakePortal) -> None:
    code, out, _ = run(roster(GOOD), "--url", portal.url)
    assert code == 0
    assert "created  2" in out
    assert "Columns that the map does not use: City" in out
    assert "\x1b" not in out


def test_json_is_one_object_and_nothing_else(
    run: Run, roster: WriteRoster, portal: FakePortal
) -> None:
    path = roster("externalId,name,phone\n1,Ana,022 123 456\n2,Ion,\n")
    code, out, err = run(path, "--url", portal.url, "--json")
    assert code == 1
    assert json.loads(out) == {
        "summary": {"created": 1, "updated": 0, "unchanged": 0, "rejected": 1},
        "rejected": [
            {"line": 3, "externalId": "2", "reason": "phone is required", "code": "required"}
        ],
        "skipped": {},
        "warnings": {"fixed_line": 1},
    }
    assert "roster.csv (CSV, utf-8, comma)" in err


def test_rejected_rows_are_all_in_the_file(
    run: Run, roster: WriteRoster, portal: FakePortal, tmp_path: Path
) -> None:
    path = roster("externalId,name,phone\n" + "".join(f"ș{n},A,\n" for n in range(30)))
    target = tmp_path / "rejected.csv"
    code, out, _ = run(path, "--url", portal.url, "--rejected", target)
    assert code == 1
    assert out.count("phone is required") == 20
    rows = list(csv.reader(target.read_text("utf-8-sig").splitlines()))
    assert rows[0] == ["line", "externalId", "code", "reason"]
    assert rows[1] == ["2", "ș0", "required", "phone is required"]
    assert len(rows) == 31


def test_without_a_file_for_them_the_rest_is_pointed_to(
    run: Run, roster: WriteRoster, portal: FakePortal
) -> None:
    path = roster("externalId,name,phone\n" + "".join(f"{n},A,\n" for n in range(30)))
    _, out, _ = run(path, "--url", portal.url)
    assert "… and 10 more; --rejected FILE.csv lists them all" in out


def test_a_roster_cannot_write_to_the_terminal(
    run: Run, roster: WriteRoster, portal: FakePortal
) -> None:
    path = roster("externalId,name,phone\n\x1b[31m[bold]x,A,\n")
    _, out, _ = run(path, "--url", portal.url)
    assert "\x1b" not in out
    assert "[bold]x: phone is required" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--url"),
        (("--url", "nowhere"), "must begin with http://"),
        (("--url", "http://h", "--map", "none.toml"), "cannot read none.toml"),
        (("--url", "http://h", "--rejected", "no/such/folder.csv"), "there is no folder"),
        (("--url", "http://h", "--key-env", "NOT_SET"), "export NOT_SET=rtx_..."),
        (("--url", "http://h", "--key", "rtx"), "--key"),
    ],
)
def test_bad_usage_is_2(
    run: Run, roster: WriteRoster, arguments: tuple[str, ...], said: str
) -> None:
    code, out, err = run(roster(GOOD), *arguments)
    assert code == 2
    assert said in err
    assert out == ""


def test_a_file_that_is_not_there_is_2(run: Run) -> None:
    code, _, err = run("none.csv", "--url", "http://h")
    assert code == 2
    assert "none.csv" in err


def test_a_refused_key_is_2_in_the_words_of_the_api(
    run: Run, roster: WriteRoster, portal: FakePortal
) -> None:
    portal.faults.append(refused(401, "Invalid API key", "key_invalid"))
    code, said = sync_json(run, roster(GOOD), "--url", portal.url)
    assert code == 2
    assert said["summary"] == {"created": 0, "updated": 0, "unchanged": 0, "rejected": 0}
    assert said["error"] == {
        "code": "key_invalid",
        "message": "the service refused: 401 Invalid API key (request req-1)",
        "unconfirmed": 0,
        "notSent": 2,
    }


def test_an_answer_that_is_none_is_2(run: Run, roster: WriteRoster, portal: FakePortal) -> None:
    portal.faults.append(Fault(200, body=b"<html>"))
    code, out, _ = run(roster(GOOD), "--url", portal.url)
    assert code == 2
    assert "is the address right?" in out
    assert "2 rows were sent without an answer" in out


@pytest.mark.slow
def test_ctrl_c_is_130_with_an_account(roster: WriteRoster, portal: FakePortal) -> None:
    portal.faults.append(refused(429, "Too many", "rate_limited", Retry_After="100"))
    command = [sys.executable, "-m", "rentix", "sync", str(roster(GOOD)), "--url", portal.url]
    with subprocess.Popen(
        [*command, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"RENTIX_API_KEY": KEY},
    ) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        while "waiting" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGINT)
        said = json.loads(process.stdout.read())
        process.stderr.read()
    assert process.returncode == 130
    assert said["error"]["code"] == "interrupted"
    assert said["error"]["unconfirmed"] + said["error"]["notSent"] == 2


def sync_into(tenant: Tenant, file: Path, map_path: Path) -> tuple[int, dict[str, Any]]:
    """Run the command in a process of its own, for the service here logs to standard output."""
    command = [sys.executable, "-m", "rentix", "sync", str(file), "--map", str(map_path)]
    done = subprocess.run(
        [*command, "--url", tenant.service.url, "--key-env", "CASA_KEY", "--json"],
        check=False,
        capture_output=True,
        env=os.environ | {"CASA_KEY": tenant.key},
    )
    said: dict[str, Any] = json.loads(done.stdout)
    return done.returncode, said


@pytest.mark.slow
def test_the_sample_goes_into_the_real_service_and_a_second_run_changes_nothing(
    tenant: Tenant,
) -> None:
    code, first = sync_into(tenant, EXAMPLES / "agents.csv", EXAMPLES / "MAP.toml")
    assert code == 1
    assert first["summary"] == {"created": 55, "updated": 0, "unchanged": 1, "rejected": 6}
    before = tenant.changes()
    runs = {change.run for change in before}
    assert len(runs) == 1, "the change log names the run that each change belongs to"
    assert None not in runs
    code, second = sync_into(tenant, EXAMPLES / "agents.csv", EXAMPLES / "MAP.toml")
    assert second["summary"] == {"created": 0, "updated": 0, "unchanged": 56, "rejected": 6}
    assert second["rejected"] == first["rejected"]
    assert tenant.changes() == before


def test_a_key_with_a_slip_is_2(
    run: Run, roster: WriteRoster, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASA_KEY", tenant.key[:-1] + ("0" if tenant.key[-1] != "0" else "1"))
    code, out, _ = run(roster(GOOD), "--url", tenant.service.url, "--key-env", "CASA_KEY")
    assert code == 2
    assert "401 Invalid API key" in out


@dataclass(frozen=True)
class Real:
    """A real roster, the columns to take from it, and what comes of that."""

    file: str
    region: str
    columns: dict[str, str]
    rows: int
    created: int


TRANSLATORS = Real(
    "rosters/ro_translators/roster_A_masked.csv",
    "RO",
    {"externalId": "Numar autorizatie", "name": "Nume si prenume", "phone": "Telefon"},
    rows=18_926,
    created=10_055,
)
CONGRESS = Real(
    "rosters/us_congress/roster.jsonl",
    "US",
    {n: n for n in ("externalId", "name", "phone")} | {"youtube": "social.youtube"},
    rows=537,
    created=536,
)


@pytest.mark.slow
@pytest.mark.parametrize("real", [TRANSLATORS, CONGRESS], ids=["translators", "congress"])
def test_every_row_of_a_real_roster_is_accounted_for(
    roster: WriteRoster, new_tenant: Callable[..., Tenant], test_data: Path, real: Real
) -> None:
    tenant = new_tenant(region=real.region)
    lines = "".join(f'{target} = "{column}"\n' for target, column in real.columns.items())
    map_path = roster("[columns]\n" + lines, "MAP.toml")
    _, first = sync_into(tenant, test_data / real.file, map_path)
    assert sum(first["summary"].values()) == real.rows
    assert first["summary"]["created"] == real.created
    assert all(row["reason"] for row in first["rejected"])
    _, second = sync_into(tenant, test_data / real.file, map_path)
    unchanged = {"created": 0, "updated": 0, "unchanged": real.created}
    assert second["summary"] == first["summary"] | unchanged
