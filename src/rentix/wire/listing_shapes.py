"""The bodies that the portal answers with about listings, as types (contract 6)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from rentix.model import ListingStatus, Optimization
from rentix.operations import Note
from rentix.views import ChannelKind, ContactReason
from rentix.wire.shapes import (
    BulkShape,
    DryRun,
    Etag,
    FieldsShape,
    JobId,
    LinkShape,
    PublicUrl,
    Time,
    VariantShape,
)


class PutListingShape(msgspec.Struct, rename="camel", kw_only=True):
    """The answer to PUT /listings.

    `id` and `publicUrl` are null for a create that was not stored, and `etag` is `unstored` for any
    change that was not: no state ever has it.
    """

    id: int | None
    external_id: str | None
    status: ListingStatus
    public_url: PublicUrl | None
    created: bool | UnsetType = UNSET
    updated: bool | UnsetType = UNSET
    unchanged: bool | UnsetType = UNSET
    job_id: Annotated[
        JobId | None, Meta(description="Of the first photo to be imported; null without any.")
    ]
    etag: Etag
    warnings: tuple[Note, ...] | UnsetType = UNSET
    fields: FieldsShape | UnsetType = UNSET
    dry_run: DryRun | UnsetType = UNSET


class ListingLinkShape(LinkShape, rename="camel", kw_only=True):
    """The answer to POST and DELETE /listings/:id/link. Unlinking names the former external id."""


class ListingDeletedShape(msgspec.Struct, rename="camel", kw_only=True):
    """The listing is gone; its photos stay media."""

    id: int
    external_id: str | None
    deleted: Literal[True] = True
    warnings: tuple[Note, ...] | UnsetType = UNSET
    dry_run: DryRun | UnsetType = UNSET


class ListingBulkShape(BulkShape, rename="camel", kw_only=True):
    """The answer to POST /listings/bulk: one result an operation, in order."""


class ListingUserShape(msgspec.Struct, rename="camel", kw_only=True):
    """The agent whom a listing names."""

    id: int
    external_id: str | None
    name: str
    phone: str
    role: Literal["agent"] = "agent"


class ListingFileShape(msgspec.Struct, rename="camel", kw_only=True):
    """A photo. What comes of decoding it is null until it is ready."""

    id: int
    external_id: str | None
    content_type: Annotated[str | None, Meta(description="What was imported; variants are WebP.")]
    size: Annotated[str | None, Meta(description="Bytes of what was imported, as a string.")]
    optimization: Optimization
    variants: tuple[VariantShape, ...]


class ChannelShape(msgspec.Struct):
    """A way to reach somebody: a link to open."""

    kind: ChannelKind
    url: str


class ContactShape(msgspec.Struct, rename="camel", kw_only=True):
    """Whom a visitor sees, and why."""

    kind: Literal["agent", "agency"]
    reason: ContactReason
    name: str
    phone: Annotated[str | None, Meta(description="Null when there is none to be shown.")]
    channels: tuple[ChannelShape, ...]
    external_user_id: (
        Annotated[
            str,
            Meta(
                description="The external id that nobody has yet; there only when `reason` is "
                "`external_user_unknown`."
            ),
        ]
        | UnsetType
    ) = UNSET


class ListingShape(msgspec.Struct, rename="camel", kw_only=True):
    """One listing."""

    id: int
    external_id: str | None
    public_url: PublicUrl
    created_at: Time
    updated_at: Time
    last_synced_at: Time | None
    form_data: Annotated[
        dict[str, Any],
        Meta(
            description="`id`, `announcementStatus` and the form's fields that have a value, those "
            "that were kept as sent among them."
        ),
    ]
    user: ListingUserShape | None
    files: tuple[ListingFileShape, ...]
    contact: ContactShape
    etag: Etag


class ListingsShape(msgspec.Struct, rename="camel", kw_only=True):
    """GET /listings. `nextCursor` is null on the last page."""

    items: tuple[ListingShape, ...]
    next_cursor: str | UnsetType | None = UNSET
