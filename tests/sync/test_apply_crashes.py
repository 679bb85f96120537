"""An application that dies at every line of its journal in turn has each effect once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from rentix.client import Rentix
from rentix.sync.apply import Account, Application, Journal
from rentix.sync.plan import Plan
from tests.faults.workforce import effects, foreseen, last_seq, settle
from tests.service import Tenant
from tests.sync.office import Office

AGENTS = 40
How = Literal["before", "midway", "after"]


class Died(BaseException):
    """The process is gone."""


class DyingJournal(Journal):
    """A journal whose process dies before, midway or after its second line is written."""

    def __init__(self, path: Path, plan: str, how: How) -> None:
        self._lines_left = 2
        self._how = how
        super().__init__(path, plan)

    def _append(self, line: Any) -> None:
        self._lines_left -= 1
        if self._lines_left == 0 and self._how == "midway":
            os.write(self._file, b'{"answered":"plan-')
        if self._lines_left > 0 or self._how == "after":
            super()._append(line)
        if self._lines_left == 0:
            raise Died


@pytest.fixture
def portal(tenant: Tenant) -> Iterator[Rentix]:
    """Give a client of the agency."""
    with Rentix(tenant.key, tenant.service.url) as portal:
        yield portal


@pytest.mark.slow
@pytest.mark.parametrize("how", ["before", "midway", "after"])
def test_each_line_of_the_journal_may_be_the_last(
    tenant: Tenant, portal: Rentix, tmp_path: Path, how: How
) -> None:
    office = Office(tmp_path / "office", portal.base_url, tenant.key, 'absent = "deactivate"')
    office.write_roster(settle(tenant, AGENTS))
    seq = last_seq(tenant)
    plan = office.plan()
    account, deaths = die_and_go_on(plan, portal, office.journal, how)
    assert account.summary == {"applied": len(plan.writes), "skipped": 0, "failed": 0}
    assert effects(tenant, seq) == foreseen(plan)
    assert deaths >= 4  # a line of each two, of four requests


def die_and_go_on(plan: Plan, portal: Rentix, path: Path, how: How) -> tuple[Account, int]:
    """Apply again and again until nobody dies; also how often that was."""
    for deaths in range(50):
        try:
            with DyingJournal(path, plan.id, how) as journal:
                return Application(plan, portal, journal).run(), deaths
        except Died:
            pass
    raise AssertionError("it gets nowhere")
