"""What every page that a command writes begins and ends with: one file, whole without others."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template
from typing import Final

_PAGE: Final = files("rentix.sync") / "page.html"


def whole_page(title: str, main: str) -> str:
    """A page of a title, in plain text, and a body, in HTML; no script, nothing from elsewhere."""
    page = Template(_PAGE.read_text(encoding="utf-8"))
    return page.substitute(title=escape(title), main=main)
