"""What a CRM may look up: how a listing's form is filled in, and rates of currencies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, get_args

from rentix.rules.listing_form import (
    COMPLETE_STATUSES,
    PHOTOS_MIN,
    PLACES,
    REQUIRED,
    REQUIRED_FOR_RENT,
    SALE_ONLY,
    SUBTYPES,
)
from rentix.wire.listing_bodies import (
    ADDRESS_MAX,
    AREA_MAX,
    DESCRIPTION_MAX,
    DESCRIPTION_MIN,
    FILES_MAX,
    FLOOR_MAX,
    FLOOR_MIN,
    STATUSES,
    VALUE_MAX,
    AnnouncementType,
    Currency,
    PayPeriod,
    PropertyType,
)
from rentix.wire.reference_shapes import (
    BaseSchemaShape,
    CurrenciesShape,
    CurrencyShape,
    LimitShape,
    RequirementShape,
)

BASE_CURRENCY: Final = "EUR"


def base_schema() -> BaseSchemaShape:
    """The words, subtypes, required fields and limits of a listing's form."""
    return BaseSchemaShape(
        enumerations={
            "announcementType": get_args(AnnouncementType),
            "propertyType": get_args(PropertyType),
            "announcementCurrency": get_args(Currency),
            "announcementPayPeriod": get_args(PayPeriod),
            "announcementStatus": STATUSES,
        },
        secondary_types=SUBTYPES,
        sale_only=SALE_ONLY,
        required={status: _requirement(status) for status in COMPLETE_STATUSES},
        limits={
            "announcementValue": LimitShape(more_than=0, maximum=VALUE_MAX, decimals=2),
            "announcementDescription": LimitShape(
                min_length=DESCRIPTION_MIN, max_length=DESCRIPTION_MAX
            ),
            "propertyArea": LimitShape(more_than=0, maximum=AREA_MAX, decimals=2),
            "propertyFloorNumber": LimitShape(minimum=FLOOR_MIN, maximum=FLOOR_MAX),
            "propertyFloorsTotal": LimitShape(minimum=1, maximum=FLOOR_MAX),
            "propertyAddress": LimitShape(min_length=1, max_length=ADDRESS_MAX),
            "files": LimitShape(max_items=FILES_MAX),
        },
    )


def _requirement(status: str) -> RequirementShape:
    return RequirementShape(
        fields=REQUIRED,
        one_of=PLACES,
        when_rent=REQUIRED_FOR_RENT,
        photos=PHOTOS_MIN if status in ("pending_active", "active") else 0,
    )


def currencies(rates: Mapping[str, float]) -> CurrenciesShape:
    """The base currency, and those that `rates` says the worth of one unit of."""
    known = {BASE_CURRENCY: 1.0, **rates}
    return CurrenciesShape(
        base_currency=BASE_CURRENCY,
        currencies=tuple(
            CurrencyShape(code, 1, known[code]) for code in get_args(Currency) if code in known
        ),
    )
