"""An agent with more listings than a page shows: none of them is out of reach."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pytest
from msgspec.structs import replace

from rentix.public.paging import print_shown
from rentix.views import PUBLIC_LISTINGS, ListingView
from tests.public.sample import LISTING, agent_view, listing_view
from tests.public.shown import Shown
from tests.service import Service

_OFFER = re.compile(r'<h3><a href="/announcement/(\d+)')
_LINK = re.compile(r"<(?:link|a)\b[^>]*>")


def listings(count: int, **changed: Any) -> tuple[ListingView, ...]:
    """Make listings with the ids from 1001 on."""
    rows = [replace(LISTING, id=1001 + number, **changed) for number in range(count)]
    return tuple(listing_view(listing=row) for row in rows)


def show(shown: Shown, count: int) -> None:
    """Show an agent with this many listings."""
    shown.show(agent_view(listings=listings(count)))


def offers(page: httpx2.Response) -> list[int]:
    return [int(number) for number in _OFFER.findall(page.text)]


def rel(page: httpx2.Response, kind: str) -> list[str]:
    """The links of a kind, in the order in which they stand there."""
    found = []
    for link in _LINK.findall(page.text):
        if f'rel="{kind}"' in link:
            [href] = re.findall(r'href="(.*?)"', link)
            found.append(href.replace("&amp;", "&"))
    return found


def test_every_listing_is_on_one_page(visitor: httpx2.Client, shown: Shown) -> None:
    """From the first page on, by nothing but its links."""
    show(shown, 140)
    seen, steps, path = list[int](), list[str](), "/agents/7"
    while path:
        page = visitor.get(path)
        assert page.status_code == 200
        seen += offers(page)
        steps.append(path)
        path = rel(page, "next")[-1] if rel(page, "next") else ""
    assert seen == list(range(1140, 1000, -1)), "the newest first"
    assert steps == ["/agents/7", "/agents/7?page=2", "/agents/7?page=3"]


def test_pages_lead_to_those_beside_them(visitor: httpx2.Client, shown: Shown) -> None:
    show(shown, 140)
    first, second, third = (visitor.get(f"/agents/7?page={number}") for number in (1, 2, 3))
    assert (rel(first, "prev"), rel(first, "next")) == ([], ["/agents/7?page=2"] * 2)
    assert (rel(second, "prev"), rel(second, "next")) == (
        ["/agents/7"] * 2,
        ["/agents/7?page=3"] * 2,
    )
    assert (rel(third, "prev"), rel(third, "next")) == (["/agents/7?page=2"] * 2, [])


def test_a_page_says_where_it_is(visitor: httpx2.Client, shown: Shown) -> None:
    show(shown, 140)
    page = visitor.get("/agents/7?page=2")
    assert rel(page, "canonical") == ["/agents/7?page=2"]
    assert 'hreflang="ru" href="/agents/7?page=2&amp;locale=ru"' in page.text
    assert '<a href="/agents/7?page=2&amp;locale=en"' in page.text
    assert "61–120 din 140 de anunțuri</title>" in page.text
    assert rel(visitor.get("/agents/7?page=1"), "canonical") == ["/agents/7"]


def test_a_chosen_language_goes_with_it(visitor: httpx2.Client, shown: Shown) -> None:
    show(shown, 140)
    page = visitor.get("/agents/7?locale=ru&page=2")
    assert "61–120 из 140 объявлений" in page.text
    assert rel(page, "prev")[0] == "/agents/7?locale=ru"
    assert rel(page, "next")[0] == "/agents/7?page=3&locale=ru"


@pytest.mark.parametrize(
    "page", ["4", "100000", "999999999999999999999", "0", "-1", "01", "x", "", "2%20"]
)
def test_there_is_no_other_page(page: str, visitor: httpx2.Client, shown: Shown) -> None:
    show(shown, 140)
    assert visitor.get(f"/agents/7?page={page}").status_code == 404


@pytest.mark.parametrize("count", [0, PUBLIC_LISTINGS])
def test_one_page_needs_no_way_to_others(count: int, visitor: httpx2.Client, shown: Shown) -> None:
    show(shown, count)
    page = visitor.get("/agents/7")
    assert len(offers(page)) == count
    assert "page=" not in page.text
    assert "<nav" not in page.text.partition("<main")[2]
    assert visitor.get("/agents/7?page=2").status_code == 404


def test_a_page_is_never_older_than_a_listing(visitor: httpx2.Client, shown: Shown) -> None:
    """Also when nothing that it lists has changed."""
    show(shown, 130)
    before = visitor.get("/agents/7?page=2")
    assert "61–120 din 130 de anunțuri" in before.text
    shown.show(*listings(1, status="hidden"))  # the oldest, on page 3
    after = visitor.get("/agents/7?page=2", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert offers(after) == offers(before)
    assert "61–120 din 129 de anunțuri" in after.text


def test_pages_are_kept_apart(visitor: httpx2.Client, shown: Shown) -> None:
    show(shown, 140)
    paths = [f"/agents/7?page={number}" for number in (1, 2, 3)]
    first, again = ([visitor.get(path) for path in paths] for _ in range(2))
    assert [page.content for page in again] == [page.content for page in first]
    assert len({page.headers["etag"] for page in first}) == 3


@pytest.mark.parametrize(
    ("page", "total", "locale", "said"),
    [
        (2, 140, "ro", "61–120 din 140 de anunțuri"),
        (1, 101, "ro", "1–60 din 101 anunțuri"),
        (1, 119, "ro", "1–60 din 119 anunțuri"),
        (1, 120, "ro", "1–60 din 120 de anunțuri"),
        (1, 200, "ro", "1–60 din 200 de anunțuri"),
        (2, 61, "ro", "61 din 61 de anunțuri"),
        (1, 1240, "ro", "1–60 din 1.240 de anunțuri"),
        (2, 61, "ru", "61 из 61 объявления"),
        (2, 62, "ru", "61–62 из 62 объявлений"),
        (1, 111, "ru", "1–60 из 111 объявлений"),
        (1, 121, "ru", "1–60 из 121 объявления"),
        (2, 61, "en", "61 of 61 listings"),
        (18, 1240, "en", "1,021–1,080 of 1,240 listings"),
    ],
)
def test_how_many_is_said_as_people_say_it(page: int, total: int, locale: str, said: str) -> None:
    assert print_shown(page, total, locale) == said


def test_a_vcard_looks_at_no_listing(
    visitor: httpx2.Client, shown: Shown, served: tuple[Service, Shown]
) -> None:
    shown.show(agent_view(listings=listings(2)))
    view = served[0].app_store.public_agent(7, None)
    assert view
    assert view.listings == ()
    card = visitor.get("/agents/7.vcf")
    shown.show(*listings(1, status="hidden"))
    same = visitor.get("/agents/7.vcf?page=9", headers={"If-None-Match": card.headers["etag"]})
    assert same.status_code == 304
