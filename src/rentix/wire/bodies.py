"""The bodies that clients send, as types. Validation, OpenAPI and SDK read these."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

MAX_ID = 2**63 - 1
MAX_BODY_BYTES = 512 * 1024
MAX_OPERATIONS = 100

Id = Annotated[int, Meta(ge=1, le=MAX_ID, description="The portal's own id.")]
ExternalId = Annotated[
    str,
    Meta(min_length=1, max_length=255, description="The CRM's id: opaque, case-sensitive."),
]
Description = Annotated[str, Meta(min_length=1, max_length=5000)]
Handle = Annotated[
    str, Meta(min_length=1, max_length=2048, description="Handle, @handle, domain or URL.")
]
Url = Annotated[str, Meta(min_length=1, max_length=2048)]
Timestamp = Annotated[str, Meta(min_length=1, max_length=64, description="ISO 8601 with a zone.")]
Etag = Annotated[str, Meta(min_length=1, max_length=255)]


class SettingsBody(msgspec.Struct):
    """Contact channels, merged key by key. `posting_type` is the server's and ignored."""

    posting_type: Any = UNSET
    contact_phone: bool | UnsetType = UNSET
    contact_whatsapp: bool | UnsetType = UNSET
    contact_viber: bool | UnsetType = UNSET
    contact_telegram: bool | UnsetType = UNSET


class AvatarBody(msgspec.Struct):
    """Exactly one of `url` (imported in the background) and `id` (a media of the agency)."""

    url: Url | UnsetType = UNSET
    id: Id | UnsetType = UNSET
    refresh: bool | UnsetType = UNSET


class ProfileBody(msgspec.Struct, rename="camel", kw_only=True):
    """The profile fields of a submission. Absent keeps, null clears, a value sets."""

    name: Annotated[str, Meta(min_length=1, max_length=200)] | UnsetType = UNSET
    phone: Annotated[str, Meta(min_length=1, max_length=255)] | UnsetType = UNSET
    description: Description | dict[str, Description | None] | UnsetType | None = UNSET
    avatar: AvatarBody | UnsetType | None = UNSET
    instagram: Handle | UnsetType | None = UNSET
    youtube: Handle | UnsetType | None = UNSET
    tiktok: Handle | UnsetType | None = UNSET
    settings: SettingsBody | UnsetType = UNSET


class PutUserBody(ProfileBody, rename="camel", kw_only=True):
    """PUT /users: create or update one profile, by exactly one of `id` and `externalId`."""

    id: Id | UnsetType = UNSET
    external_id: ExternalId | UnsetType = UNSET
    mode: Literal["upsert", "create", "update", "fill"] | UnsetType = UNSET
    source_updated_at: Timestamp | UnsetType = UNSET
    if_match: Etag | UnsetType = UNSET
    reactivate: bool | UnsetType = UNSET


class LinkBody(msgspec.Struct, rename="camel", kw_only=True):
    """POST /users/:id/link."""

    external_id: ExternalId
    if_match: Etag | UnsetType = UNSET


class LinkOperationBody(LinkBody, rename="camel", kw_only=True):
    """`link` in a bulk."""

    id: Id


class UnlinkOperationBody(msgspec.Struct, rename="camel", kw_only=True):
    """`unlink` in a bulk: exactly one of `id` and `externalId`."""

    id: Id | UnsetType = UNSET
    external_id: ExternalId | UnsetType = UNSET
    if_match: Etag | UnsetType = UNSET


class BulkBody(msgspec.Struct, kw_only=True):
    """POST /users/bulk: 1 to 100 operations, in order; with `atomic` all or none."""

    operations: list[Any]
    atomic: bool | UnsetType = UNSET
