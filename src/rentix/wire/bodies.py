"""The bodies that clients send, as types. Validation, OpenAPI and SDK read these."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

MAX_ID = 2**63 - 1
MAX_BODY_BYTES = 512 * 1024
MAX_OPERATIONS = 100
UNDO_DAYS, UNDO_DAYS_MAX = 30, 365

Id = Annotated[int, Meta(ge=1, le=MAX_ID, description="The portal's own id.")]
ExternalId = Annotated[
    str,
    Meta(min_length=1, max_length=255, description="The CRM's id: opaque, case-sensitive."),
]
Description = Annotated[str, Meta(min_length=1, max_length=5000)]
Handle = Annotated[
    str, Meta(min_length=1, max_length=2048, description="Handle, @handle, domain or URL.")
]
Url = Annotated[
    str, Meta(min_length=1, max_length=2048, description="Where to import the picture from.")
]
Timestamp = Annotated[str, Meta(min_length=1, max_length=64, description="ISO 8601 with a zone.")]
Etag = Annotated[
    str,
    Meta(min_length=1, max_length=255, description="Write only if the user's etag is this one."),
]
SentMode = Annotated[
    Literal["upsert", "create", "update", "fill"],
    Meta(
        description="`upsert` if absent. `create`: 409 if known; `update`: 404 if unknown; "
        "`fill`: creates, else only fills empty fields."
    ),
]
SourceTime = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        description="When the CRM changed the record, ISO 8601 with a zone; "
        "409 if older than the one stored.",
    ),
]
Channel = Annotated[bool, Meta(description="Whether visitors are offered this channel.")]


class SettingsBody(msgspec.Struct):
    """Contact channels, merged key by key. `posting_type` is the server's and ignored."""

    posting_type: Annotated[Any, Meta(description="Set by the portal; one sent is ignored.")] = (
        UNSET
    )
    contact_phone: Channel | UnsetType = UNSET
    contact_whatsapp: Channel | UnsetType = UNSET
    contact_viber: Channel | UnsetType = UNSET
    contact_telegram: Channel | UnsetType = UNSET


class AvatarBody(msgspec.Struct):
    """Exactly one of `url` (imported in the background) and `id` (a media of the agency)."""

    url: Url | UnsetType = UNSET
    id: Annotated[int, Meta(ge=1, le=MAX_ID, description="A media of the agency.")] | UnsetType = (
        UNSET
    )
    refresh: (
        Annotated[bool, Meta(description="Import again, though the URL is the same.")] | UnsetType
    ) = UNSET


class ProfileBody(msgspec.Struct, rename="camel", kw_only=True):
    """The profile fields of a submission. Absent keeps, null clears, a value sets."""

    name: (
        Annotated[str, Meta(min_length=1, max_length=200, description="As visitors see it.")]
        | UnsetType
    ) = UNSET
    phone: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=255,
                description="In any spelling; of several numbers the first mobile one is taken.",
            ),
        ]
        | UnsetType
    ) = UNSET
    description: Annotated[
        Description | dict[str, Description | None] | UnsetType | None,
        Meta(description="A text in the agency's language, or texts by locale: ro, ru, en."),
    ] = UNSET
    avatar: AvatarBody | UnsetType | None = UNSET
    instagram: Handle | UnsetType | None = UNSET
    youtube: Handle | UnsetType | None = UNSET
    tiktok: Handle | UnsetType | None = UNSET
    settings: SettingsBody | UnsetType = UNSET


class PutUserBody(ProfileBody, rename="camel", kw_only=True):
    """Create or update one profile, by exactly one of `id` and `externalId`.

    Absent keeps, null clears, a value sets. A new user needs `name` and `phone`.
    """

    id: Id | UnsetType = UNSET
    external_id: ExternalId | UnsetType = UNSET
    mode: SentMode | UnsetType = UNSET
    source_updated_at: SourceTime | UnsetType = UNSET
    if_match: Etag | UnsetType = UNSET
    reactivate: (
        Annotated[bool, Meta(description="Also bring back a user whom a person deactivated.")]
        | UnsetType
    ) = UNSET


