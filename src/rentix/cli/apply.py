"""`rentix apply`: exactly the plan, as often as it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from rentix.cli.output import fail, print_json, say_error
from rentix.cli.project import (
    BUSY,
    DONE,
    FAILED,
    INTERRUPTED,
    LIMITED,
    PARTLY,
    STUBBORN,
    ConfigPath,
    opened,
)
from rentix.client import RentixError
from rentix.sync.apply import Account, Held, hold
from rentix.sync.apply.account import as_json_object, print_account
from rentix.sync.apply.lock import state_folder
from rentix.sync.plan import Plan, read_plan
from rentix.sync.planning import apply_plan, check_fits
from rentix.sync.report import describe_stop
from rentix.sync.rounds import journal_of
from rentix.sync.state import begun, ended, write_last_run


def apply(
    file: Annotated[Path, Parameter(help="The plan, as rentix plan -o wrote it.")],
    /,
    *,
    config: ConfigPath = Path("rentix.toml"),
    allow: Annotated[
        str | None,
        Parameter(help="The digest of this plan: apply it although a limit stops it."),
    ] = None,
    as_json: Annotated[
        bool, Parameter(name="--json", negative="", help="Print the account as one JSON object.")
    ] = False,
) -> int:
    """Apply a plan: exactly its items, each only if the portal is as the plan found it.

    An agent that was changed meanwhile is skipped and reported. What was sent and answered is
    written down beside the plan, in FILE.journal: after a crash, run the same command again.
    Applying twice changes nothing.

    Example: rentix apply plan.json

    Exit code: 0 all of it is applied, 1 it could not be or was cut off, 3 a limit of [caps] stops
    it, 4 some items were skipped or refused, 5 another run is at work; 130 Ctrl-C.
    """
    try:
        plan = read_plan(file)
        if plan.limits and allow != plan.digest:
            return _limited(plan, file, as_json=as_json)
        with (
            opened(config, STUBBORN) as (settings, portal, screen),
            hold(folder := state_folder(settings.portal.url, plan.agency_id)),
        ):
            check_fits(plan, portal)
            run = begun("apply", plan, file)
            write_last_run(folder, run)
            account = apply_plan(plan, portal, journal_of(file), screen)
            write_last_run(folder, ended(run, account))
    except Held as held:
        fail(str(held), as_json=as_json)
        return BUSY
    except RentixError as fault:
        fail(describe_stop(fault), as_json=as_json)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    return report(plan, account, as_json=as_json)


def report(plan: Plan, account: Account, *, as_json: bool) -> int:
    """Print what came of a plan, and return the exit code."""
    print_account(Console(stderr=as_json), plan, account)
    if as_json:
        print_json(as_json_object(plan, account))
    if isinstance(account.stopped, KeyboardInterrupt):
        return INTERRUPTED
    if account.stopped is not None:
        return FAILED
    counts = account.summary
    return PARTLY if counts["skipped"] or counts["failed"] else DONE


def _limited(plan: Plan, file: Path, *, as_json: bool) -> int:
    for limit in plan.limits:
        say_error(f"a limit stops this plan: {limit.message}")
    say_error(
        f"nothing was applied; look at the plan, then: rentix apply {file} --allow {plan.digest}"
    )
    if as_json:
        nothing = dict.fromkeys(("applied", "skipped", "failed"), 0)
        print_json({"digest": plan.digest, "summary": nothing, "limits": plan.limits})
    return LIMITED
