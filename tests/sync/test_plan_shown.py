"""A plan as people see it: lines for a terminal, and a page for whoever must agree."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

from rich.console import Console

from rentix.sync.plan import Plan
from rentix.sync.plan.items import FieldChange, Item
from rentix.sync.plan.page import write_page
from rentix.sync.plan.showing import print_plan

LONG = "Peste douăzeci de ani de experiență în vânzarea caselor și a terenurilor din Chișinău, "


def plan_of(*items: Item, **more: Any) -> Plan:
    return Plan(
        id="p",
        made_at="2026-03-02T08:00:00.000Z",
        portal="https://portal.example",
        agency_id=1,
        agency="Casa & <Sons>",
        source="agents.csv",
        summary={item.action: 1 for item in items},
        items=items,
        **more,
    )


def update(field: str, old: Any, new: Any) -> Item:
    return Item(
        action="update",
        reason=f"{field} differs",
        code="differs",
        external_id="a1",
        user_id=1,
        name="Ana",
        fields=(FieldChange(field, old, new),),
    )


def lines_of(plan: Plan) -> str:
    out = io.StringIO()
    print_plan(Console(file=out, width=80), plan)
    return out.getvalue()


def page_of(plan: Plan, folder: Path) -> str:
    write_page(folder / "plan.html", plan)
    return (folder / "plan.html").read_text("utf-8")


def test_long_texts_show_where_they_part(tmp_path: Path) -> None:
    plan = plan_of(update("description.ro", f"{LONG}din 2001.", f"{LONG}din 2004."))
    assert "description.ro: …" in lines_of(plan)
    assert re.search(r"din 2001\. → ….*din 2004\.", lines_of(plan))
    page = page_of(plan, tmp_path)
    assert f"<del>{LONG}din 2001.</del>" in page
    assert f"<ins>{LONG}din 2004.</ins>" in page


def test_values_that_share_little_are_shown_from_their_beginning() -> None:
    assert f"description.ro: none → {LONG[:60]}…" in lines_of(
        plan_of(update("description.ro", None, LONG))
    )
    assert "phone: +37369000001 → +37369000002" in lines_of(
        plan_of(update("phone", "+37369000001", "+37369000002"))
    )


def test_nothing_of_a_roster_is_markup_or_moves_the_cursor(tmp_path: Path) -> None:
    plan = plan_of(update("name", "[bold]<b>\x1b[2J", "<script>alert(1)</script>"))
    assert "name: [bold]<b>�[2J → <script>alert(1)</script>" in lines_of(plan)
    page = page_of(plan, tmp_path)
    assert "<script" not in page
    assert page.startswith("<!doctype html>")
    assert "<title>Plan for Casa &amp; &lt;Sons&gt;</title>" in page
    assert not re.search(r"(?:src|href)=|url\(", page), "it is whole without the network"


def test_who_is_created_has_no_old_values(tmp_path: Path) -> None:
    created = Item(
        action="create",
        reason="new",
        code="new",
        external_id="a1",
        fields=(FieldChange("name", None, "Ana"),),
    )
    assert "<del>" not in page_of(plan_of(created), tmp_path)


def test_a_row_of_which_nobody_is_known_is_a_row(tmp_path: Path) -> None:
    plan = plan_of(Item(action="skip", reason="the row is broken", code="row_broken", line=3))
    assert "? skip a row\n    line 3: the row is broken" in lines_of(plan)
    assert "<h3>a row <small></small></h3>" in page_of(plan, tmp_path)


def test_what_the_portal_would_warn_of_is_on_both(tmp_path: Path) -> None:
    plan = plan_of(warnings={"phone_held": (2, "phone of user 7 is kept")})
    for shown in (lines_of(plan), page_of(plan, tmp_path)):
        assert "2 × phone_held: e.g. phone of user 7 is kept" in shown
