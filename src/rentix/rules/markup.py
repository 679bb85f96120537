"""Turn HTML into the plain text it says. Tags are found and removed by nh3, a real HTML parser."""

from __future__ import annotations

import html
import re

import nh3

_PARAGRAPHS = "p|h1|h2|h3|h4|h5|h6|ul|ol|dl|table|blockquote|pre|section|article|header|footer|hr"
_LINES = "li|dt|dd|tr|div|address|figure|figcaption|form|main|nav|aside"
_CELLS = "td|th"
_KEPT = {*f"br|{_PARAGRAPHS}|{_LINES}|{_CELLS}".split("|")}
_SILENT = {"script", "style"}

_TAG_OR_ENTITY = re.compile(r"<[A-Za-z/!?]|&#?\w+;")
_ADDRESS_IN_ANGLES = re.compile(r"<((?:[\w.+-]+@|https?://)[^\s<>@\"']+)>")
_COMPLETE_TAG = re.compile(r"<[A-Za-z/!?][^<>]*>")
# HTML takes < before a letter for a tag even when no > follows; a blank between makes it a sign.
_BEGUN_TAG = re.compile(r"<(?=[/!?]|[A-Za-z][^\s.,;)])")
_BARE_AMPERSAND = re.compile(r"&(?!#?\w+;)")
_LINE_TAGS = re.compile(rf"(?:</?(?:{_LINES})>\s*)+|<br>")
_PARAGRAPH_TAG = re.compile(f"</?(?:{_PARAGRAPHS})>")
_CELL_TAG = re.compile(f"<(/?)(?:{_CELLS})>")


def strip_markup(text: str) -> str:
    """Remove tags, with the contents of scripts and styles, and decode entities once.

    Blocks become lines. Text that merely holds ``<`` or ``&`` (``5 < 6 & 7``) stays as it is. What
    was escaped twice comes out escaped once: repeat until nothing changes.
    """
    if not _TAG_OR_ENTITY.search(text):
        return text
    text = _escape_signs(_ADDRESS_IN_ANGLES.sub(r"\1", text))
    # Naming no attribute for "*" is what drops those that nh3 allows on every tag.
    bare = nh3.clean(
        text, tags=_KEPT, clean_content_tags=_SILENT, attributes={"*": set()}, link_rel=None
    )
    bare = _CELL_TAG.sub(lambda tag: " " if tag[1] else "", _LINE_TAGS.sub("\n", bare))
    return html.unescape(_PARAGRAPH_TAG.sub("\n\n", bare))


def _escape_signs(text: str) -> str:
    """Escape what is a sign, not markup: ``&`` outside of entities, ``<`` outside of tags."""
    text = _BARE_AMPERSAND.sub("&amp;", text)
    pieces = []
    end = 0
    for tag in _COMPLETE_TAG.finditer(text):
        pieces += [_escape_angles(text[end : tag.start()]), tag[0]]
        end = tag.end()
    return "".join(pieces) + _escape_angles(text[end:])


def _escape_angles(text: str) -> str:
    return _BEGUN_TAG.sub("< ", text).replace("<", "&lt;")
