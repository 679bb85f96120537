"""What a visitor's browser makes of the pages, on a telephone and a large screen."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser

from rentix.model import Phone, Settings
from tests.public.browser import SCHEMES, WIDTHS, Scheme, browsing, looking
from tests.public.sample import AGENCY, ANA, LISTING, SILENT, agent_view, listing_view
from tests.public.shown import Shown
from tests.service import Service

pytestmark = [pytest.mark.slow, pytest.mark.one_database]  # what a store says is the same

PATHS = ("/announcement/42", "/agents/7", "/announcement/1")
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing(
    path: str,
    scheme: Scheme,
    width: int,
    browser: Browser,
    drawn: Any,
    served: tuple[Service, Shown],
) -> None:
    with looking(browser, width, scheme, script=True) as page:
        page.goto(served[0].url + path)
        page.evaluate(AXE)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations', 'incomplete']})")
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]] == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_what_an_agency_says_is_for_everyone(
    width: int, scheme: Scheme, browser: Browser, shown: Shown, served: tuple[Service, Shown]
) -> None:
    """Whether it is short or folded, and in another language than the page."""
    for text in ("Case în Chișinău.", "Case în Chișinău. " * 50):
        agency = replace(AGENCY, descriptions={"ro": text})
        shown.show(listing_view(agent=None, agency=agency))
        with looking(browser, width, scheme, script=True) as page:
            page.goto(f"{served[0].url}{PATHS[0]}?locale=en")
            for fold in page.locator("summary").all():
                fold.click()
            assert page.locator(".card .prose").is_visible()
            assert page.evaluate("document.documentElement.scrollWidth") == width
            page.evaluate(AXE)
            found = page.evaluate("axe.run(document, {resultTypes: ['violations', 'incomplete']})")
            assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]] == []


# Headings and names of which a line is too narrow for their words.
TORN = """() => [...document.querySelectorAll('h1, h2, h3, .name, .silent')].filter((part) => {
  const whole = part.cloneNode(true);
  whole.style.cssText = 'position: absolute; width: min-content; overflow-wrap: normal';
  part.after(whole);
  const [room, asked] = [part.clientWidth, whole.clientWidth];
  whole.remove();
  return !part.classList.contains('unseen') && room < asked;
}).map((part) => part.outerHTML)"""


def show_much(shown: Shown) -> None:
    """Show an agent with three pages of listings, and an agency that nobody can call."""
    agency, agent = replace(AGENCY, phone=None), replace(ANA, settings=SILENT)
    rows = [replace(LISTING, id=1001 + number) for number in range(140)]
    views = tuple(listing_view(listing=row, agency=agency, agent=agent) for row in rows)
    shown.show(
        listing_view(agent=None, agency=agency),
        agent_view(user=agent, agency=agency, listings=views),
    )


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_of_much_and_of_nobody_are_for_everyone(
    scheme: Scheme, width: int, browser: Browser, shown: Shown, served: tuple[Service, Shown]
) -> None:
    show_much(shown)
    with looking(browser, width, scheme, script=True) as page:
        for path in ("/agents/7?page=2", "/announcement/42"):
            page.goto(served[0].url + path)
            page.evaluate(AXE)
            found = page.evaluate("axe.run(document, {resultTypes: ['violations', 'incomplete']})")
            assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]] == []
            assert page.evaluate("document.documentElement.scrollWidth") == width
            assert page.locator(".silent").is_visible()
            assert page.locator(".buttons").count() == 0
            assert page.evaluate(TORN) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_are_turned_without_script(
    width: int, browser: Browser, shown: Shown, served: tuple[Service, Shown]
) -> None:
    show_much(shown)
    with looking(browser, width, "light") as page:
        page.goto(f"{served[0].url}/agents/7?locale=en")
        for said in ("61–120 of 140 listings", "121–140 of 140 listings"):
            page.get_by_role("link", name="Older listings").click()
            assert page.locator(".shown").inner_text() == said
        assert page.get_by_role("link", name="Older listings").count() == 0
        page.get_by_role("link", name="Newer listings").click()
        assert page.locator(".shown").inner_text() == "61–120 of 140 listings"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_is_whole_without_script_and_asks_nobody_else(
    path: str, width: int, browser: Browser, drawn: Any, served: tuple[Service, Shown]
) -> None:
    url, asked, said = served[0].url, [], []
    with looking(browser, width, "light") as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("requestfailed", lambda request: said.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        answer = page.goto(url + path, wait_until="networkidle")
        assert answer is not None
        assert page.locator("h1").is_visible()
        if answer.status == 200:
            assert page.locator(".button.phone").is_visible()
            assert said == []
    assert {
        f"{one.split('/', 3)[0]}//{one.split('/', 3)[2]}" for one in asked if one[:5] != "data:"
    } == {url}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_sticks_out_to_the_side(
    path: str, width: int, browser: Browser, drawn: Any, served: tuple[Service, Shown]
) -> None:
    with looking(browser, width, "light", script=True) as page:
        page.goto(served[0].url + path)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        cut = "[...document.querySelectorAll('.button')].filter(b => b.scrollWidth > b.clientWidth)"
        assert page.evaluate(f"{cut}.length") == 0


def test_on_a_telephone_the_call_button_is_always_there(
    browser: Browser, drawn: Any, served: tuple[Service, Shown]
) -> None:
    with looking(browser, 360, "light") as page:
        page.goto(f"{served[0].url}/announcement/42")
        box = page.locator(".button.phone").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= WIDTHS[360]
        assert box["height"] >= 44


NUMBERS = (
    ANA.phone,
    Phone("+5511961234567", "+55 11 96123-4567", "mobile"),
    Phone("+37360000107", f"+373 {'600 00 107 ' * 2}", "mobile"),  # longer than any there is
)
# What is cut off, or reaches over the edge of its button.
CUT = """() => {
  const parts = [...document.querySelectorAll('.button, .button .digits, .phone .label')];
  const within = (inner, outer) => inner.left >= outer.left && inner.right <= outer.right;
  const box = (part) => part.getBoundingClientRect();
  return parts.filter((part) => part.scrollWidth > part.clientWidth + 1
    && getComputedStyle(part).display !== 'inline'
    || !within(box(part), box(part.closest('.button')))
    || !within(box(part), {left: 0, right: innerWidth})).map((part) => part.outerHTML);
}"""


@pytest.mark.parametrize("phone", NUMBERS)
@pytest.mark.parametrize("width", [320, 360, 768])
def test_a_number_is_never_cut_off(
    phone: Phone,
    width: int,
    browser: Browser,
    shown: Shown,
    served: tuple[Service, Shown],
) -> None:
    """With all four channels beside it."""
    agent = replace(ANA, phone=phone)
    shown.show(listing_view(agent=agent), agent_view(user=agent))
    with looking(browser, 360, "light", script=True) as page:
        page.set_viewport_size({"width": width, "height": 740})
        for path in PATHS[:2]:
            page.goto(f"{served[0].url}{path}?locale=ru")  # the longest label
            assert page.locator(".button").count() >= 4
            assert page.evaluate(CUT) == []
            assert page.evaluate(TORN) == []


def test_photos_come_in_their_place(
    browser: Browser, drawn: Any, served: tuple[Service, Shown]
) -> None:
    with looking(browser, 1440, "light", script=True) as page:
        page.goto(f"{served[0].url}/announcement/42", wait_until="networkidle")
        shapes = page.evaluate(
            "[...document.querySelectorAll('.gallery img:not(.hint)')]"
            ".map(i => [i.complete && i.naturalWidth > 0, i.width === i.parentElement.clientWidth])"
        )
    assert shapes == [[True, True]] * 5


WITHIN_ONE = """() => {
  const inner = document.querySelector('.more').getBoundingClientRect();
  return [...document.querySelectorAll('.gallery li')].map((li) => li.getBoundingClientRect())
    .some((li) => li.left < inner.left && inner.right < li.right && inner.bottom < li.bottom);
}"""


@pytest.mark.parametrize("count", range(1, 8))
def test_photos_stand_apart(
    count: int, browser: Browser, drawn: Any, shown: Shown, served: tuple[Service, Shown]
) -> None:
    """However many there are, none reaches into the place of another one."""
    shown.show(replace(drawn[0], media=drawn[0].media[:count]))
    with looking(browser, 1440, "light", script=True) as page:
        page.goto(f"{served[0].url}/announcement/42", wait_until="networkidle")
        sizes = page.evaluate(
            "[...document.querySelectorAll('.gallery li')].map(li => [li.clientWidth, "
            "li.clientHeight, li.firstElementChild.offsetWidth, li.firstElementChild.offsetHeight])"
        )
    assert len(sizes) == min(count, 5)
    assert all(sized[:2] == sized[2:] for sized in sizes)
    assert all(1.3 < width / height <= 2.01 for width, height, *_ in sizes)


@pytest.mark.parametrize("width", [360, 700, 1440])
def test_how_many_more_there_are_is_said_on_one_photo(
    width: int, browser: Browser, drawn: Any, served: tuple[Service, Shown]
) -> None:
    """Wherever scrolling comes to rest."""
    with looking(browser, 360, "light", script=True) as page:
        page.set_viewport_size({"width": width, "height": 740})
        page.goto(f"{served[0].url}/announcement/42")
        for nth in range(5):
            page.evaluate(f"document.querySelectorAll('.gallery li')[{nth}].scrollIntoView()")
            assert page.evaluate(WITHIN_ONE)


LONG_NAMES = (
    "Ecaterina Hohenzollern-Sigmaringen",
    "Анастасия Преображенская",
    "Alexandrina Featherstonehaughson",
)


@pytest.mark.parametrize("name", LONG_NAMES)
@pytest.mark.parametrize("width", [320, 360, 500])
def test_a_long_name_is_not_torn(
    name: str, width: int, browser: Browser, shown: Shown, served: tuple[Service, Shown]
) -> None:
    agent = replace(ANA, name=name)
    shown.show(listing_view(agent=agent), agent_view(user=agent))
    with looking(browser, 360, "light", script=True) as page:
        page.set_viewport_size({"width": width, "height": 740})
        for path in PATHS[:2]:
            page.goto(served[0].url + path)
            assert page.evaluate(TORN) == []


WORD = "Wolfeschlegelsteinhausenbergerdorff" * 5
"""As long as a name may be, and nowhere to break it."""


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_one_long_word_is_broken(
    width: int, browser: Browser, shown: Shown, served: tuple[Service, Shown]
) -> None:
    said = {"propertyAddress": WORD, "announcementDescription": WORD, "propertyVisualState": WORD}
    listing = replace(LISTING, form=LISTING.form | said, status="completed")
    agency, agent = replace(AGENCY, name=WORD), replace(ANA, name=WORD, descriptions={"ro": WORD})
    view = listing_view(listing=listing, agency=agency, agent=agent)
    shown.show(view, agent_view(user=agent, agency=agency, listings=(view,)))
    with looking(browser, width, "light", script=True) as page:
        for path in (f"/announcement/{listing.id}", f"/agents/{agent.id}"):
            page.goto(served[0].url + path)
            assert page.locator("h1").is_visible()
            assert page.evaluate("document.documentElement.scrollWidth") == width


def test_what_is_hidden_is_not_even_in_the_source(
    browser: Browser, shown: Shown, served: tuple[Service, Shown]
) -> None:
    settings = Settings(contact_phone=False, contact_whatsapp=False, contact_viber=False)
    agent = replace(ANA, settings=settings)
    shown.show(listing_view(agent=agent), agent_view(user=agent))
    for path in PATHS[:2]:
        with looking(browser, 360, "light") as page:
            page.goto(served[0].url + path)
            source = page.content()
        assert "https://t.me/+37360000107" in source
        for word in ("tel:", "wa.me", "viber", ANA.phone.international):
            assert word not in source
