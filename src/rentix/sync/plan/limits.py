"""Limits of what one plan may take away: it stops before the first write, and a person looks.

A kind of change fires its limit when it is more than the floor, and more than the percentage of the
linked agents or the absolute number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rentix.sync.config import Cap, CapsConfig
from rentix.sync.plan.items import Item, Limit

_WORDS = {
    "deactivate": "agents would be deactivated",
    "unlink": "agents would be unlinked",
    "clear": "agents would lose a value",
    "avatar": "agents would lose their picture",
    "phone": "agents would get another phone",
    "shrink": "agents whom the portal has linked are missing from the source",
    "unreadable": "rows of the source cannot be read",
}

_WORDS_OF_ONE = {
    "deactivate": "agent would be deactivated",
    "unlink": "agent would be unlinked",
    "clear": "agent would lose a value",
    "avatar": "agent would lose their picture",
    "phone": "agent would get another phone",
    "shrink": "agent whom the portal has linked is missing from the source",
    "unreadable": "row of the source cannot be read",
}


def fired(
    caps: CapsConfig,
    items: Sequence[Item],
    *,
    linked: int,
    missing: int,
    rows: int,
    unreadable: int,
) -> tuple[Limit, ...]:
    """The limits that a plan goes beyond.

    `linked` counts the portal's linked agents and `missing` those of them who are not in the
    source; `rows` counts the source's rows and `unreadable` those that are none.
    """
    found = []
    if rows == 0:
        message = "the source has no rows; an empty export is a broken export"
        found.append(Limit("empty", 0, 1, message))
    counts = Counter(kind for item in items for kind in kinds_of(item))
    counts["shrink"] = missing
    for kind in ("deactivate", "unlink", "clear", "avatar", "phone", "shrink"):
        found += _check(kind, counts[kind], linked, getattr(caps, kind))
    return (*found, *_check("unreadable", unreadable, rows, caps.unreadable))


def kinds_of(item: Item) -> Iterable[str]:
    """The kinds of loss that an item is."""
    if item.action in ("deactivate", "unlink"):
        yield item.action
    if item.action not in ("update", "link"):
        return
    gone = {change.field for change in item.fields if change.new is None}
    if "avatar" in gone:
        yield "avatar"
    if gone - {"avatar", "avatarImport"}:
        yield "clear"
    if any(change.field == "phone" for change in item.fields):
        yield "phone"


def _check(kind: str, count: int, of: int, cap: Cap) -> Iterable[Limit]:
    allowed = cap.most(of)
    if count > allowed:
        rule = f"{cap.percent:g} % of {of:,}, {cap.count:,}, never below {cap.floor:,}"
        words = _WORDS[kind] if count != 1 else _WORDS_OF_ONE[kind]
        message = (
            f"{count:,} {words}; at most {allowed:,} may without a look ([caps] {kind}: {rule})"
        )
        yield Limit(kind, count, allowed, message)
