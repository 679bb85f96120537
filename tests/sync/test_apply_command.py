"""`rentix apply` from the shell's side: what it refuses, who may run, and how it ends."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from rentix.sync.plan import Plan, write_plan
from rentix.sync.plan.files import sealed
from rentix.sync.plan.items import Limit
from tests.process import rentix
from tests.service import Tenant
from tests.sync.office import BUSY, DONE, FAILED, LIMITED, PARTLY, Office, agents

KEY = "rtx_test_1_OfAPortalThatNeverAnswers00000000_00000000"
PATIENCE_S = 20


@pytest.fixture
def office(tenant: Tenant, tmp_path: Path) -> Office:
    """Give an office with three agents whom the portal does not know."""
    office = Office(tmp_path / "office", tenant.service.url, tenant.key)
    office.write_roster(agents(3))
    return office


@pytest.mark.slow
def test_a_plan_that_holds_is_0_and_again_0(office: Office, tenant: Tenant) -> None:
    office.plan()
    code, said, _ = office.apply()
    assert code == DONE
    assert said["summary"] == {"applied": 3, "skipped": 0, "failed": 0}
    code, said, remarks = office.apply()
    assert "applied  0 now, 3 by a run before this" in remarks
    assert (code, said["resumed"]) == (DONE, 3)
    assert said["summary"] == {"applied": 3, "skipped": 0, "failed": 0}, "it is of the plan"
    assert len(tenant.changes()) == 3


@pytest.mark.slow
def test_what_moved_is_4_and_told(office: Office, tenant: Tenant) -> None:
    office.plan()
    tenant.create("n-1", name="Ana de mână")
    code, said, _ = office.apply()
    assert code == PARTLY
    [moved] = said["notApplied"]
    assert (moved["externalId"], moved["action"], moved["state"]) == ("n-1", "create", "skipped")
    assert (moved["code"], "n-1" in moved["message"]) == ("external_id_taken", True)


@pytest.mark.slow
def test_a_plan_edited_by_hand_is_refused(office: Office, tenant: Tenant) -> None:
    office.plan()
    said = office.plan_file.read_text("utf-8")
    office.plan_file.write_text(said.replace("Ana Rusu 1", "Ana Rusu 7"), "utf-8")
    code, _, remarks = office.apply()
    assert code == FAILED
    assert "was changed after it was made: its digest does not hold; make a new plan" in remarks
    assert not tenant.changes()


@pytest.mark.slow
def test_a_plan_of_last_month_is_refused(office: Office, tenant: Tenant) -> None:
    plan = office.plan()
    write_plan(office.plan_file, replace(plan, made_at="2020-01-01T00:00:00.000Z"))
    code, _, remarks = office.apply()
    assert code == FAILED
    assert "Make a new one: rentix plan -o" in remarks
    assert not tenant.changes()


@pytest.mark.slow
def test_a_full_disk_stops_it_and_later_it_goes_on(office: Office, tenant: Tenant) -> None:
    office.write_roster(agents(250))
    office.plan()
    limited = ["bash", "-c", 'ulimit -f 1; exec "$@"', "bash"]
    command = rentix("apply", office.plan_file, "--config", office.config)
    stopped = subprocess.run(
        [*limited, *command], check=False, capture_output=True, text=True, env=office.environment
    )
    assert stopped.returncode == FAILED
    assert "cannot write the journal" in stopped.stdout
    code, said, _ = office.apply()
    assert (code, said["summary"]["applied"]) == (DONE, 250)
    assert len(tenant.changes()) == 250


@pytest.mark.slow
def test_only_the_digest_of_this_very_plan_lifts_its_limits(office: Office, tenant: Tenant) -> None:
    limit = Limit("deactivate", 9, 3, "9 agents would be deactivated")
    plan = sealed(replace(office.plan(), limits=(limit,)))
    write_plan(office.plan_file, plan)
    for allow in ([], ["--allow", "0" * 64], ["--allow", plan.digest[:12]], ["--allow", ""]):
        code, said, remarks = office.run("apply", office.plan_file, *allow)
        assert (code, said["summary"]["applied"]) == (LIMITED, 0)
        assert said["limits"][0]["limit"] == "deactivate"
        assert f"--allow {plan.digest}" in remarks
        assert not tenant.changes()
    code, said, _ = office.run("apply", office.plan_file, "--allow", plan.digest)
    assert (code, said["summary"]["applied"]) == (DONE, 3)


@contextmanager
def silent_portal() -> Iterator[socket.socket]:
    """Listen on a port, and never answer."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE_S)
        yield listener


@pytest.mark.slow
def test_one_run_at_a_time_and_the_next_takes_over_from_who_was_killed(tmp_path: Path) -> None:
    with silent_portal() as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        office = Office(tmp_path / "office", url, KEY)
        write_plan(office.plan_file, sealed(plan_for(url)))
        with office.start("apply", office.plan_file) as first:
            asked, _ = listener.accept()
            code, _, remarks = office.apply()
            assert code == BUSY
            assert f"another run works on this agency (process {first.pid})" in remarks
            first.send_signal(signal.SIGKILL)
        asked.close()
        with office.start("apply", office.plan_file) as second:
            asked, _ = listener.accept()
            second.send_signal(signal.SIGKILL)
        asked.close()


def plan_for(url: str) -> Plan:
    """A plan of nothing."""
    return Plan(
        id="p",
        made_at="2126-01-01T00:00:00.000Z",
        portal=url,
        agency_id=1,
        agency="Casa",
        source="agents.csv",
        summary={},
    )
