"""The account of an application, for people and for programs."""

from __future__ import annotations

from typing import Any, Final

from rich.console import Console
from rich.text import Text

from rentix.sync.apply.applying import Account
from rentix.sync.apply.journal import Ending
from rentix.sync.plan import Plan
from rentix.sync.report import describe_stop, printable

_STYLES: Final = {"applied": "green", "skipped": "yellow", "failed": "red"}
_SHOWN: Final = 50


def print_account(console: Console, plan: Plan, account: Account) -> None:
    """Print the sums, what was not applied and why, and what stopped it."""
    before = account.before
    for word, number in account.summary.items():
        sums = f"{number - before[word]:,}"
        if before[word]:
            sums += f" now, {before[word]:,} by a run before this"
        _say(console, f"{word:>9}  {sums}", _STYLES[word] if number else "dim")
    left = [ending for ending in account.endings.values() if ending.state != "applied"]
    for ending in left[:_SHOWN]:
        _say(console, f"  {_line(plan, ending)}")
    if len(left) > _SHOWN:
        _say(console, f"  … and {len(left) - _SHOWN:,} more; --json lists them all", "dim")
    if account.stopped is not None:
        done = f"{len(account.endings):,} of {account.total:,} items have an answer"
        _say(console, f"\nStopped: {describe_stop(account.stopped)}", "bold red")
        _say(console, f"  {done}. Run the same command again: it goes on where this one ended.")


def as_json_object(plan: Plan, account: Account) -> dict[str, Any]:
    """Return the account as one JSON object."""
    said: dict[str, Any] = {
        "digest": plan.digest,
        "summary": account.summary,
        "resumed": account.resumed,
        "notApplied": [
            _shown(plan, each) for each in account.endings.values() if each.state != "applied"
        ],
    }
    if account.stopped is not None:
        said["error"] = {"message": describe_stop(account.stopped)}
    return said


def _shown(plan: Plan, ending: Ending) -> dict[str, Any]:
    item = plan.items[ending.item]
    return {
        "externalId": item.external_id,
        "userId": item.user_id,
        "action": item.action,
        "state": ending.state,
        "code": ending.code,
        "message": ending.message,
    }


def _line(plan: Plan, ending: Ending) -> str:
    item = plan.items[ending.item]
    who = item.external_id or f"user {item.user_id}"
    return f"{ending.state} {item.action} {who}: {ending.message}"


def _say(console: Console, line: str, style: str = "") -> None:
    console.print(Text(printable(line), style), soft_wrap=True)
