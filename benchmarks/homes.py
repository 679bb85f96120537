"""The listings of the load: invented homes with bodies of some 1,000 bytes, each with a number.

As with agents (`benchmarks.profiles`), what the database begins with, what wrk sends and what
checks ask for is made here alone.
"""

from __future__ import annotations

import json
from typing import Any

from benchmarks.profiles import external_id as agent_of

PHOTOS = 3
PRICE_MIN, PRICE_MAX = 20_000, 900_000
_HOMES = 97  # a prime: the same listing differs from agency to agency
_DESCRIPTION_MIN = 480

_STREETS = ("Salcâmilor", "Teilor", "Nucarilor", "Viilor", "Cireșilor", "Plopilor", "Izvorului")
_QUARTERS = ("Botanica", "Râșcani", "Ciocana", "Buiucani", "Centru")
_STATES = ("renovated", "new", "needs-repair", "white-variant")
_SENTENCES = (
    "Ferestrele dau spre parc și spre curte, iar dimineața soarele intră în bucătărie.",
    "Blocul este din cărămidă, casa scării a fost reparată anul trecut.",
    "Încălzirea este autonomă; iarna trecută factura cea mai mare a fost de 1.400 de lei.",
    "Bucătăria rămâne cu mobilă și electrocasnice.",
    "Până la troleibuz sunt două minute pe jos, până la grădiniță cinci.",
    "Actele sunt în regulă, fără datorii și fără persoane înregistrate.",
    "Baia este nouă, cu încălzire în podea și loc pentru mașina de spălat.",
    "În curte sunt locuri de parcare și un teren de joacă.",
    "Vecinii sunt liniștiți, iar la parter nu sunt magazine.",
)


def listing(agency_id: int, number: int) -> dict[str, Any]:
    """What an agent's CRM sends of the listing with this number; both count from 1."""
    return {
        "externalId": listing_id(number),
        "announcementValue": price(agency_id, number),
        **_FORMS[_place(agency_id, number)],
        "externalUserId": agent_of(number),
        "files": [{"url": photo_url(agency_id, number, n + 1)} for n in range(PHOTOS)],
    }


def listing_id(number: int) -> str:
    """The CRM's id of a listing."""
    return f"listing-{number:06}"


def price(agency_id: int, number: int) -> int:
    """What it is listed for at first."""
    return PRICE_MIN + 500 * _place(agency_id, number)


def photo_url(agency_id: int, number: int, photo: int) -> str:
    """Where the portal would fetch a photo."""
    return f"https://photos.example/{agency_id}/{listing_id(number)}/{photo}.jpg"


def describe_words() -> list[str]:
    """Lines for load.lua: what a body has between its price and its agent."""
    bodies = (json.dumps(form, ensure_ascii=False, separators=(",", ":")) for form in _FORMS)
    return [f"listing\t{body[1:-1]}" for body in bodies]


def _place(agency_id: int, number: int) -> int:
    return ((agency_id - 1) * 100 + (number - 1) % 100) % _HOMES


def _invent(number: int) -> dict[str, Any]:
    rooms = 1 + number % 4
    quarter = _QUARTERS[number % len(_QUARTERS)]
    street = _STREETS[number % len(_STREETS)]
    floors = 5 + number % 5
    return {
        "announcementStatus": "active",
        "announcementType": "sale",
        "propertyType": "residential",
        "propertySecondaryType": "apartment",
        "announcementCurrency": "EUR",
        "announcementDescription": _describe(number, rooms, quarter),
        "propertyArea": 28.5 + 17 * rooms,
        "propertyFloorNumber": 1 + number % floors,
        "propertyFloorsTotal": floors,
        "propertyQuantitySize": "rooms",
        "propertyQuantitySizeValue": rooms,
        "propertyHousingMarket": "secondary",
        "propertyVisualState": _STATES[number % len(_STATES)],
        "propertyAddress": f"str. {street} {1 + number}, {quarter}, Chișinău",
        "propertyCoordinates": {"lat": 47 + number / 1000, "lng": 28.8 + number / 1000},
    }


def _describe(number: int, rooms: int, quarter: str) -> str:
    """A few sentences, others for each number."""
    text = f"Apartament luminos cu {rooms} odăi, în sectorul {quarter}."
    step = 1 + number % (len(_SENTENCES) - 1)
    while len(text) < _DESCRIPTION_MIN:
        text += " " + _SENTENCES[number % len(_SENTENCES)]
        number += step
    return text


_FORMS = [_invent(number) for number in range(_HOMES)]
