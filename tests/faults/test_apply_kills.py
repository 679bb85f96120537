"""kill -9 while a plan is applied through a bad proxy: it ends as if nothing had happened."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from rentix.model import SCOPES
from rentix.store.agencies import create_key
from rentix.wire.bodies import MAX_OPERATIONS
from tests.faults.bad_proxy import FATES, BadProxy, bad_proxy
from tests.faults.workforce import changes_after, effects, foreseen, last_seq, profiles, settle
from tests.service import Tenant, operated
from tests.sync.office import DONE, PARTLY, Office

AGENTS = 5_000
FEWER = 1_000
DEACTIVATE = 'absent = "deactivate"'
RESULT = Path(__file__).with_name("apply-kills-result.json")

NewTenant = Callable[..., Tenant]


class Run:
    """One plan of an agency, applied through the proxy, and its twin's, applied in peace."""

    def __init__(self, new_tenant: NewTenant, folder: Path, proxy: BadProxy, agents: int) -> None:
        self.tenant, self.twin = new_tenant(), new_tenant()
        self.proxy = proxy
        self.office = Office(folder / "office", proxy.url, self.tenant.key, DEACTIVATE)
        self.quiet = Office(folder / "quiet", self.twin.service.url, self.twin.key, DEACTIVATE)
        self.office.write_roster(settle(self.tenant, agents))
        self.quiet.write_roster(settle(self.twin, agents))
        self.before = last_seq(self.tenant)
        assert last_seq(self.twin) == self.before
        self.plan, peaceful = self.office.plan(), self.quiet.plan()
        assert self.plan.summary == peaceful.summary
        code, _, remarks = self.quiet.apply()
        assert code == DONE, remarks

    def kill_once(self, chance: random.Random, kills_left: int) -> bool:
        """Apply, and kill after some requests; whether it was at work still.

        So many that the kills are spread over the run, and not so many that it comes to its end.
        """
        bulks_left = (len(self.plan.writes) - len(self.answered)) // MAX_OPERATIONS
        most = max(1, min(bulks_left - 1, 2 * bulks_left // kills_left))
        number = self.proxy.requests + chance.randint(1, most)
        with self.office.start("apply", self.office.plan_file) as process:
            while process.poll() is None and not self.proxy.await_requests(number, at_most_s=0.05):
                pass
            threading.Event().wait(chance.uniform(0, 0.05))
            at_work = process.poll() is None
            process.send_signal(signal.SIGKILL)
        return at_work

    def finish(self) -> tuple[int, dict[str, Any]]:
        """Apply to the end."""
        code, said, remarks = self.office.apply()
        assert "error" not in said, remarks
        return code, said

    def check(self) -> None:
        """See that all is as with the twin: agents, log, and the log as the plan foresaw it."""
        assert profiles(self.tenant) == profiles(self.twin)
        log = effects(self.tenant, self.before)
        assert log == effects(self.twin, self.before)
        assert log == foreseen(self.plan)
        assert {change.run for change in changes_after(self.tenant, self.before)} == {self.plan.id}

    def check_nothing_left(self) -> None:
        """See that neither this plan nor a new one has anything to do."""
        seq = last_seq(self.tenant)
        self.office.apply()
        assert last_seq(self.tenant) == seq
        assert not self.office.plan().writes

    def kill_midway(self, chance: random.Random) -> None:
        """Apply and kill until some of it has been answered."""
        while not self.answered:
            assert self.kill_once(chance, 2), "it came to its end"

    @property
    def answered(self) -> set[int]:
        """The numbers of the items whose ending is in the journal."""
        if not self.office.journal.exists():
            return set()
        lines = self.office.journal.read_bytes().split(b"\n")[:-1]
        endings = [json.loads(line).get("endings", ()) for line in lines]
        return {ending["item"] for some in endings for ending in some}


@contextmanager
def begun(new_tenant: NewTenant, folder: Path, agents: int, seed: int) -> Iterator[Run]:
    """Make a run through a bad proxy, and at its end deliver what that held back."""
    port = urlsplit(new_tenant().service.url).port
    assert port is not None
    with bad_proxy(port, seed) as proxy:
        yield Run(new_tenant, folder, proxy, agents)


def kill_over_and_over(
    new_tenant: NewTenant, folder: Path, kills: int, seed: int
) -> tuple[Counter[str], Counter[str]]:
    """Apply an agency's plan, killed so often; run it to its end, and compare.

    Gives what was counted, and what became of requests on their way.
    """
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    counts = Counter({"runs": 1, "agents": AGENTS})
    with begun(new_tenant, folder, AGENTS, seed) as run:
        counts["kills"] = sum(run.kill_once(chance, left) for left in range(kills, 0, -1))
        counts["answeredBeforeTheLastKill"] = len(run.answered)
        code, said = run.finish()
        assert code == DONE, said
        assert said["summary"] == {"applied": len(run.plan.writes), "skipped": 0, "failed": 0}
        counts["itemsApplied"] = said["summary"]["applied"]
    run.check()  # after what the proxy had held back was delivered, too
    counts["changesInTheLog"] = len(changes_after(run.tenant, run.before))
    counts["changesTwice"] = counts["changesInTheLog"] - foreseen(run.plan).total()
    inactive = {who for who, found in profiles(run.tenant).items() if found["status"] != "active"}
    counts["deactivated"] = len(inactive)
    leaving = {item.external_id for item in run.plan.items if item.action == "deactivate"}
    counts["deactivatedByAccident"] = len(inactive - leaving)
    return counts, run.proxy.fates


@pytest.mark.slow
def test_a_run_killed_10_times_ends_as_an_undisturbed_one(
    new_tenant: NewTenant, tmp_path: Path
) -> None:
    counts, fates = kill_over_and_over(new_tenant, tmp_path, 10, seed=10)
    assert counts["kills"] == 10
    assert counts["answeredBeforeTheLastKill"] > 0
    assert fates.keys() == FATES.keys()


@pytest.mark.soak
def test_100_kills_on_each_database_leave_one_effect_of_each_item(
    new_tenant: NewTenant, tmp_path: Path, database: str
) -> None:
    began = time.monotonic()
    counts, fates = Counter[str](), Counter[str]()
    while counts["kills"] < 100:
        folder = tmp_path / str(counts["runs"])
        folder.mkdir()
        more, met = kill_over_and_over(new_tenant, folder, 10, seed=counts["runs"])
        counts.update(more)
        fates.update(met)
    said: dict[str, Any] = {"kills": counts["kills"], **counts}
    said |= {"requests": {fate: fates[fate] for fate in FATES}}
    said |= {"seconds": round(time.monotonic() - began)}
    results = json.loads(RESULT.read_text("utf-8")) if RESULT.exists() else {}
    RESULT.write_text(json.dumps(results | {database: said}, indent=2) + "\n", "utf-8")


def lose(journal: Path) -> None:
    journal.unlink()


def tear(journal: Path) -> None:
    os.truncate(journal, journal.stat().st_size - 7)


@pytest.mark.slow
@pytest.mark.parametrize("spoil", [lose, tear])
def test_a_spoilt_journal_costs_no_write(
    new_tenant: NewTenant, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    chance = random.Random(spoil.__name__)  # noqa: S311 - moments, not secrets
    with begun(new_tenant, tmp_path, FEWER, seed=3) as run:
        run.kill_midway(chance)
        spoil(run.office.journal)
        code, said = run.finish()
        assert code == DONE, said
        assert said["summary"]["applied"] == len(run.plan.writes)
        run.check_nothing_left()
    run.check()


@pytest.mark.slow
def test_who_was_changed_by_others_midway_is_skipped_and_the_rest_goes_on(
    new_tenant: NewTenant, tmp_path: Path
) -> None:
    chance = random.Random(4)  # noqa: S311 - moments, not secrets
    with begun(new_tenant, tmp_path, FEWER, seed=4) as run:
        run.kill_midway(chance)
        moved = set(change_by_others(run, chance))
        seq = last_seq(run.tenant)
        code, said = run.finish()
        assert code == PARTLY
        assert {each["externalId"] for each in said["notApplied"]} == moved
        assert {each["state"] for each in said["notApplied"]} == {"skipped"}
        assert said["summary"]["applied"] == len(run.plan.writes) - len(moved)
        touched = {external_id for external_id, _ in effects(run.tenant, seq)}
        assert not touched & moved
        assert len(moved) > 10
    found, peaceful = profiles(run.tenant), profiles(run.twin)
    rest = peaceful.keys() - moved
    assert {who: found[who] for who in rest} == {who: peaceful[who] for who in rest}


def change_by_others(run: Run, chance: random.Random) -> Iterator[str]:
    """Change some agents whose turn has not come, by another key; yield their external ids."""
    service = run.tenant.service
    scopes = frozenset(SCOPES)
    _, key = operated(service.store, create_key, run.tenant.agency_id, scopes, service.clock())
    left = [number for number in range(len(run.plan.items)) if number not in run.answered]
    for number in chance.sample(left, 30):
        item = run.plan.items[number]
        body = {"id": item.user_id, "ifMatch": item.if_match, "description": "by hand"}
        if item.action == "create":
            body = {**item.send, "mode": "create", "description": "by hand"}
        answer = run.tenant.http.put("/users", json=body, headers={"X-API-Key": key})
        # Who was written by the very request that the kill cut short has moved on already.
        assert answer.status_code in (200, 409, 412), answer.text
        if answer.status_code == 200:
            yield item.external_id or ""
