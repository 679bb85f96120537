"""Each limit lets through what it says, and one more fires it, by its name and in words."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from rentix.sync.config import Cap, CapsConfig
from rentix.sync.plan.items import Action, FieldChange, Item, Limit
from rentix.sync.plan.limits import fired

NONE = Cap(percent=0, count=0, floor=1_000)
OUT_OF_THE_WAY: dict[str, Cap] = dict.fromkeys(
    ("deactivate", "unlink", "clear", "avatar", "phone", "shrink", "unreadable"), NONE
)
LINKED = 100


def items(kind: str, count: int, action: Action = "update") -> list[Item]:
    change = {
        "clear": FieldChange("description.ro", "Case", None),
        "avatar": FieldChange("avatar", "https://a.example/1.jpg", None),
        "phone": FieldChange("phone", "+37369000001", "+37369000002"),
    }.get(kind)
    if change is None:
        return [Item(action=kind, reason="", code="absent")] * count  # type: ignore[arg-type]
    return [Item(action=action, reason="", code="differs", fields=(change,))] * count


def limits(cap: Cap, kind: str, of: Iterable[Item] = (), /, **counts: int) -> list[Limit]:
    numbers = {"linked": LINKED, "missing": 0, "rows": LINKED, "unreadable": 0}
    caps = CapsConfig(**(OUT_OF_THE_WAY | {kind: cap}))
    return list(fired(caps, list(of), **(numbers | counts)))


@pytest.mark.parametrize("kind", ["deactivate", "unlink", "clear", "avatar", "phone"])
@pytest.mark.parametrize(
    ("cap", "most"),
    [
        (Cap(percent=10, count=50, floor=3), 10),
        (Cap(percent=10, count=7, floor=3), 7),
        (Cap(percent=1, count=50, floor=3), 3),
        (Cap(percent=0, count=0, floor=0), 0),
    ],
    ids=["percent", "count", "floor", "none"],
)
def test_so_many_are_let_through_and_one_more_is_not(kind: str, cap: Cap, most: int) -> None:
    assert limits(cap, kind, items(kind, most)) == []
    [limit] = limits(cap, kind, items(kind, most + 1))
    assert (limit.limit, limit.count, limit.allowed) == (kind, most + 1, most)
    assert f"[caps] {kind}: {cap.percent:g} % of 100" in limit.message


@pytest.mark.parametrize(("kind", "counted"), [("shrink", "missing"), ("unreadable", "unreadable")])
def test_what_the_source_lacks_is_limited_whatever_becomes_of_it(kind: str, counted: str) -> None:
    cap = Cap(percent=10, count=50, floor=3)
    assert limits(cap, kind, **{counted: 10}) == []
    [limit] = limits(cap, kind, **{counted: 11})
    assert (limit.limit, limit.count, limit.allowed) == (kind, 11, 10)


def test_a_source_without_rows_is_stopped_by_no_cap() -> None:
    [limit] = limits(NONE, "shrink", rows=0)
    assert (limit.limit, limit.count) == ("empty", 0)


def test_a_new_agent_loses_nothing_and_a_linked_one_may() -> None:
    none = Cap(percent=0, count=0, floor=0)
    for kind in ("clear", "avatar", "phone"):
        assert limits(none, kind, items(kind, 3, "create")) == []
        assert limits(none, kind, items(kind, 3, "link"))[0].count == 3


def test_a_picture_that_goes_is_no_text_that_goes() -> None:
    none = Cap(percent=0, count=0, floor=0)
    assert limits(none, "clear", items("avatar", 3)) == []
    assert limits(none, "avatar", items("clear", 3)) == []
