"""A plan's page on a telephone, as whoever must agree to it may open it."""

from __future__ import annotations

from pathlib import Path

import pytest

from rentix.sync.plan import FieldChange, Item, Plan
from rentix.sync.plan.page import write_page
from tests.public.browser import browsing, looking

pytestmark = pytest.mark.slow  # starts a browser

FIELDS = ("externalId", "name", "avatarImport", "description.ro", "settings.contact_whatsapp")
# Names of which a column is too narrow for their words.
TORN = """() => [...document.querySelectorAll('th')].filter((cell) => {
  const whole = document.createElement('div');
  whole.innerHTML = cell.innerHTML;
  whole.style.cssText = 'position: absolute; width: min-content; overflow-wrap: normal';
  document.body.append(whole);
  const style = getComputedStyle(cell);
  const room = cell.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return room < whole.getBoundingClientRect().width;
}).map((cell) => cell.textContent)"""


def test_no_name_of_a_field_is_torn_and_nothing_runs_out_of_the_screen(tmp_path: Path) -> None:
    item = Item(
        action="update",
        reason="all of it differs",
        code="differs",
        external_id="a1",
        user_id=1,
        name="Ana",
        fields=tuple(FieldChange(field, "x" * 60, "Ana Rusu") for field in FIELDS),
    )
    plan = Plan(
        id="p",
        made_at="2026-03-02T08:00:00.000Z",
        portal="https://portal.example",
        agency_id=1,
        agency="Casa Nouă",
        source="agents.csv",
        summary={"update": 1},
        items=(item,),
    )
    write_page(tmp_path / "plan.html", plan)
    with browsing() as browser, looking(browser, 360, "light", script=True) as page:
        page.goto((tmp_path / "plan.html").as_uri())
        assert page.locator("th").count() == len(FIELDS)
        assert page.evaluate(TORN) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
