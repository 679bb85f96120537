"""A sync by configuration: what a crash left unfinished, then a plan, then exactly that plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from rentix.client import Rentix, RentixError, SetupError
from rentix.sync.apply import Account, hold
from rentix.sync.apply.lock import state_folder
from rentix.sync.config import Config
from rentix.sync.plan import Plan, read_plan, write_plan
from rentix.sync.planning import agency_of, apply_plan, make_plan
from rentix.sync.progress import Screen
from rentix.sync.sources import HalfRead
from rentix.sync.state import (
    End,
    LastRun,
    begun,
    end_of,
    ended,
    failed,
    now,
    write_last_run,
)

OLDEST: Final = timedelta(days=1)
"""An unfinished plan of before that is dropped: its source is no longer what the agency has."""

_PLAN: Final = "plan.json"


@dataclass(slots=True)
class Round:
    """What a sync came to. `finished` is the plan of a run before it that this one ended first."""

    end: End
    plan: Plan | None = None
    account: Account | None = None
    finished: tuple[Plan, Account] | None = None
    stop: BaseException | None = None


def plan_file(folder: Path) -> Path:
    """Where a sync keeps its plan until it is applied."""
    return folder / _PLAN


def journal_of(plan: Path) -> Path:
    """The journal of a plan lies beside it."""
    return Path(f"{plan}.journal")


def run_round(config: Config, portal: Rentix, screen: Screen, allow: str | None = None) -> Round:
    """Finish what is unfinished, plan, apply. `allow` is the digest of a plan that no limit stops.

    Raises:
        Held: another run works on the agency.
        RentixError: the portal does not say which agency it is.
    """
    folder = state_folder(portal.base_url, agency_of(portal).id)
    with hold(folder):
        return _Sync(config, portal, screen, folder).run(allow)


class _Sync:
    def __init__(self, config: Config, portal: Rentix, screen: Screen, folder: Path) -> None:
        self._config = config
        self._portal = portal
        self._screen = screen
        self._folder = folder
        self._file = plan_file(folder)
        self._began = now()

    def run(self, allow: str | None) -> Round:
        left = self._unfinished()
        finished = None
        if left is not None:
            account = self._apply(left)
            if account.stopped is not None:
                return Round(end_of(account), left, account, stop=account.stopped)
            finished = (left, account)
        self._forget()
        made = self._plan_and_apply(allow)
        made.finished = finished
        return made

    def _plan_and_apply(self, allow: str | None) -> Round:
        try:
            plan = make_plan(self._config, self._portal, self._screen)
        except HalfRead as half:
            self._note(replace(self._failed(half), end="limited"))
            return Round("limited", stop=half)
        except RentixError as fault:
            self._note(self._failed(fault))
            return Round("failed", stop=fault)
        except KeyboardInterrupt as stop:
            return Round("interrupted", stop=stop)
        if plan.limits and allow != plan.digest:
            message = "; ".join(limit.message for limit in plan.limits)
            self._note_unapplied(plan, "limited", message)
            return Round("limited", plan)
        if not plan.writes:
            self._note_unapplied(plan, "unchanged")
            return Round("unchanged", plan)
        write_plan(self._file, plan)
        account = self._apply(plan)
        if account.stopped is None:
            self._forget()
        return Round(end_of(account), plan, account, stop=account.stopped)

    def _apply(self, plan: Plan) -> Account:
        run = begun("sync", plan, self._file)
        self._note(run)
        account = apply_plan(plan, self._portal, journal_of(self._file), self._screen)
        self._note(ended(run, account))
        return account

    def _unfinished(self) -> Plan | None:
        """The plan that a run before this one did not finish, if it is still to be wanted."""
        if not self._file.exists():
            return None
        try:
            plan = read_plan(self._file)
        except SetupError:
            return None
        return plan if self._still_holds(plan) else None

    def _still_holds(self, plan: Plan) -> bool:
        made = datetime.fromisoformat(plan.made_at)
        absent = self._config.sync.absent
        taken = {item.action for item in plan.writes} & {"unlink", "deactivate"}
        return (
            datetime.now(UTC) - made < OLDEST
            and plan.portal == self._portal.base_url
            and plan.source == self._config.source.shown
            # Nobody leaves by a configuration that no longer says so.
            and taken <= {absent}
        )

    def _forget(self) -> None:
        self._file.unlink(missing_ok=True)
        journal_of(self._file).unlink(missing_ok=True)

    def _failed(self, fault: RentixError) -> LastRun:
        return failed(fault, self._began, self._config.source.shown)

    def _note_unapplied(self, plan: Plan, end: End, message: str = "") -> None:
        run = replace(begun("sync", plan, self._file), began_at=self._began, plan_file=None)
        self._note(replace(run, ended_at=now(), end=end, message=message))

    def _note(self, run: LastRun) -> None:
        write_last_run(self._folder, run)