class LinkBody(msgspec.Struct, rename="camel", kw_only=True):
    """The external id to attach."""

    external_id: ExternalId
    if_match: Etag | UnsetType = UNSET


class LinkOperationBody(LinkBody, rename="camel", kw_only=True):
    """`link` in a bulk: attach an external id."""

    id: Id


class UnlinkOperationBody(msgspec.Struct, rename="camel", kw_only=True):
    """`unlink` in a bulk: detach the external id, by exactly one of `id` and `externalId`."""

    id: Id | UnsetType = UNSET
    external_id: ExternalId | UnsetType = UNSET
    if_match: Etag | UnsetType = UNSET


class DeactivateBody(msgspec.Struct, rename="camel", kw_only=True):
    """An agent leaves: who takes over the listings, and for how long a return brings them back.

    At most one of `successorUserId` and `successorExternalId`; without, the agency is shown.
    """

    successor_user_id: Id | UnsetType | None = UNSET
    successor_external_id: ExternalId | UnsetType | None = UNSET
    undo_days: Annotated[
        Annotated[int, Meta(ge=0, le=UNDO_DAYS_MAX)] | UnsetType,
        Meta(description=f"{UNDO_DAYS} if absent; with 0 a return brings nothing back."),
    ] = UNSET
    if_match: Etag | UnsetType = UNSET


class DeactivateOperationBody(DeactivateBody, rename="camel", kw_only=True):
    """`deactivate` in a bulk: an agent leaves, by exactly one of `id` and `externalId`."""

    id: Id | UnsetType = UNSET
    external_id: ExternalId | UnsetType = UNSET


class ReactivateBody(msgspec.Struct, rename="camel", kw_only=True):
    """An agent returns."""

    if_match: Etag | UnsetType = UNSET


class MediaLinkBody(msgspec.Struct, rename="camel", kw_only=True):
    """The external id to attach to a media."""

    external_id: ExternalId


Use = Annotated[
    Literal["avatar", "photo"] | UnsetType,
    Meta(
        description="`photo` if absent: fitted into its sizes whole. `avatar`: cut to a square "
        "around what draws attention."
    ),
]


class MediaImportBody(msgspec.Struct, rename="camel", kw_only=True):
    """A picture to import. One whose `externalId` is known is there already."""

    url: Url
    external_id: ExternalId | UnsetType = UNSET
    use: Use = UNSET


class UploadBody(msgspec.Struct, rename="camel", kw_only=True):
    """A picture whose bytes will be sent."""

    external_id: ExternalId | UnsetType = UNSET
    content_type: Annotated[
        Literal["image/jpeg", "image/png", "image/webp"] | UnsetType,
        Meta(description="What it will be. What it is, its bytes tell."),
    ] = UNSET
    use: Use = UNSET


class BulkBody(msgspec.Struct, kw_only=True):
    """1 to 100 operations, in order, each on its own or, with `atomic`, all or none."""

    operations: list[Any]
    atomic: (
        Annotated[bool, Meta(description="Store all operations or, if one fails, none.")]
        | UnsetType
    ) = UNSET


class MediaBulkBody(BulkBody, kw_only=True):
    """1 to 100 pictures to import, in order, each on its own or, with `atomic`, all or none."""


MEDIA_OPERATION_BODIES: dict[tuple[str, ...], type] = {("upload-from-url",): MediaImportBody}
OPERATION_BODIES: dict[tuple[str, ...], type] = {
    ("upsert", "update"): PutUserBody,
    ("validate",): PutUserBody,
    ("link",): LinkOperationBody,
    ("unlink",): UnlinkOperationBody,
    ("deactivate",): DeactivateOperationBody,
}
"""What stands beside `op` in an element of `operations`. Each is read by itself, so that a bad
one fails alone.
"""
