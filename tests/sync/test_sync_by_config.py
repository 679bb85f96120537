"""`rentix sync` by rentix.toml: plan and apply in one, against the real service."""

from __future__ import annotations

import fcntl
import json
import signal
from pathlib import Path

import pytest

from tests.sync.between import line_to, serving_file
from tests.sync.crm import TIMEOUT_S, Crm, rows

DEACTIVATE = '[sync]\nabsent = "deactivate"\n'


@pytest.mark.slow
def test_a_roster_goes_in_and_the_next_run_changes_nothing(crm: Crm) -> None:
    code, first = crm.json("sync")
    assert (code, first["end"]) == (0, "applied")
    assert first["summary"] == {"applied": 3, "skipped": 0, "failed": 0}
    before = crm.tenant.changes()
    code, second = crm.json("sync")
    assert (code, second["end"], second["planned"]["unchanged"]) == (0, "unchanged", 3)
    assert crm.tenant.changes() == before


@pytest.mark.slow
def test_nobody_leaves_unless_the_configuration_says_so(crm: Crm) -> None:
    crm.run("sync")
    crm.write(rows(1, 2))
    crm.run("sync")
    assert len(crm.agents(status="active")) == 3
    crm.configure(DEACTIVATE)
    assert crm.run("sync", "agents.csv", "--url", crm.tenant.service.url).returncode == 0
    assert len(crm.agents(status="active")) == 3, "a sync of a file deactivates nobody"
    assert crm.run("sync").returncode == 0
    assert [agent["externalId"] for agent in crm.agents(status="inactive")] == ["a3"]


@pytest.mark.slow
def test_a_limit_stops_it_and_its_digest_lets_that_plan_through_alone(crm: Crm) -> None:
    crm.configure(DEACTIVATE)
    crm.write(rows(*range(10)))
    crm.run("sync")
    crm.write(rows(*range(5)))
    code, stopped = crm.json("sync")
    assert (code, stopped["end"]) == (3, "limited")
    assert stopped["summary"]["applied"] == 0
    digest = stopped["digest"]
    assert digest in crm.run("sync").stdout, "it says how to let it through"
    crm.write(rows(*range(4)))
    assert crm.run("sync", "--allow", digest).returncode == 3, "that is another plan"
    assert len(crm.agents(status="active")) == 10
    crm.write(rows(*range(5)))
    assert crm.run("sync", "--allow", digest).returncode == 0
    assert len(crm.agents(status="inactive")) == 5


@pytest.mark.slow
def test_what_a_crash_left_unfinished_is_finished_first(crm: Crm) -> None:
    crm.run("sync")
    crm.write(rows(*range(1, 7)))
    _leave_a_plan(crm)
    crm.write(rows(*range(1, 9)))
    code, said = crm.json("sync")
    assert (code, said["end"]) == (0, "applied")
    assert said["finished"]["summary"]["applied"] == 3
    assert said["summary"]["applied"] == 2
    assert [path.name for path in crm.state.iterdir() if path.name.startswith("plan")] == []


@pytest.mark.slow
def test_a_run_that_is_killed_is_gone_on_with_and_nobody_is_there_twice(crm: Crm) -> None:
    crm.write(rows(*range(150)))
    with line_to(crm.tenant) as line:
        crm.configure(url=line.url)
        line.hold(2)
        with crm.started("sync"):
            assert line.held.wait(TIMEOUT_S), "the second bulk is stored, and nobody knows of it"
        line.freed.set()
        _, half = crm.json("status")
        assert (half["lastRun"]["end"], half["unfinished"]["answered"]) == (None, 100)
        assert "it broke off" in crm.run("status").stdout
        before = crm.tenant.changes()
        code, said = crm.json("sync")
    assert (code, said["end"], said["planned"]["unchanged"]) == (0, "unchanged", 150)
    assert said["finished"]["summary"]["applied"] == 150
    assert said["finished"]["resumed"] == 100
    assert crm.tenant.changes() == before


@pytest.mark.slow
def test_watching_finishes_the_request_in_flight_before_it_ends(crm: Crm) -> None:
    crm.write(rows(*range(250)))
    with line_to(crm.tenant) as line:
        crm.configure(url=line.url)
        line.hold(1)
        with crm.started("sync", "--watch", "1h") as process:
            assert line.held.wait(TIMEOUT_S)
            process.send_signal(signal.SIGTERM)
            line.freed.set()
            process.communicate(timeout=TIMEOUT_S)
        assert process.returncode == 0
        _, said = crm.json("status")
    assert said["lastRun"]["end"] == "interrupted"
    assert said["unfinished"]["answered"] == 100
    assert line.bulks == 1


@pytest.mark.slow
def test_an_unfinished_plan_deactivates_nobody_when_the_configuration_no_longer_does(
    crm: Crm,
) -> None:
    crm.run("sync")
    crm.configure(DEACTIVATE)
    crm.write(rows(1, 2))
    _leave_a_plan(crm)
    crm.configure()
    code, said = crm.json("sync")
    assert (code, said["end"]) == (0, "unchanged")
    assert "finished" not in said
    assert len(crm.agents(status="active")) == 3


