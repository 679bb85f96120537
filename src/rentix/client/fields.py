"""What writes take, as keyword arguments. Leave out what is to be kept; None clears (contract 1).

The names are those of the bodies in `rentix.wire`, in snake case; a test holds them together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, TypedDict

from rentix.model import ListingStatus, Status
from rentix.wire.listing_bodies import (
    AnnouncementType,
    Currency,
    PayPeriod,
    PropertyType,
    SecondaryType,
)

Locale = Literal["ro", "ru", "en"]
Mode = Literal["upsert", "create", "update", "fill"]
Use = Literal["avatar", "photo"]
PictureType = Literal["image/jpeg", "image/png", "image/webp"]
Moment = datetime | str
"""A `datetime` with a zone, or ISO 8601."""


class Options(TypedDict, total=False):
    """How a write is sent. Without an `idempotency_key` it gets a random one."""

    dry_run: bool
    idempotency_key: str
    run_id: str


class SentOnce(TypedDict, total=False):
    """How a DELETE is sent: no key protects it, so it is never sent again by itself."""

    dry_run: bool
    run_id: str


class PutOptions(Options, total=False):
    """How a PUT is sent; `receipt` asks what became of every field."""

    receipt: bool


class Channels(TypedDict, total=False):
    """Which ways to reach an agent are shown; those left out stay as they are."""

    contact_phone: bool
    contact_whatsapp: bool
    contact_viber: bool
    contact_telegram: bool


class Picture(TypedDict, total=False):
    """An avatar: a `url` to import, or the `id` of a media. `refresh` fetches the same URL anew."""

    url: str
    id: int
    refresh: bool


class Logo(TypedDict):
    """A media of the agency, by its id."""

    id: int


class Photo(TypedDict, total=False):
    """A photo of a listing: a `url` to import, or a media by `id` or `external_file_id`."""

    url: str
    id: int
    external_file_id: str


class Coordinates(TypedDict):
    """A place on the map, in degrees."""

    lat: float
    lng: float


class Steering(TypedDict, total=False):
    """What has to hold for a write, and how it treats what is there."""

    mode: Mode
    source_updated_at: Moment
    if_match: str


class UserFields(Steering, total=False):
    """An agent, by exactly one of `id` and `external_id`. A new one needs `name` and `phone`."""

    id: int
    external_id: str
    name: str
    phone: str
    description: str | Mapping[str, str | None] | None
    avatar: Picture | None
    instagram: str | None
    youtube: str | None
    tiktok: str | None
    settings: Channels
    reactivate: bool


class UserPut(UserFields, PutOptions, total=False):
    """What `users.put` takes."""


class UserFilters(TypedDict, total=False):
    """Which agents a list has; all that is given must hold. `phone` may be in any spelling."""

    search: str
    phone: str
    linked: bool
    status: Status
    updated_since: Moment
    locale: Locale


class Leaving(TypedDict, total=False):
    """Who takes over the listings of an agent, and for how many days a return undoes that."""

    successor_user_id: int | None
    successor_external_id: str | None
    undo_days: int


class LeavingOptions(Leaving, Options, total=False):
    """What `users.deactivate` takes."""

    if_match: str


class ListingFields(Steering, total=False):
    """A listing, by exactly one of `id` and `external_id`.

    `extra` are fields of the form that the contract doesn't name, kept as sent.
    """

    id: int
    external_id: str
    announcement_type: AnnouncementType | None
    announcement_status: ListingStatus
    announcement_value: float | None
    announcement_currency: Currency | None
    announcement_pay_period: PayPeriod | None
    announcement_description: str | None
    property_type: PropertyType | None
    property_secondary_type: SecondaryType | None
    property_area: float | None
    property_floor_number: int | None
    property_floors_total: int | None
    property_quantity_size: float | str | None
    property_quantity_size_value: float | str | None
    property_housing_market: float | str | None
    property_visual_state: float | str | None
    property_address: str | None
    property_coordinates: Coordinates | None
    files: Sequence[Photo] | None
    user_id: int | None
    external_user_id: str | None
    extra: Mapping[str, object]


class ListingPut(ListingFields, PutOptions, total=False):
    """What `listings.put` takes."""


class ListingFilters(TypedDict, total=False):
    """Which listings a list has; `user_id` is the agent whom they show."""

    user_id: int
    status: ListingStatus


class MediaFields(TypedDict, total=False):
    """What a picture is called at your side, and whether it is cut to a square."""

    external_id: str
    use: Use


class MediaImport(MediaFields, Options, total=False):
    """What `media.import_from_url` takes beside the URL."""


class UploadFields(MediaFields, total=False):
    """A picture whose bytes will be sent."""

    content_type: PictureType


class UploadOptions(UploadFields, Options, total=False):
    """What `media.begin_upload` takes."""


class UploadSent(UploadFields, total=False):
    """What `media.upload` takes beside the bytes."""

    idempotency_key: str
    run_id: str


class AgencyPut(PutOptions, total=False):
    """What `agency.put` takes."""

    name: str
    phone: str | None
    logo: Logo | None
    description: str | Mapping[str, str | None] | None
    region: str
    default_locale: Locale
    if_match: str
    locale: Locale


class BulkOptions(PutOptions, total=False):
    """How a bulk is sent. `atomic`: all or none, in one request or not at all."""

    atomic: bool


class MediaBulkOptions(Options, total=False):
    """How a bulk of pictures is sent."""

    atomic: bool
