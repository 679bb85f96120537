"""A listing in words: its title, price and facts, in the language of the page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TypeGuard

import msgspec

from rentix.model import Listing
from rentix.public.numbers import print_area, print_number, print_price
from rentix.public.texts import TEXTS, WORDS

_SHOWN_WORD = 60
_COUNTED = ("rooms", "bedrooms", "places")


class Fact(msgspec.Struct, frozen=True):
    """A line of a listing's facts. One that is `plain` needs no label to be understood."""

    label: str
    text: str
    plain: bool = False


def headline(listing: Listing, locale: str) -> str:
    """What is offered: Apartament de vânzare."""
    form, texts = listing.form, TEXTS[locale]
    kind, subtype = form.get("propertyType"), form.get("propertySecondaryType")
    offered = texts.get(f"{kind}.{subtype}") or texts.get(str(kind)) or texts["property"]
    deal = form.get("announcementType")
    return f"{offered} {texts[deal]}" if deal in ("rent", "sale") else offered


def address_of(listing: Listing) -> str | None:
    """Where it is, in one line."""
    address = listing.form.get("propertyAddress")
    return address if isinstance(address, str) else None


def place_of(listing: Listing) -> tuple[float, float] | None:
    """Latitude and longitude."""
    place = listing.form.get("propertyCoordinates")
    if isinstance(place, dict) and _is_number(place.get("lat")) and _is_number(place.get("lng")):
        return place["lat"], place["lng"]
    return None


def price_of(listing: Listing, locale: str) -> str | None:
    """What it costs: 65.000 €."""
    value, currency = (listing.form.get(f"announcement{name}") for name in ("Value", "Currency"))
    if not _is_number(value) or not isinstance(currency, str):
        return None
    return print_price(value, currency, locale)


def period_of(listing: Listing, locale: str) -> str | None:
    """What the price of a rent is for: pe lună."""
    period = listing.form.get("announcementPayPeriod")
    is_rent = listing.form.get("announcementType") == "rent"
    return TEXTS[locale].get(period) if is_rent and isinstance(period, str) else None


def facts_of(listing: Listing, locale: str) -> tuple[Fact, ...]:
    """What is to be known at a glance; fields that are not filled in are not mentioned."""
    return tuple(_facts(listing.form, locale))


def _facts(form: dict[str, Any], locale: str) -> Iterator[Fact]:
    texts = TEXTS[locale]
    area = form.get("propertyArea")
    if _is_number(area):
        yield Fact(texts["area"], print_area(area, locale), plain=True)
    yield from _layout(form, locale)
    yield from _floor(form, locale)
    for name, label in (("HousingMarket", "market"), ("VisualState", "state")):
        value = form.get(f"property{name}")
        if value is not None:
            yield Fact(texts[label], _word(value, locale))
    value, currency = form.get("announcementValue"), form.get("announcementCurrency")
    if _is_number(area) and _is_number(value) and form.get("announcementType") == "sale":
        yield Fact(texts["per_area"], print_price(round(value / area), str(currency or ""), locale))


def _layout(form: dict[str, Any], locale: str) -> Iterator[Fact]:
    """`propertyQuantitySize` is how many rooms, or what `…Value` counts, or a word for itself."""
    texts = TEXTS[locale]
    size, count = form.get("propertyQuantitySize"), form.get("propertyQuantitySizeValue")
    if size is None:
        size, count = count, None
    if size is None:
        return
    if count is None and (_is_number(size) or str(size).isdecimal()):
        yield Fact(WORDS[locale]["rooms"], _word(size, locale))
    elif count is not None and size in _COUNTED:
        yield Fact(WORDS[locale][size], _word(count, locale))
    else:
        words = [_word(value, locale) for value in (size, count) if value is not None]
        yield Fact(texts["layout"], ", ".join(words))


def _floor(form: dict[str, Any], locale: str) -> Iterator[Fact]:
    texts = TEXTS[locale]
    floor, floors = form.get("propertyFloorNumber"), form.get("propertyFloorsTotal")
    if floor is not None:
        shown = texts["ground"] if floor == 0 else str(floor)
        if floors is not None:
            shown = texts["floor_of"].format(floor=shown, floors=floors)
        yield Fact(texts["floor"], shown)
    elif floors is not None:
        yield Fact(texts["floors"], str(floors))


def _word(value: object, locale: str) -> str:
    """A value that CRMs choose the words of: those that are known in the page's language."""
    if _is_number(value):
        return print_number(value, locale)
    sent = str(value)
    known = WORDS[locale].get(sent.strip().lower().replace("_", "-").replace(" ", "-"))
    if known:
        return known
    plain = " ".join(sent.replace("_", " ").split())[:_SHOWN_WORD]
    return plain[:1].upper() + plain[1:]


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def paragraphs(text: str | None) -> tuple[tuple[str, ...], ...]:
    """A description as paragraphs of lines: an empty line parts them."""
    if not isinstance(text, str):
        return ()
    parts = (part.strip() for part in text.split("\n\n"))
    return tuple(tuple(part.splitlines()) for part in parts if part)


def print_date(at_ms: int) -> str:
    """A day, as all three languages can read it: 28.11.2026."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%d.%m.%Y")


def print_day(at_ms: int) -> str:
    """A day for machines: 2026-11-28."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d")
