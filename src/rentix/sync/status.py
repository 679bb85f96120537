"""How a sync stands: the last run, what is unfinished, who is at work, and the portal's counts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec

from rentix.client import Rentix, SetupError
from rentix.sync.apply.journal import read_endings
from rentix.sync.apply.lock import holder
from rentix.sync.plan import read_actual, read_plan
from rentix.sync.rounds import journal_of, plan_file
from rentix.sync.state import LastRun, read_last_run
from rentix.wire.shapes import AgencyShape


class Unfinished(msgspec.Struct, frozen=True, rename="camel"):
    """A plan that was begun: how many of its items have an answer, of how many."""

    plan_file: str
    digest: str
    made_at: str
    answered: int
    items: int


class Counts(msgspec.Struct, frozen=True, rename="camel"):
    """The portal's agents: active ones with and without an external id, and who has left."""

    linked: int
    not_linked: int
    inactive: int


class Status(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """All of it. `at_work` is the number of a process."""

    portal: str
    agency_id: int
    agency: str
    last_run: LastRun | None
    unfinished: Unfinished | None
    at_work: str | None
    counts: Counts


def read_status(portal: Rentix, agency: AgencyShape, folder: Path) -> Status:
    """Look, and change nothing.

    Raises:
        RentixError: the portal or the state cannot be read.
    """
    last = read_last_run(folder)
    at_work = holder(folder)
    return Status(
        portal=portal.base_url,
        agency_id=agency.id,
        agency=agency.name,
        last_run=last,
        unfinished=_unfinished(folder, last),
        at_work=at_work,
        counts=_count(portal),
    )


def _count(portal: Rentix) -> Counts:
    counts = Counter(
        "inactive" if user.status == "inactive" else "linked" if user.external_id else "not_linked"
        for user, _ in read_actual(portal)
    )
    return Counts(counts["linked"], counts["not_linked"], counts["inactive"])


def _unfinished(folder: Path, last: LastRun | None) -> Unfinished | None:
    for path in _candidates(folder, last):
        try:
            plan = read_plan(path)
        except SetupError:
            continue
        return Unfinished(
            str(path), plan.digest, plan.made_at, _answered(path, plan.id), len(plan.writes)
        )
    return None


def _candidates(folder: Path, last: LastRun | None) -> list[Path]:
    found = [plan_file(folder)]
    if last is not None and last.plan_file and last.end in (None, "failed", "interrupted"):
        found.append(Path(last.plan_file))
    return [path for path in found if path.exists()]


def _answered(path: Path, plan_id: str) -> int:
    journal = journal_of(path)
    try:
        with journal.open("rb") as file:
            mine = plan_id.encode() in file.readline()
        return int(read_endings(journal)["items"]) if mine else 0
    except OSError:
        return 0
