"""The account of a sync by configuration: for people, for programs, and as one line of a log."""

from __future__ import annotations

from typing import Any, Final

from rich.console import Console
from rich.text import Text

from rentix.sync.apply.account import as_json_object, print_account
from rentix.sync.plan import Plan
from rentix.sync.plan.showing import print_plan
from rentix.sync.report import describe_stop, printable
from rentix.sync.rounds import Round
from rentix.sync.sources import HalfRead

_NOTHING: Final = {"applied": 0, "skipped": 0, "failed": 0}


def print_round(console: Console, made: Round) -> None:
    """Print what was planned, what came of it, and what is to be done if it was stopped."""
    if made.finished is not None:
        plan, account = made.finished
        _say(console, f"Finished first: plan {plan.digest[:12]}, which a run before left midway")
        print_account(console, plan, account)
    if made.plan is not None:
        print_plan(console, made.plan)
    if made.plan is not None and made.account is not None:
        _say(console, "")
        print_account(console, made.plan, made.account)
    elif made.stop is not None:
        _say(console, f"Stopped: {describe_stop(made.stop)}", "bold red")
    elif made.end == "limited" and made.plan is not None:
        _say(console, f"\nNothing was applied. {_way_out(made.plan)}", "bold red")


def as_round_object(made: Round) -> dict[str, Any]:
    """Return the account as one JSON object; `finished` and `error` are there only if so."""
    plan = made.plan
    said: dict[str, Any] = {
        "end": made.end,
        "digest": plan.digest if plan else None,
        "planned": plan.summary if plan else {},
        "limits": plan.limits if plan else [],
        "warnings": plan.warnings if plan else {},
        "summary": _NOTHING,
        "resumed": 0,
        "notApplied": [],
    }
    if plan is not None and made.account is not None:
        said |= as_json_object(plan, made.account)
    elif made.stop is not None:
        said["error"] = {"message": describe_stop(made.stop)}
    if isinstance(made.stop, HalfRead):
        said["limits"] = [{"limit": made.stop.limit, "message": str(made.stop)}]
    if made.finished is not None:
        said["finished"] = as_json_object(*made.finished)
    return said


def line_of(made: Round) -> str:
    """Return a round in one line."""
    parts = []
    if made.finished is not None:
        parts.append(f"finished plan {made.finished[0].digest[:12]}")
    if made.plan is not None and made.account is None:
        parts.append(_sums(made.plan.summary))
    if made.account is not None:
        parts.append(f"{made.end}: {_sums(made.account.summary)}")
    if made.end == "limited" and made.plan is not None:
        limits = "; ".join(limit.message for limit in made.plan.limits)
        parts.append(f"stopped by a limit: {limits}. {_way_out(made.plan)}")
    elif made.stop is not None:
        parts.append(f"stopped: {describe_stop(made.stop)}")
    return printable(" ".join(", ".join(parts).split()))


def _way_out(plan: Plan) -> str:
    return (
        "Look at it (rentix plan --html plan.html); if it is right, let this one through: "
        f"rentix sync --allow {plan.digest}"
    )


def _sums(counts: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {word}" for word, number in counts.items() if number) or "nothing"


def _say(console: Console, line: str, style: str = "") -> None:
    console.print(Text(printable(line), style), soft_wrap=True)
