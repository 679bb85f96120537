"""What an agency says of itself, on the pages of listings that it answers for."""

from __future__ import annotations

import httpx2
from msgspec.structs import replace

from tests.public.sample import AGENCY, listing_view
from tests.public.shown import Shown
from tests.public.test_pages import PAGES, Outline, linked


def test_an_agency_that_answers_says_what_it_does(visitor: httpx2.Client, shown: Shown) -> None:
    """In the visitor's language if it does, and only where no agent is shown."""
    said = {"ro": "Case în Chișinău.\nȘi în Bălți.\n\nDin 2009.", "ru": "Дома <b>Кишинёва</b>."}
    agency = replace(AGENCY, descriptions=said)
    shown.show(listing_view(agent=None, agency=agency))
    romanian, russian, english = (
        visitor.get(f"{PAGES[0]}?locale={locale}") for locale in ("ro", "ru", "en")
    )
    assert "<p>Case în Chișinău.<br>Și în Bălți.</p>\n<p>Din 2009.</p>" in romanian.text
    assert "Дома &lt;b&gt;Кишинёва&lt;/b&gt;." in russian.text
    assert '<p class="label">Text in Romanian</p>\n<div class="prose" lang="ro">' in english.text
    assert linked(russian)["offers"]["offeredBy"]["description"] == said["ru"]
    for page in (romanian, russian, english):
        assert Outline(page.text).open == []
    shown.show(listing_view(agency=agency))
    assert "Din 2009" not in visitor.get(PAGES[0]).text


def test_a_long_text_of_an_agency_is_folded(visitor: httpx2.Client, shown: Shown) -> None:
    said = "Case și apartamente. " * 100
    shown.show(listing_view(agent=None, agency=replace(AGENCY, descriptions={"ro": said})))
    text = visitor.get(PAGES[0]).text
    assert "<summary>Despre agenție</summary>" in text
    assert text.index("<details") < text.rindex(said.strip()) < text.index("</details>")


def test_an_agency_that_says_nothing_has_no_place_for_it(
    visitor: httpx2.Client, shown: Shown
) -> None:
    shown.show(listing_view(agent=None))
    text = visitor.get(PAGES[0]).text
    assert 'class="about"' not in text
    assert "None" not in text
