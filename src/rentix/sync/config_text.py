"""A rentix.toml as `rentix init` writes it: for people to read and change."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from rentix.sync.proposal import Proposal
from rentix.sync.sources import is_url

_BARE: Final = re.compile(r"[A-Za-z0-9_.-]+")


def write_config(portal: tuple[str, str], location: str, proposal: Proposal) -> str:
    """Return the text for a portal (its address, the key's variable), a source and its map."""
    lines = [
        *write_portal(*portal),
        *_write_source(location, proposal),
        *_write_columns(proposal),
        *_write_templates(proposal),
        *_write_skip(proposal),
        *write_rest(),
    ]
    return "\n".join(lines) + "\n"


def quote(text: str) -> str:
    """Return text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def write_portal(url: str, key_env: str) -> Iterator[str]:
    """Yield the lines that every rentix.toml begins with."""
    yield "# Which agents go to the portal, and from where. Every member is in Rentix's reference:"
    yield "# docs/reference/rentix-toml.md"
    yield ""
    yield "[portal]"
    yield f"url = {quote(url)}"
    yield "# The environment variable that holds the API key. The key itself never goes in here."
    yield f"key_env = {quote(key_env)}"
    yield ""


def _write_source(location: str, proposal: Proposal) -> Iterator[str]:
    yield "[source]"
    yield f"{'url' if is_url(location) else 'file'} = {quote(location)}"
    if proposal.items is not None:
        yield f"items = {quote(proposal.items)}"
    if proposal.other_arrays:
        yield f"# Or one of these: {', '.join(map(quote, proposal.other_arrays))}"
    yield ""


def _write_columns(proposal: Proposal) -> Iterator[str]:
    yield '# field = "column". A field that is not here is never touched.'
    yield "[columns]"
    if not proposal.has_id:
        yield "# Which column tells the agents apart and never changes? Without it nothing runs."
        yield '# externalId = "…"'
    for target, column in proposal.columns.items():
        yield f"{target} = {quote(column)}"
    missing = [t for t in proposal.missing() if t != "externalId"]
    if missing:
        yield f"# Not found in the source: {', '.join(missing)}"
    for doubt in proposal.doubts:
        yield f"# Not used for {doubt}".replace("\n", " ")
    yield ""


def _write_templates(proposal: Proposal) -> Iterator[str]:
    if proposal.templates:
        yield "# field = text made of several columns."
        yield "[templates]"
        for target, text in proposal.templates.items():
            yield f"{target} = {quote(text)}"
        yield ""


def _write_skip(proposal: Proposal) -> Iterator[str]:
    if proposal.status is None:
        return
    states = proposal.left or proposal.states
    yield f"# The column {quote(proposal.status)} says: {', '.join(map(quote, proposal.states))}."
    yield "# To leave out those who have left, take the marks off and keep the right words:"
    yield "# [[skip]]"
    yield f"# column = {quote(proposal.status)}"
    yield f"# equals = [{', '.join(map(quote, states))}]"
    yield ""


def write_rest() -> Iterator[str]:
    """Yield the lines that every rentix.toml ends with."""
    yield "[sync]"
    yield 'absent = "keep"   # linked agents whom the source lacks: keep, unlink or deactivate'
    yield 'empty = "keep"    # an empty cell: keep the portal\'s value, or clear it'
    yield "# Agents who are on the portal already: strong links the certain ones, never none."
    yield 'link = "strong"'
    yield ""
    yield "# A run that would do more of these stops before its first write."
    yield "[caps]"
    yield "# deactivate = { percent = 10, count = 50, floor = 3 }"
