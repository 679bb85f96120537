"""A plan in words, for a terminal or a log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from rentix.sync.plan.items import ACTIONS, Action, FieldChange, Item, Plan
from rentix.sync.report import printable

STYLES: Final[dict[Action, str]] = {
    "create": "green",
    "update": "cyan",
    "link": "blue",
    "unlink": "magenta",
    "deactivate": "red",
    "conflict": "bold yellow",
    "skip": "yellow",
}
SIGNS: Final[dict[Action, str]] = {
    "create": "+",
    "update": "~",
    "link": "&",
    "unlink": "/",
    "deactivate": "-",
    "conflict": "!",
    "skip": "?",
}
_LONGEST: Final = 60
_SHOWN: Final = 200


def print_plan(console: Console, plan: Plan, *, shown: int = _SHOWN) -> None:
    """Print a plan's items, `shown` at most, then its sums, and what stops it."""
    for action in ACTIONS:
        items = [item for item in plan.items if item.action == action]
        for item in items[:shown]:
            _print_item(console, item)
        if len(items) > shown:
            more = f"  … and {len(items) - shown:,} more to {action}; --html or -o shows them all"
            _say(console, more, "dim")
    _say(console, "")
    for word, number in plan.summary.items():
        _say(console, f"{word:>11}  {number:,}", STYLES.get(word, "") if number else "dim")  # type: ignore[call-overload]  # unchanged has none
    for code, (number, example) in plan.warnings.items():
        _say(console, f"\n{number:,} × {code}: e.g. {example}", "yellow")
    for limit in plan.limits:
        _say(console, f"\nStopped by a limit: {limit.message}", "bold red")


def _print_item(console: Console, item: Item) -> None:
    _say(console, f"{SIGNS[item.action]} {title_of(item)}", STYLES[item.action])
    _say(console, f"    {place_of(item)}{item.reason}", "dim")
    if item.action != "create":
        for change in item.fields:
            old, new = shown_value(change.old), shown_value(change.new)
            _say(console, f"    {change.field}: {old} → {new}")
    else:
        given = ", ".join(f"{c.field} {shown_value(c.new)}" for c in told_fields(item))
        _say(console, f"    {given}")


def told_fields(item: Item) -> Iterator[FieldChange]:
    """Yield the fields of an item that are worth telling: of a new user not what all start with."""
    for change in item.fields:
        if item.action != "create" or (change.new is not True and change.field != "externalId"):
            yield change


def title_of(item: Item) -> str:
    """Who it is about."""
    name = item.name or "?"
    return f"{item.action} {name} ({item.external_id or f'user {item.user_id}'})"


def place_of(item: Item) -> str:
    """The line of the source, if there is one."""
    return f"line {item.line}: " if item.line else ""


def shown_value(value: Any) -> str:
    """A field's value, short enough for a line."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{name} {inner}" for name, inner in value.items())
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _say(console: Console, line: str, style: str = "") -> None:
    console.print(Text(printable(line), style), soft_wrap=True)
