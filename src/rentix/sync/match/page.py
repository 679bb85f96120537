"""The pairs as one self-contained page: for whoever decides."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final

from rentix.rules.matching import Pair
from rentix.sync.match.finding import Matches, Row
from rentix.sync.match.sheet import phones_of, write_private
from rentix.sync.page import whole_page

_MAIN: Final = files("rentix.sync.match") / "page.html"
_TITLES: Final = {
    "auto": "Certain: linked unless you say no",
    "review": "For you to decide",
    "none": "Nobody on the portal",
}


def write_page(path: Path, matches: Matches) -> None:
    """Write the page, for its owner only; raise SetupError if it cannot be written."""
    write_private(path, page(matches).encode(), replace=True)


def page(matches: Matches) -> str:
    """The page: no script, nothing from elsewhere, every value escaped."""
    summary = matches.summary
    counts = "".join(f'<li class="{call}"><b>{summary[call]:,}</b> {call}</li>' for call in _TITLES)
    main = Template(_MAIN.read_text(encoding="utf-8")).substitute(
        agency=escape(matches.agency.name),
        linked=f"{matches.linked:,}",
        users=f"{matches.users:,}",
        counts=counts,
        sections="".join(_section(matches, call) for call in _TITLES),
    )
    return whole_page(f"Pairs for {matches.agency.name}", main)


def _section(matches: Matches, call: str) -> str:
    rows = [row for row in matches.rows if row.verdict.call == call]
    if not rows:
        return ""
    rows.sort(key=lambda row: -row.verdict.score)
    title = f'<h2 class="{call}">{_TITLES[call]} · {len(rows):,}</h2>'
    return f'<section id="{call}">{title}{"".join(map(_article, rows))}</section>'


def _article(row: Row) -> str:
    agent = row.agent
    contact = " · ".join(filter(None, (phones_of(agent), agent.email)))
    pairs = "".join(map(_line, row.verdict.pairs))
    table = (
        f"<table>{pairs}</table>" if pairs else f"<p>{escape('; '.join(row.verdict.reasons))}</p>"
    )
    return (
        f"<article><h3>{escape(agent.name or '?')} "
        f"<small>{escape(agent.external_id or '')} · line {row.line}</small></h3>"
        f"<p>{escape(contact)}</p>{table}</article>"
    )


def _line(pair: Pair) -> str:
    user = pair.user
    return (
        f'<tr><th class="score">{pair.score}</th><td>{escape(user.name)}<br>'
        f"<small>user {user.user_id} · {escape(user.phone.international)}</small></td>"
        f"<td>{escape('; '.join(pair.reasons))}</td></tr>"
    )
