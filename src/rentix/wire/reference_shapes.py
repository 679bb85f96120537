"""What the reference endpoints answer, as types (contract 6)."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

Number = int | float


class LimitShape(msgspec.Struct, rename="camel", kw_only=True, omit_defaults=True):
    """The bounds of a field: of a number, of a text in characters, or of a list in elements."""

    more_than: Number | UnsetType = UNSET
    minimum: Number | UnsetType = UNSET
    maximum: Number | UnsetType = UNSET
    decimals: int | UnsetType = UNSET
    min_length: int | UnsetType = UNSET
    max_length: int | UnsetType = UNSET
    max_items: int | UnsetType = UNSET


class RequirementShape(msgspec.Struct, rename="camel", kw_only=True):
    """What a listing must have in a status."""

    fields: tuple[str, ...]
    one_of: Annotated[tuple[str, ...], Meta(description="At least one of these.")]
    when_rent: Annotated[tuple[str, ...], Meta(description="These too, when it is for rent.")]
    photos: Annotated[int, Meta(description="How many at least.")]


class BaseSchemaShape(msgspec.Struct, rename="camel", kw_only=True):
    """What the fields of a listing's form may be."""

    enumerations: Annotated[
        dict[str, tuple[str, ...]], Meta(description="The words of each field that has such.")
    ]
    secondary_types: Annotated[
        dict[str, tuple[str, ...]],
        Meta(description="`propertySecondaryType` by `propertyType`."),
    ]
    sale_only: Annotated[
        tuple[str, ...], Meta(description="Secondary types that are not for rent.")
    ]
    required: Annotated[
        dict[str, RequirementShape],
        Meta(description="By `announcementStatus`; those that are absent require nothing."),
    ]
    limits: dict[str, LimitShape]


class CurrencyShape(msgspec.Struct):
    """`nominal` units of a currency are worth `rate` of the base currency."""

    code: str
    nominal: int
    rate: float


class CurrenciesShape(msgspec.Struct, rename="camel", kw_only=True):
    """The currencies whose rates are known."""

    base_currency: str
    currencies: tuple[CurrencyShape, ...]
