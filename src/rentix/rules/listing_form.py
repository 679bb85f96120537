"""What a listing's form must be, whoever sent which part of it (contract 6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from rentix.errors import Code, Fault
from rentix.model import ListingStatus
from rentix.wire.listing_bodies import FORM

SUBTYPES: Final[dict[str, tuple[str, ...]]] = {
    "residential": ("apartment", "house", "room", "residential-land", "other"),
    "commercial": (
        "office",
        "trade",
        "warehouse",
        "production",
        "business",
        "commercial-land",
        "other",
    ),
    "parking": ("underground-parking", "open-parking", "garage", "covered-parking", "other"),
}
SALE_ONLY: Final = ("residential-land",)
COMPLETE_STATUSES: Final[tuple[ListingStatus, ...]] = (
    "pending_active",
    "active",
    "expired",
    "completed",
)
"""Those in which nothing that is required may be missing; `pending_active` becomes `active`."""

REQUIRED: Final = (
    "announcementType",
    "propertyType",
    "propertySecondaryType",
    "announcementValue",
    "announcementCurrency",
)
PLACES: Final = ("propertyAddress", "propertyCoordinates")
REQUIRED_FOR_RENT: Final = ("announcementPayPeriod",)
_REQUIRED_OF_RENT: Final = REQUIRED + REQUIRED_FOR_RENT
PHOTOS_MIN: Final = 3
KEPT_MAX: Final = 50
KEPT_TOTAL_MAX: Final = 32_000
"""So many bytes of JSON a listing keeps in fields that are not the contract's, names and all."""

_NAMES: Final = frozenset(name for name, _ in FORM)


def check_form(form: dict[str, Any], status: ListingStatus) -> list[Fault]:
    """Every fault of a form, whole as it would be stored, of a listing in `status`."""
    return [*contradictions(form), *_surplus(form), *_missing(form, status)]


def contradictions(form: dict[str, Any]) -> Iterator[Fault]:
    """Fields that do not go together, as far as both are there."""
    kind, subtype = form.get("propertyType"), form.get("propertySecondaryType")
    if kind is not None and subtype is not None and subtype not in SUBTYPES[kind]:
        allowed = ", ".join(SUBTYPES[kind])
        message = f"propertySecondaryType must be one of: {allowed}; propertyType is {kind}"
        yield Fault(Code.NOT_ONE_OF, message, ("propertySecondaryType",))
    if subtype in SALE_ONLY and form.get("announcementType") == "rent":
        message = f"announcementType must be one of: sale; propertySecondaryType is {subtype}"
        yield Fault(Code.NOT_ONE_OF, message, ("announcementType",))
    floor, floors = form.get("propertyFloorNumber"), form.get("propertyFloorsTotal")
    if floor is not None and floors is not None and floor > floors:
        message = f"propertyFloorNumber must be at most propertyFloorsTotal, which is {floors}"
        yield Fault(Code.OUT_OF_RANGE, message, ("propertyFloorNumber",))


def _surplus(form: dict[str, Any]) -> Iterator[Fault]:
    if form.keys() <= _NAMES:
        return
    kept = [name for name, value in form.items() if name not in _NAMES and value is not None]
    for name in kept[KEPT_MAX:]:
        message = (
            f"{name} is one field too many: a listing keeps {KEPT_MAX} that are not the "
            f"contract's; clear another one with null"
        )
        yield Fault(Code.OUT_OF_RANGE, message, (name,))
    total = 0
    for name in kept[:KEPT_MAX]:
        total += len(msgspec.json.encode({name: form[name]}))
        if total > KEPT_TOTAL_MAX:
            message = (
                f"{name} is too much: a listing keeps {KEPT_TOTAL_MAX} bytes of JSON in fields "
                f"that are not the contract's; shorten it, or clear another one with null"
            )
            yield Fault(Code.TOO_LONG, message, (name,))
            return


def _missing(form: dict[str, Any], status: ListingStatus) -> Iterator[Fault]:
    if status not in COMPLETE_STATUSES:
        return
    rent = form.get("announcementType") == "rent"
    for name in _REQUIRED_OF_RENT if rent else REQUIRED:
        if form.get(name) is None:
            why = " and rent" if name in REQUIRED_FOR_RENT else ""
            yield Fault(Code.REQUIRED, f"{name} is required for status {status}{why}", (name,))
    if form.get(PLACES[0]) is None and form.get(PLACES[1]) is None:
        message = f"{' or '.join(PLACES)} is required for status {status}"
        yield Fault(Code.REQUIRED, message, (PLACES[0],))
