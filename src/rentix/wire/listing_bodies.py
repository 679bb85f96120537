"""The bodies that clients send about listings, as types (contract 6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Literal, get_args

import msgspec
from msgspec import UNSET, Meta, UnsetType

from rentix.model import ListingStatus
from rentix.wire.bodies import MAX_ID, BulkBody, ExternalId, Id, LinkBody, SentMode, SourceTime, Url

DESCRIPTION_MIN, DESCRIPTION_MAX, DESCRIPTION_SENT_MAX = 40, 2000, 20_000
VALUE_MAX, AREA_MAX, NUMBER_MAX = 10**12, 10**9, 10**12
FLOOR_MIN, FLOOR_MAX = -5, 200
WORD_MAX, ADDRESS_MAX = 255, 500
FILES_MAX: Final = 20

AnnouncementType = Literal["rent", "sale"]
PropertyType = Literal["residential", "commercial", "parking"]
Currency = Literal["EUR", "USD", "MDL"]
PayPeriod = Literal["day", "week", "month", "year"]
SecondaryType = Literal[
    "apartment",
    "house",
    "room",
    "residential-land",
    "office",
    "trade",
    "warehouse",
    "production",
    "business",
    "commercial-land",
    "underground-parking",
    "open-parking",
    "garage",
    "covered-parking",
    "other",
]
STATUSES: Final[tuple[str, ...]] = get_args(ListingStatus)
OFFERED_STATUSES: Final = ("draft", "active", "hidden", "expired", "completed")
"""Those that a CRM brings about. The others are taken where they are what is so already."""

# A constraint is of one kind of number, so each is said twice.
_VALUE, _AREA = Meta(gt=0, le=VALUE_MAX), Meta(gt=0, le=AREA_MAX)
_QUANTITY, _LAT, _LNG = (
    Meta(ge=-NUMBER_MAX, le=NUMBER_MAX),
    Meta(ge=-90, le=90),
    Meta(ge=-180, le=180),
)
Value = Annotated[int, _VALUE] | Annotated[float, _VALUE]
Area = Annotated[int, _AREA] | Annotated[float, _AREA]
Quantity = (
    Annotated[str, Meta(min_length=1, max_length=WORD_MAX)]
    | Annotated[int, _QUANTITY]
    | Annotated[float, _QUANTITY]
)
ListingEtag = Annotated[
    str,
    Meta(min_length=1, max_length=255, description="Write only if the listing's etag is this one."),
]


class CoordinatesBody(msgspec.Struct):
    """A place on the map, in degrees (WGS 84)."""

    lat: Annotated[int, _LAT] | Annotated[float, _LAT]
    lng: Annotated[int, _LNG] | Annotated[float, _LNG]


class FileBody(msgspec.Struct, rename="camel"):
    """A photo: a `url` to import, or a media by exactly one of `id` and `externalFileId`.

    Beside a `url` the `externalFileId` names what is imported; one that is known is used as it is.
    """

    url: Url | UnsetType = UNSET
    id: Annotated[int, Meta(ge=1, le=MAX_ID, description="A media of the agency.")] | UnsetType = (
        UNSET
    )
    external_file_id: ExternalId | UnsetType = UNSET


class FormBody(msgspec.Struct, rename="camel", kw_only=True):
    """The form of a listing. Absent keeps, null clears, a value sets.

    Fields that are not among these are kept as sent, with a warning.
    """

    announcement_type: AnnouncementType | UnsetType | None = UNSET
    property_type: PropertyType | UnsetType | None = UNSET
    property_secondary_type: Annotated[
        SecondaryType | UnsetType | None,
        Meta(description="One of those of `propertyType`; `residential-land` is for sale only."),
    ] = UNSET
    announcement_value: Annotated[
        Value | UnsetType | None, Meta(description="The price, stored to two decimal places.")
    ] = UNSET
    announcement_currency: Currency | UnsetType | None = UNSET
    announcement_pay_period: Annotated[
        PayPeriod | UnsetType | None, Meta(description="What the price of a rent is paid for.")
    ] = UNSET
    announcement_description: Annotated[
        Annotated[str, Meta(min_length=1, max_length=DESCRIPTION_SENT_MAX)] | UnsetType | None,
        Meta(
            description=f"{DESCRIPTION_MIN} to {DESCRIPTION_MAX} characters, counted once HTML "
            "has become the plain text it says."
        ),
    ] = UNSET
    property_area: Annotated[
        Area | UnsetType | None, Meta(description="Square metres, to two decimal places.")
    ] = UNSET
    property_floor_number: Annotated[
        Annotated[int, Meta(ge=FLOOR_MIN, le=FLOOR_MAX)] | UnsetType | None,
        Meta(description="At most `propertyFloorsTotal`; 0 is the ground floor."),
    ] = UNSET
    property_floors_total: Annotated[int, Meta(ge=1, le=FLOOR_MAX)] | UnsetType | None = UNSET
    property_quantity_size: Quantity | UnsetType | None = UNSET
    property_quantity_size_value: Quantity | UnsetType | None = UNSET
    property_housing_market: Quantity | UnsetType | None = UNSET
    property_visual_state: Quantity | UnsetType | None = UNSET
    property_address: (
        Annotated[str, Meta(min_length=1, max_length=ADDRESS_MAX)] | UnsetType | None
    ) = UNSET
    property_coordinates: CoordinatesBody | UnsetType | None = UNSET


class PutListingBody(FormBody, rename="camel", kw_only=True):
    """Create or update one listing, by exactly one of `id` and `externalId`.

    Absent keeps, null clears, a value sets. A new listing is a draft unless it says otherwise.
    """

    id: Id | UnsetType = UNSET
    external_id: ExternalId | UnsetType = UNSET
    announcement_status: Annotated[
        ListingStatus | UnsetType,
        Meta(
            description="`active` needs at least 3 photos, and waits for them to be ready.",
            extra={"offered": OFFERED_STATUSES},
        ),
    ] = UNSET
    files: Annotated[
        Annotated[Sequence[FileBody], Meta(max_length=FILES_MAX)] | UnsetType | None,
        Meta(description="All photos, in the order in which they are shown."),
    ] = UNSET
    user_id: Annotated[
        Id | UnsetType | None, Meta(description="The agent; null detaches, and shows the agency.")
    ] = UNSET
    external_user_id: Annotated[
        ExternalId | UnsetType | None,
        Meta(description="The agent, who may come later: until then the agency is shown."),
    ] = UNSET
    mode: SentMode | UnsetType = UNSET
    source_updated_at: SourceTime | UnsetType = UNSET
    if_match: ListingEtag | UnsetType = UNSET


class ListingLinkBody(LinkBody, rename="camel", kw_only=True):
    """The external id to attach to a listing."""

    if_match: ListingEtag | UnsetType = UNSET


class ListingLinkOperationBody(ListingLinkBody, rename="camel", kw_only=True):
    """`link` in a bulk: attach an external id."""

    id: Id


class ListingNameBody(msgspec.Struct, rename="camel", kw_only=True):
    """`unlink` and `delete` in a bulk: a listing, by exactly one of `id` and `externalId`."""

    id: Id | UnsetType = UNSET
    external_id: ExternalId | UnsetType = UNSET
    if_match: ListingEtag | UnsetType = UNSET


class ListingBulkBody(BulkBody, kw_only=True):
    """1 to 100 operations on listings, in order, each on its own or, with `atomic`, all or none."""


LISTING_OPERATION_BODIES: dict[tuple[str, ...], type] = {
    ("upsert", "update"): PutListingBody,
    ("validate",): PutListingBody,
    ("link",): ListingLinkOperationBody,
    ("unlink",): ListingNameBody,
    ("delete",): ListingNameBody,
}
"""What stands beside `op` in an element of `operations` (see `bodies.OPERATION_BODIES`)."""

FORM: Final[tuple[tuple[str, str], ...]] = tuple(
    (field.encode_name, field.name) for field in msgspec.structs.fields(FormBody)
)
"""The form's fields: their names on the wire, in the order in which they are printed, and here."""