def _leave_a_plan(crm: Crm) -> None:
    """Leave behind what a run leaves that dies before it sends anything."""
    assert crm.run("plan", "-o", crm.state / "plan.json").returncode == 0


@pytest.mark.slow
def test_another_run_at_work_is_5_until_it_dies(crm: Crm) -> None:
    crm.run("sync")
    with (crm.state / "lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = crm.run("sync")
        assert done.returncode == 5
        assert "another run works on this agency" in done.stderr
        assert crm.json("status")[1]["atWork"] is not None
    assert crm.run("sync").returncode == 0
    assert crm.json("status")[1]["atWork"] is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--url", "http://h"), "--url goes with a FILE"),
        (("--watch", "soon"), "60s, 5m or 1h"),
        (("--config", "none.toml"), "there is no none.toml"),
        (("agents.csv", "--url", "http://h", "--watch", "60s"), "--watch goes without a FILE"),
    ],
)
def test_wrong_usage_is_2(crm: Crm, words: tuple[str, ...], said: str) -> None:
    done = crm.run("sync", *words)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.slow
def test_watching_tells_a_round_that_did_something_and_ends_well_on_sigterm(crm: Crm) -> None:
    with crm.started("sync", "--watch", "1s", "--json") as process:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        assert first["summary"]["applied"] == 3
        crm.write(rows(1, 2, 3, 4))
        following = (json.loads(line) for line in process.stdout)
        told = [next(following)]
        while told[-1]["end"] == "unchanged":
            told.append(next(following))
        assert told[-1]["summary"]["applied"] == 1
        assert len(told) <= 2, "a round in which nothing is new is quiet"
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    assert process.returncode == 0
    assert crm.json("status")[1]["lastRun"]["end"] in ("applied", "unchanged")


@pytest.mark.slow
def test_a_failing_round_is_told_and_the_next_goes_on(crm: Crm) -> None:
    text = crm.roster.read_text()
    crm.roster.unlink()
    with crm.started("sync", "--watch", "1s") as process:
        assert process.stdout is not None
        assert "cannot read" in process.stdout.readline()
        crm.write(text)
        said = process.stdout.readline()
        while "cannot read" in said:
            said = process.stdout.readline()
        assert "3 applied" in said
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 130


@pytest.mark.slow
def test_watching_ends_when_the_configuration_is_at_fault(crm: Crm) -> None:
    crm.environment["RENTIX_API_KEY"] = "rtx_live_1_nothing"
    done = crm.run("sync", "--watch", "1h")
    assert done.returncode == 1
    assert "401" in done.stderr


@pytest.mark.slow
def test_status_knows_the_last_run_and_how_far_an_unfinished_one_is(crm: Crm) -> None:
    code, said = crm.json("status")
    assert (code, said["lastRun"], said["unfinished"]) == (0, None, None)
    crm.run("sync")
    crm.tenant.register()
    crm.write(rows(*range(1, 7)))
    _leave_a_plan(crm)
    _, said = crm.json("status")
    assert said["counts"] == {"linked": 3, "notLinked": 1, "inactive": 0}
    assert said["lastRun"]["command"] == "sync"
    assert said["lastRun"]["applied"] == {"applied": 3, "skipped": 0, "failed": 0}
    assert (said["unfinished"]["answered"], said["unfinished"]["items"]) == (0, 3)
    assert "0 of 3 items" in crm.run("status").stdout


@pytest.mark.slow
def test_status_knows_of_rentix_apply(crm: Crm) -> None:
    crm.run("plan", "-o", Path("p.json"))
    assert crm.run("apply", "p.json").returncode == 0
    last = crm.json("status")[1]["lastRun"]
    assert (last["command"], last["end"], last["planFile"]) == (
        "apply",
        "applied",
        str(crm.folder / "p.json"),
    )


@pytest.mark.slow
def test_what_is_secret_in_an_address_is_kept_nowhere(crm: Crm) -> None:
    with serving_file(rows(1, 2).encode()) as url:
        secret = f"{url}/agents.csv?token=hush"
        text = (
            (crm.folder / "rentix.toml")
            .read_text()
            .replace('file = "agents.csv"', f'url = "{secret}"')
        )
        (crm.folder / "rentix.toml").write_text(text)
        runs = [
            crm.run(*words)
            for words in (["doctor"], ["plan", "-o", "p.json"], ["sync"], ["status"])
        ]
    assert [done.returncode for done in runs] == [0, 0, 0, 0]
    kept = [
        path.read_text() for path in (*crm.state.iterdir(), crm.folder / "p.json") if path.is_file()
    ]
    said = [text for done in runs for text in (done.stdout, done.stderr)]
    assert not any("hush" in text for text in kept + said)
