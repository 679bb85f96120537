"""The body that clients send about the agency, as types (contract 8)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from rentix.wire.bodies import MAX_ID, Description

AgencyEtag = Annotated[
    str,
    Meta(min_length=1, max_length=255, description="Write only if the agency's etag is this one."),
]


class LogoBody(msgspec.Struct):
    """A media of the agency."""

    id: Annotated[int, Meta(ge=1, le=MAX_ID)]


class PutAgencyBody(msgspec.Struct, rename="camel", kw_only=True):
    """What visitors see of the agency, and how its values are read.

    Absent keeps, null clears, a value sets.
    """

    name: (
        Annotated[str, Meta(min_length=1, max_length=200, description="As visitors see it.")]
        | UnsetType
    ) = UNSET
    phone: Annotated[
        Annotated[str, Meta(min_length=1, max_length=255)] | UnsetType | None,
        Meta(description="In any spelling; it is shown where there is no agent to call."),
    ] = UNSET
    logo: Annotated[LogoBody | UnsetType | None, Meta(description="A picture, by its id.")] = UNSET
    description: Annotated[
        Description | dict[str, Description | None] | UnsetType | None,
        Meta(description="A text in the default locale, or texts by locale: ro, ru, en."),
    ] = UNSET
    region: (
        Annotated[
            str,
            Meta(
                min_length=2,
                max_length=2,
                description="The country (ISO 3166) of numbers that don't name one.",
            ),
        ]
        | UnsetType
    ) = UNSET
    default_locale: Annotated[
        Literal["ro", "ru", "en"] | UnsetType,
        Meta(description="What a description that is one text is written in."),
    ] = UNSET
    if_match: AgencyEtag | UnsetType = UNSET
