"""A plan in words, for a terminal or a log."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
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
_LED_UP: Final = 20
"""Of what two long values have in common, so much is shown before they part."""
_SHOWN: Final = 200


def print_plan(console: Console, plan: Plan, *, shown: int = _SHOWN, way_out: str = "") -> None:
    """Print a plan's items, `shown` of each action, then its sums, and what stops it.

    `way_out` says how the rest of them can be seen.
    """
    for action in ACTIONS:
        items = [item for item in plan.items if item.action == action]
        for item in items[:shown]:
            _print_item(console, item)
        if len(items) > shown:
            more = f"  … and {len(items) - shown:,} more to {action}"
            _say(console, f"{more}; {way_out}" if way_out else more, "dim")
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
            old, new = _apart(whole_value(change.old), whole_value(change.new))
            _say(console, f"    {change.field}: {old} → {new}")
    else:
        given = ", ".join(f"{c.field} {_short(whole_value(c.new))}" for c in told_fields(item))
        _say(console, f"    {given}")


def told_fields(item: Item) -> Iterator[FieldChange]:
    """Yield the fields of an item that are worth telling: of a new user not what all start with."""
    for change in item.fields:
        if item.action != "create" or (change.new is not True and change.field != "externalId"):
            yield change


def title_of(item: Item) -> str:
    """Who it is about."""
    known = known_as(item)
    if known is None:
        return f"{item.action} a row"
    return f"{item.action} {item.name or '?'} ({known})"


def known_as(item: Item) -> str | None:
    """The agent's id in the CRM, else the portal's; a row that cannot be read has none."""
    return item.external_id or (f"user {item.user_id}" if item.user_id else None)


def place_of(item: Item) -> str:
    """The line of the source, if there is one."""
    return f"line {item.line}: " if item.line else ""


def whole_value(value: Any) -> str:
    """A field's value in words, on one line."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{name} {inner}" for name, inner in value.items())
    return " ".join(str(value).split())


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _apart(old: str, new: str) -> tuple[str, str]:
    """Two values, each short enough for a line, and so that the eye sees where they part."""
    pairs = zip(old, new, strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    start = same - _LED_UP if max(len(old), len(new)) > _LONGEST and same > _LONGEST // 2 else 0
    lead = "…" if start else ""
    return lead + _short(old[start:]), lead + _short(new[start:])


def _say(console: Console, line: str, style: str = "") -> None:
    console.print(Text(printable(line), style), soft_wrap=True)
