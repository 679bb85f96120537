"""A plan as one self-contained page: for whoever must agree to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final

from rentix.client import SetupError
from rentix.sync.page import whole_page
from rentix.sync.plan.items import ACTIONS, FieldChange, Item, Plan
from rentix.sync.plan.showing import known_as, told_fields, whole_value

_MAIN: Final = files("rentix.sync.plan") / "page.html"


def write_page(path: Path, plan: Plan) -> None:
    """Write the page; raise SetupError if it cannot be written."""
    try:
        path.write_text(page(plan), encoding="utf-8")
    except OSError as fault:
        raise SetupError(f"cannot write the page {path}: {fault.strerror}") from fault


def page(plan: Plan) -> str:
    """The page: no script, nothing from elsewhere, every value escaped."""
    counts = "".join(
        f'<li class="{word}"><b>{number:,}</b> {word}</li>' for word, number in plan.summary.items()
    )
    warned = "".join(
        f"<p>{number:,} × {escape(code)}: e.g. {escape(example)}</p>"
        for code, (number, example) in plan.warnings.items()
    )
    stops = "".join(f'<p class="stop">{escape(limit.message)}</p>' for limit in plan.limits)
    main = Template(_MAIN.read_text(encoding="utf-8")).substitute(
        agency=escape(plan.agency),
        portal=escape(plan.portal),
        source=escape(plan.source),
        made=escape(plan.made_at),
        digest=escape(plan.digest),
        counts=counts,
        stops=stops,
        warnings=warned,
        sections="".join(_sections(plan)),
    )
    return whole_page(f"Plan for {plan.agency}", main)


def _sections(plan: Plan) -> Iterator[str]:
    for action in ACTIONS:
        items = [item for item in plan.items if item.action == action]
        if items:
            rows = "".join(map(_row, items))
            title = f'<h2 class="{action}">{action} · {len(items):,}</h2>'
            yield f'<section id="{action}">{title}{rows}</section>'
    if not plan.items:
        yield "<p>Nothing is to be done: every agent is as the source has them.</p>"


def _row(item: Item) -> str:
    known = known_as(item)
    who = escape(item.name or ("?" if known else "a row"))
    line = f"line {item.line} · " if item.line else ""
    fields = "".join(
        f"<tr><th>{_breaking(change.field)}</th>{_old(item, change)}"
        f"<td><ins>{escape(whole_value(change.new))}</ins></td></tr>"
        for change in told_fields(item)
    )
    table = f"<table>{fields}</table>" if fields else ""
    return (
        f"<article><h3>{who} <small>{escape(known or '')}</small></h3>"
        f"<p>{line}{escape(item.reason)}</p>{table}</article>"
    )


def _breaking(field: str) -> str:
    """A field's name, which a narrow screen may break between its words and nowhere else."""
    return re.sub(r"([._])", r"\1<wbr>", escape(field))


def _old(item: Item, change: FieldChange) -> str:
    """The cell of an old value; who is to be created has none."""
    if item.action == "create":
        return ""
    return f"<td><del>{escape(whole_value(change.old))}</del></td>"
