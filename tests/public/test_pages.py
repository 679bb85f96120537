"""The pages over HTTP: who is shown, what is not, and how fresh it is."""

from __future__ import annotations

import json
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any, get_args

import httpx2
import pytest
from msgspec.structs import replace

from rentix.model import PUBLIC_STATUSES, ListingStatus
from tests.public.sample import AGENCY, ANA, FORM, LISTING, SILENT, agent_view, listing_view
from tests.public.shown import Shown

PAGES = ("/announcement/42", "/agents/7")
_VOID = {"meta", "link", "img", "br", "path", "circle"}
_LINKED = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


class Outline(HTMLParser):
    """The ids, headings, landmarks and pictures of a page, and whether its tags close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.named_by: list[str] = []
        self.inner: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.loads: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        if tag not in _VOID:
            self.open.append(tag)
        if tag == "img":
            self.images.append(given)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.named_by += (given.get("aria-labelledby") or "").split()
        if (href := given.get("href") or "").startswith("#"):
            self.inner.append(href[1:])
        self.loads += [given[name] or "" for name in ("src", "srcset") if name in given]
        assert not any(name == "style" or name.startswith("on") for name in given)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self.open.pop() == tag


def linked(page: httpx2.Response) -> Any:
    [found] = _LINKED.findall(page.text)
    return json.loads(found)


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_the_markup_holds_together(path: str, visitor: httpx2.Client, drawn: Any) -> None:
    outline = Outline(visitor.get(path).text)
    assert outline.open == []
    assert len(outline.ids) == len(set(outline.ids))
    assert {*outline.named_by, *outline.inner} <= set(outline.ids)
    levels = [int(tag[1]) for tag in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(
        after <= before + 1 for before, after in zip([1, *levels], [*levels, 1], strict=True)
    )
    assert all(outline.tags.count(tag) == 1 for tag in ("main", "footer", "title"))
    assert all("alt" in image and image["width"] and image["height"] for image in outline.images)


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_from_where_it_is(path: str, visitor: httpx2.Client, drawn: Any) -> None:
    loads = ", ".join(Outline(visitor.get(path).text).loads).split(", ")
    assert all(load.startswith(("/media/files/", "data:image/png")) for load in loads)
    for file in {load.split()[0] for load in loads if load.startswith("/")}:
        assert visitor.get(file).headers["content-type"] == "image/webp"


def test_a_listing_says_what_it_is(visitor: httpx2.Client, shown: Shown) -> None:
    shown.show(listing_view())
    text = unescape(visitor.get("/announcement/42").text)
    for word in (
        "Apartament de vânzare", "str. Salcâmilor 14", "94.500\u00a0€", "67,5\u00a0m²", "4 din 5",
        "Renovat", "Piață secundară", "1.400\u00a0€", "<p>Până la troleibuz",
    ):  # fmt: skip
        assert word in text
    assert "Tranzacție încheiată" not in text


@pytest.mark.parametrize(
    ("lat", "lng", "printed"),
    [
        (47.0412, 28.8601, "47.0412/28.8601"),
        (1e-09, -1e-09, "0/0"),
        (0.00001, -0.00001, "0.00001/-0.00001"),
        (-90, 180, "-90/180"),
    ],
)
def test_a_place_is_a_link_to_a_map(
    lat: float, lng: float, printed: str, visitor: httpx2.Client, shown: Shown
) -> None:
    """However small a coordinate is, it is written without an exponent."""
    form = {**FORM, "propertyCoordinates": {"lat": lat, "lng": lng}}
    shown.show(listing_view(listing=replace(LISTING, form=form)))
    north, _, east = printed.partition("/")
    [address] = re.findall(r"https://www.openstreetmap.org/[^\"]*", visitor.get(PAGES[0]).text)
    assert unescape(address).endswith(f"?mlat={north}&mlon={east}#map=17/{printed}")


def test_a_completed_listing_says_so(visitor: httpx2.Client, shown: Shown) -> None:
    shown.show(listing_view(listing=replace(LISTING, status="completed")))
    page = visitor.get("/announcement/42")
    assert "Tranzacție încheiată" in page.text
    assert linked(page)["offers"]["availability"] == "https://schema.org/SoldOut"


def test_a_rent_says_for_how_long(visitor: httpx2.Client, shown: Shown) -> None:
    form = {**FORM, "announcementType": "rent", "announcementPayPeriod": "month"}
    shown.show(listing_view(listing=replace(LISTING, form=form)))
    text = visitor.get("/announcement/42?locale=ru").text
    assert "в аренду" in text
    assert "в месяц" in text


def test_the_agent_is_on_the_card(visitor: httpx2.Client, shown: Shown) -> None:
    shown.show(listing_view())
    text = visitor.get("/announcement/42").text
    assert '<a href="/agents/7">Ana Munteanu</a>' in text
    for link in ("tel:+37360000107", "https://wa.me/37360000107", "https://t.me/+37360000107"):
        assert f'href="{link}"' in text
    assert 'href="viber://chat?number=%2B37360000107"' in text


@pytest.mark.parametrize(
    "agent", [None, replace(ANA, settings=SILENT), replace(ANA, status="inactive")]
)
def test_without_one_who_can_be_reached_the_agency_is(
    agent: Any, visitor: httpx2.Client, shown: Shown
) -> None:
    shown.show(listing_view(agent=agent))
    text = visitor.get("/announcement/42").text
    assert 'href="tel:+37322000101"' in text
    for word in ("Ana Munteanu", "/agents/7", "37360000107"):
        assert word not in text


def test_an_agent_who_cannot_be_reached_is_answered_for(
    visitor: httpx2.Client, shown: Shown
) -> None:
    shown.show(agent_view(user=replace(ANA, settings=SILENT)))
    page, card = visitor.get("/agents/7").text, visitor.get("/agents/7.vcf").text
    for text in (page, card):
        assert "Ana Munteanu" in text
        assert "tel:+37322000101" in text
        assert "60000107" not in text
        assert "600 00 107" not in text


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("ro", "Casa Nouă nu a indicat un număr de telefon."),
        ("ru", "Casa Nouă: номер телефона не указан."),
        ("en", "Casa Nouă has given no telephone number."),
    ],
)
def test_an_agency_without_a_number_says_so(
    locale: str, said: str, visitor: httpx2.Client, shown: Shown
) -> None:
    agency = replace(AGENCY, phone=None)
    silent = replace(ANA, settings=SILENT)
    shown.show(listing_view(agent=None, agency=agency), agent_view(user=silent, agency=agency))
    for path in PAGES:
        page = visitor.get(f"{path}?locale={locale}")
        assert said in page.text
        assert '<ul class="buttons">' not in page.text
        assert "tel:" not in page.text
        assert Outline(page.text).open == []
    card = visitor.get("/agents/7.vcf").text
    assert "ORG:Casa Nouă" in card
    assert "TEL" not in card


def test_who_can_be_reached_says_nothing_of_the_kind(visitor: httpx2.Client, shown: Shown) -> None:
    agency = replace(AGENCY, phone=None)
    shown.show(listing_view(agency=agency), agent_view(agency=agency))
    for path in PAGES:
        assert "nu a indicat" not in visitor.get(path).text


@pytest.mark.parametrize("status", get_args(ListingStatus))
def test_only_public_listings_are_there(
    status: ListingStatus, visitor: httpx2.Client, shown: Shown
) -> None:
    view = listing_view(listing=replace(LISTING, status=status))
    shown.show(view, agent_view(listings=(view,)))
    answer = visitor.get("/announcement/42")
    assert answer.status_code == (200 if status in PUBLIC_STATUSES else 404)
    assert ("/announcement/42" in visitor.get("/agents/7").text) == (status in PUBLIC_STATUSES)


def test_nothing_tells_why_a_page_is_not_there(visitor: httpx2.Client, shown: Shown) -> None:
    gone = replace(AGENCY, active=False)
    shown.show(listing_view(agency=gone), agent_view(agency=gone))
    paths = ("announcement/42", "announcement/1", "announcement/x", f"announcement/{'9' * 30}")
    agents = ("agents/7", "agents/8", "agents/7.vcf")
    answers = [visitor.get(f"/{path}") for path in (*paths, *agents)]
    shown.show(agent_view(user=replace(ANA, status="inactive")))
    answers += [visitor.get(f"/{path}") for path in agents]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert Outline(answers[0].text).tags.count("h1") == 1


@pytest.mark.parametrize(
    ("query", "header", "language", "word"),
    [
        ("", None, "ro", "de vânzare"),
        ("", "ru-MD, en;q=0.5", "ru", "на продажу"),
        ("", "de, en;q=0.5", "en", "for sale"),
        ("?locale=ru", "en", "ru", "на продажу"),
        ("?locale=de&utm_source=x", "en", "en", "for sale"),
    ],
)
def test_the_language_is_the_one_wished_for(
    query: str, header: str | None, language: str, word: str, visitor: httpx2.Client, shown: Shown
) -> None:
    shown.show(listing_view())
    answer = visitor.get(
        f"/announcement/42{query}", headers={"Accept-Language": header} if header else {}
    )
    assert f'<html lang="{language}">' in answer.text
    assert word in answer.text
    assert answer.headers["vary"] == "accept-language"


def test_without_a_wish_it_is_the_agencys(visitor: httpx2.Client, shown: Shown) -> None:
    shown.show(listing_view(agency=replace(AGENCY, locale="ru")))
    assert '<html lang="ru">' in visitor.get("/announcement/42").text


def test_a_chosen_language_is_kept_by_links(visitor: httpx2.Client, shown: Shown) -> None:
    shown.show(listing_view())
    assert 'href="/agents/7?locale=ru"' in visitor.get("/announcement/42?locale=ru").text


def test_a_description_in_another_language_says_so(visitor: httpx2.Client, shown: Shown) -> None:
    shown.show(agent_view())
    russian, english = (visitor.get(f"/agents/7?locale={locale}").text for locale in ("ru", "en"))
    assert "Двенадцать лет" in russian
    assert "Text in Romanian" in english
    assert '<div class="prose" lang="ro">' in english
    assert "Текст на" not in russian


def test_a_change_is_seen_by_the_next_visit(visitor: httpx2.Client, shown: Shown) -> None:
    shown.show(listing_view())
    first = visitor.get("/announcement/42")
    etag = {"If-None-Match": first.headers["etag"]}
    assert visitor.get("/announcement/42", headers=etag).status_code == 304
    phone = replace(ANA.phone, e164="+37360000199", international="+373 600 00 199")
    shown.show(listing_view(agent=replace(ANA, phone=phone, version=12)))
    second = visitor.get("/announcement/42", headers=etag)
    assert second.status_code == 200
    assert "+373 600 00 199" in second.text
    assert ANA.phone.international not in second.text
    shown.show(listing_view(agency=replace(AGENCY, name="Altă Casă")))
    assert "Altă Casă" in visitor.get("/announcement/42").text
    for said in ("Case la oraș.", "Case la țară."):
        shown.show(listing_view(agent=None, agency=replace(AGENCY, descriptions={"ro": said})))
        assert said in visitor.get("/announcement/42").text
    shown.show(listing_view(listing=replace(LISTING, status="hidden")))
    assert visitor.get("/announcement/42", headers=etag).status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize("path", [*PAGES, "/agents/7.vcf"])
def test_how_it_is_sent(path: str, visitor: httpx2.Client, drawn: Any) -> None:
    page, head = visitor.get(path), visitor.head(path)
    for answer in (page, head):
        assert answer.headers["cache-control"] == "public, no-cache"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert head.content == b""
    assert head.headers["content-length"] == str(len(page.content))
    assert head.headers["etag"] == page.headers["etag"]


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_a_page_may_run_no_script(path: str, visitor: httpx2.Client, drawn: Any) -> None:
    policy = visitor.get(path).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy


def test_the_stylesheet_need_never_be_asked_for_again(visitor: httpx2.Client, shown: Shown) -> None:
    shown.show(listing_view())
    found = re.search(r'<link rel="stylesheet" href="(.*?)">', visitor.get("/announcement/42").text)
    assert found
    style = visitor.get(found[1])
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert style.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "url(" not in style.text
    assert "@import" not in style.text
    assert visitor.get("/assets/other.css").status_code == 404


HOSTILE = "</script><script>alert(1)</script><!-- \"'&"


def test_what_is_written_into_fields_stays_text(visitor: httpx2.Client, shown: Shown) -> None:
    texts = {"announcementDescription": HOSTILE, "propertyAddress": HOSTILE}
    words = {"propertyVisualState": HOSTILE, "propertyQuantitySize": HOSTILE}
    agent = replace(ANA, name=HOSTILE, descriptions={"ro": HOSTILE})
    agency = replace(AGENCY, name=HOSTILE, descriptions={"ro": HOSTILE})
    view = listing_view(
        listing=replace(LISTING, form={**FORM, **texts, **words}), agent=agent, agency=agency
    )
    other = replace(view, listing=replace(view.listing, id=43), agent=None)
    shown.show(view, other, agent_view(user=agent, agency=agency, listings=(view,)))
    for path in (*PAGES, "/announcement/43"):
        page = visitor.get(path)
        assert page.text.count("<script") == 1
        assert "alert(1)</script>" not in page.text
        assert Outline(page.text).open == []
        assert HOSTILE in json.dumps(linked(page), ensure_ascii=False).replace('\\"', '"')


@pytest.mark.slow
def test_linked_data_names_the_agent(visitor: httpx2.Client, drawn: Any) -> None:
    agent = linked(visitor.get("/agents/7"))
    assert agent["@type"] == "RealEstateAgent"
    assert (agent["name"], agent["telephone"]) == ("Ana Munteanu", "+37360000107")
    assert agent["sameAs"] == [ANA.instagram, ANA.tiktok]
    listing = linked(visitor.get("/announcement/42"))
    assert listing["offers"]["price"] == 94500
    assert listing["offers"]["offeredBy"]["name"] == "Ana Munteanu"


def test_numbers_are_for_machines_in_linked_data(visitor: httpx2.Client, shown: Shown) -> None:
    """Telephones as E.164, whoever's they are, and a price without marks."""
    priced = replace(LISTING, form={**FORM, "announcementValue": 65500.5})
    for agent, number in ((ANA, "+37360000107"), (None, "+37322000101")):
        shown.show(listing_view(listing=priced, agent=agent))
        offer = linked(visitor.get(PAGES[0]))["offers"]
        assert (offer["offeredBy"]["telephone"], offer["price"]) == (number, 65500.5)
    hidden = replace(ANA, settings=replace(ANA.settings, contact_phone=False))
    shown.show(listing_view(agent=hidden))
    assert "telephone" not in linked(visitor.get(PAGES[0]))["offers"]["offeredBy"]


@pytest.mark.parametrize("form", [{}, {"propertyType": "parking"}, {"announcementValue": True}])
def test_what_is_not_filled_in_is_not_mentioned(
    form: dict[str, Any], visitor: httpx2.Client, shown: Shown
) -> None:
    shown.show(listing_view(listing=replace(LISTING, form=form), agent=None))
    page = visitor.get("/announcement/42")
    assert page.status_code == 200
    assert "None" not in page.text
    assert Outline(page.text).open == []
