"""Listings for the demo and the sandbox: homes that do not exist, with photos drawn for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

_FLAT: Final = {
    "announcementType": "sale",
    "propertyType": "residential",
    "propertySecondaryType": "apartment",
    "announcementCurrency": "EUR",
    "propertyQuantitySize": "rooms",
    "propertyHousingMarket": "secondary",
    "propertyVisualState": "renovated",
}
_RENT: Final = {"announcementType": "rent", "announcementPayPeriod": "month"}
_INSIDE: Final = ("room", "kitchen", "bedroom")
_SUNNY: Final = (
    "Apartament luminos, cu ferestre spre curte și spre parc. Blocul este din cărămidă, iar casa "
    "scării a fost reparată anul trecut.\n\nBucătăria rămâne cu mobilă. Până la troleibuz sunt "
    "două minute pe jos."
)
_QUIET: Final = (
    "Apartament la parter înalt, cu intrare separată și debara. Ferestrele dau spre teii din "
    "fața casei.\n\nPiața și gara sunt la zece minute pe jos."
)
_SMALL: Final = (
    "Garsonieră caldă, aproape de lac, cu tot ce trebuie pentru două persoane. Se închiriază pe "
    "cel puțin un an, fără comision."
)
_GARDEN: Final = (
    "Casă cu grădină, pe o stradă liniștită. Acoperișul este nou, încălzirea este autonomă, iar "
    "din dormitor se văd dealurile."
)

UNNAMED: Final = "demo-4"
"""The sample listing that names no agent."""

FLAT: Final[dict[str, Any]] = {
    **_FLAT,
    "announcementValue": 74000,
    "announcementDescription": _SUNNY,
    "propertyAddress": "Chișinău, str. Ismail 12",
    "propertyArea": 61.5,
    "propertyFloorNumber": 3,
    "propertyFloorsTotal": 4,
    "propertyQuantitySizeValue": 2,
}
"""A flat for sale."""

_OTHERS: Final[tuple[tuple[dict[str, Any], tuple[str, ...]], ...]] = (
    (
        {
            **_FLAT,
            "propertySecondaryType": "house",
            "announcementValue": 186000,
            "announcementDescription": _GARDEN,
            "propertyAddress": "Durlești, str. Livezii 22",
            "propertyArea": 148,
            "propertyFloorsTotal": 1,
            "propertyQuantitySizeValue": 5,
        },
        ("house", *_INSIDE),
    ),
    (
        {
            **_FLAT,
            **_RENT,
            "announcementValue": 420,
            "announcementDescription": _SMALL,
            "propertyAddress": "Chișinău, bd. Stejarilor 3",
            "propertyArea": 41,
            "propertyFloorNumber": 0,
            "propertyFloorsTotal": 4,
            "propertyQuantitySizeValue": 1,
        },
        ("bedroom", "kitchen", "block"),
    ),
    (
        {
            **_FLAT,
            "announcementValue": 38500,
            "announcementDescription": _QUIET,
            "propertyAddress": "Bălți, str. Morii 7",
            "propertyArea": 47,
            "propertyFloorNumber": 1,
            "propertyFloorsTotal": 4,
            "propertyQuantitySizeValue": 1,
        },
        ("block", *_INSIDE),
    ),
)


def photos(place: str, scenes: Sequence[str], number: int, name: str) -> list[dict[str, str]]:
    """Photos of a home, drawn by the server at `place` in the colours of its number."""
    return [
        {"url": f"http://{place}/{scene}-{number}.png", "externalFileId": f"{name}-{scene}"}
        for scene in scenes
    ]


def sample_homes(place: str, agents: Sequence[str]) -> list[dict[str, Any]]:
    """Listings as a CRM sends them (PUT /listings), of these agents: their external ids.

    Two are of the first agent, one is of the second, and the last is nobody's.
    """
    first, second = agents[0], agents[-1]
    homes = ((FLAT, ("block", *_INSIDE)), *_OTHERS)
    whose = zip(homes, (first, first, second, None), strict=True)
    return [
        {
            **form,
            "externalId": f"demo-{number}",
            "announcementStatus": "active",
            "files": photos(place, scenes, number, f"demo-{number}"),
            **({"externalUserId": agent} if agent else {}),
        }
        for number, ((form, scenes), agent) in enumerate(whose, start=1)
    ]
