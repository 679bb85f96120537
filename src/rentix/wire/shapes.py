"""The bodies that the portal answers with, as types. OpenAPI and SDK read these."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from rentix.model import ListingStatus, Optimization, PhoneOrigin, Status, Use
from rentix.operations import Note

Time = Annotated[
    str,
    Meta(description="ISO 8601, UTC, milliseconds.", extra_json_schema={"format": "date-time"}),
]
Etag = Annotated[str, Meta(description="New after every effective change.")]
DryRun = Annotated[bool, Meta(description="There, and true, when nothing was stored on request.")]
JobId = Annotated[int, Meta(description="The background job that imports the picture.")]
PublicUrl = Annotated[str, Meta(description="The page that visitors see while it is public.")]
MediaId = Annotated[int, Meta(description="The picture, and the job that imports it.")]
JobStatus = Literal["pending", "processing", "completed", "failed", "failed_retryable"]


class FormShape(msgspec.Struct, rename={"sent": "from", "stored": "to"}):
    """A value as it was sent and as it is stored."""

    sent: str
    stored: str


class FieldsShape(msgspec.Struct):
    """Where every submitted field went, each exactly once (`?receipt=true`)."""

    applied: tuple[str, ...]
    unchanged: tuple[str, ...]
    normalised: dict[str, FormShape]
    ignored: dict[str, str]
    held: dict[str, str]


class PutShape(msgspec.Struct, rename="camel", kw_only=True):
    """The answer to PUT /users.

    `id` is null for a create that was not stored, and `etag` is `unstored` for any change that was
    not: no state ever has it.
    """

    id: int | None
    external_id: str | None
    created: bool | UnsetType = UNSET
    updated: bool | UnsetType = UNSET
    unchanged: bool | UnsetType = UNSET
    etag: Etag
    job_id: JobId | UnsetType = UNSET
    warnings: tuple[Note, ...] | UnsetType = UNSET
    fields: FieldsShape | UnsetType = UNSET
    dry_run: DryRun | UnsetType = UNSET


class LinkShape(msgspec.Struct, rename="camel", kw_only=True):
    """The answer to POST and DELETE /users/:id/link. Unlinking names the former external id."""

    id: int
    external_id: str | None
    linked: bool | UnsetType = UNSET
    unlinked: bool | UnsetType = UNSET
    warnings: tuple[Note, ...] | UnsetType = UNSET
    dry_run: DryRun | UnsetType = UNSET


class DetailShape(msgspec.Struct, rename="camel", kw_only=True):
    """One fault: a JSON pointer into the body (RFC 6901), or the parameter's name."""

    pointer: str
    code: str
    message: str
    parameter: str | UnsetType = UNSET
    user_id: int | UnsetType = UNSET
    media_id: int | UnsetType = UNSET
    listing_id: int | UnsetType = UNSET


class OperationErrorShape(msgspec.Struct, rename="camel", kw_only=True):
    """Why an operation of a bulk failed. `etag` is there with a 412 only."""

    status_code: int
    code: str
    message: str
    details: tuple[DetailShape, ...] | UnsetType = UNSET
    etag: Etag | UnsetType | None = UNSET


class ResultShape(msgspec.Struct, rename="camel", kw_only=True):
    """What one operation of a bulk came to."""

    index: int
    op: str | None
    success: bool
    id: int | UnsetType | None = UNSET
    external_id: str | UnsetType | None = UNSET
    created: bool | UnsetType = UNSET
    updated: bool | UnsetType = UNSET
    unchanged: bool | UnsetType = UNSET
    linked: bool | UnsetType = UNSET
    unlinked: bool | UnsetType = UNSET
    deleted: bool | UnsetType = UNSET
    deactivated: bool | UnsetType = UNSET
    moved_listings: int | UnsetType = UNSET
    media_id: MediaId | UnsetType | None = UNSET
    status: Optimization | ListingStatus | UnsetType = UNSET
    public_url: PublicUrl | UnsetType | None = UNSET
    etag: Etag | UnsetType = UNSET
    job_id: JobId | UnsetType | None = UNSET
    warnings: tuple[Note, ...] | UnsetType = UNSET
    fields: FieldsShape | UnsetType = UNSET
    error: OperationErrorShape | UnsetType = UNSET


class SummaryShape(msgspec.Struct):
    """How many operations a bulk had, and how they ended."""

    total: int
    succeeded: int
    failed: int


class BulkShape(msgspec.Struct, rename="camel", kw_only=True):
    """The answer to POST /users/bulk: one result an operation, in order."""

    results: tuple[ResultShape, ...]
    summary: SummaryShape
    warnings: tuple[Note, ...] | UnsetType = UNSET
    dry_run: DryRun | UnsetType = UNSET


class MediaBulkShape(BulkShape, rename="camel", kw_only=True):
    """The answer to POST /media/bulk: one result an operation, in order."""


class MediaQueuedShape(msgspec.Struct, rename="camel", kw_only=True):
    """A picture that is imported, or is there already. Without ids when it was a dry run."""

    media_id: MediaId | None
    status: Optimization
    external_id: str | None
    job_id: JobId | UnsetType = UNSET
    warnings: tuple[Note, ...] | UnsetType = UNSET
    dry_run: DryRun | UnsetType = UNSET


class UploadShape(msgspec.Struct, rename="camel", kw_only=True):
    """Where to PUT the bytes of a picture: both null when it is there already."""

    upload_url: str | None
    expires_at: Time | None
    media_id: MediaId | None
    job_id: JobId | UnsetType = UNSET
    warnings: tuple[Note, ...] | UnsetType = UNSET
    dry_run: DryRun | UnsetType = UNSET


class DeletedShape(msgspec.Struct, rename="camel", kw_only=True):
    """The picture is gone, from every profile as well."""

    deleted: Literal[True] = True
    warnings: tuple[Note, ...] | UnsetType = UNSET
    dry_run: DryRun | UnsetType = UNSET


class MediaLinkShape(LinkShape, rename="camel", kw_only=True):
    """The answer to POST and DELETE /media/:id/link. Unlinking names the former external id."""


class ErrorShape(msgspec.Struct, rename="camel", kw_only=True):
    """Every refusal (contract 3). `etag` is there with a 412 only."""

    status_code: int
    message: str | tuple[str, ...]
    error: str
    code: str
    request_id: str
    details: tuple[DetailShape, ...]
    etag: Etag | UnsetType | None = UNSET


class BulkErrorShape(ErrorShape, rename="camel", kw_only=True):
    """422: the results, and the members of an error beside them."""

    results: tuple[ResultShape, ...] | UnsetType = UNSET
    summary: SummaryShape | UnsetType = UNSET
    warnings: tuple[Note, ...] | UnsetType = UNSET
    dry_run: DryRun | UnsetType = UNSET


class ProblemShape(ErrorShape, rename="camel", kw_only=True):
    """The same content as RFC 9457 asks for it, to who accepts `application/problem+json`."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


class BulkProblemShape(BulkErrorShape, rename="camel", kw_only=True):
    """422 of a bulk as RFC 9457 asks for it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


class VariantShape(msgspec.Struct, rename="camel"):
    """One WebP size of a picture; `variantSize` is its longer side in pixels, as a string."""

    url: str
    variant_size: str


class AvatarShape(msgspec.Struct, rename="camel", kw_only=True):
    """The picture that visitors see."""

    id: int
    content_type: str
    variants: tuple[VariantShape, ...]
    optimization: Optimization
    blurhash: str | None


class SizedVariantShape(VariantShape, rename="camel", kw_only=True):
    """One size of a picture, and how many bytes it has."""

    size: int


class MediaShape(msgspec.Struct, rename="camel", kw_only=True):
    """A picture of the agency. What comes of decoding it is null until it is ready."""

    id: int
    external_id: str | None
    size: Annotated[int | None, Meta(description="Bytes of what was imported.")]
    content_type: Annotated[str | None, Meta(description="What was imported; variants are WebP.")]
    optimization: Optimization
    blurhash: str | None
    original_url: Annotated[str | None, Meta(description="Null for one that was uploaded.")]
    use: Annotated[Use, Meta(description="An `avatar` is cut to a square.")]
    variants: tuple[SizedVariantShape, ...]
    error: Annotated[
        str | UnsetType, Meta(description="There when the import failed: why, and what to do.")
    ] = UNSET


class AvatarImportShape(msgspec.Struct, rename="camel", kw_only=True):
    """A picture on its way; the old one is shown until it is ready."""

    job_id: JobId
    url: Annotated[str | None, Meta(description="Null for a media that was named by its id.")]
    status: Optimization
    error: str | UnsetType = UNSET


class SettingsShape(msgspec.Struct):
    """Contact channels. `posting_type` is the server's."""

    contact_phone: bool
    contact_whatsapp: bool
    contact_viber: bool
    contact_telegram: bool
    posting_type: Literal["agent"] = "agent"


class StoredShape(msgspec.Struct, rename="camel", kw_only=True):
    """What a write would be compared with, beside what a profile says (`?stored=true`).

    `phoneOrigin` is `registered` for a number that only the agent may change. `descriptions` are
    all texts, by locale. `avatarUrl` is what the picture was imported from, null for one that
    was named by its id. `leftBy` is null for who has not left.
    """

    phone: Annotated[str, Meta(description="E.164.")]
    phone_origin: PhoneOrigin
    descriptions: dict[str, str]
    avatar_url: str | None
    left_by: Literal["crm", "portal"] | None


class ProfileShape(msgspec.Struct, rename="camel", kw_only=True):
    """One agent's profile (contract 5)."""

    id: int
    external_id: str | None
    name: str
    phone: str
    description: str | None
    descriptions: dict[str, str] | UnsetType = UNSET
    avatar: AvatarShape | None
    avatar_import: AvatarImportShape | UnsetType = UNSET
    instagram: str | None
    youtube: str | None
    tiktok: str | None
    settings: SettingsShape
    status: Status
    etag: Etag
    created_at: Time
    updated_at: Time
    last_synced_at: Time | None
    stored: StoredShape | UnsetType = UNSET


class UsersShape(msgspec.Struct, rename="camel", kw_only=True):
    """GET /users. `nextCursor` is there when paging was asked for; null on the last page."""

    items: tuple[ProfileShape, ...]
    next_cursor: str | UnsetType | None = UNSET


class JobResultShape(msgspec.Struct, rename="camel", kw_only=True):
    """What came of an import."""

    media_id: MediaId
    variants: tuple[SizedVariantShape, ...]


class JobShape(msgspec.Struct, rename="camel", kw_only=True):
    """GET /job/status."""

    id: int
    type: str
    status: JobStatus
    queue_position: Annotated[
        int | None,
        Meta(description="Counts from 1; null once the job has begun, or before it is due."),
    ]
    created_at: Time
    result_data: JobResultShape | UnsetType = UNSET
    public_error_message: str | UnsetType = UNSET


class QuotaShape(msgspec.Struct):
    """A budget and how much of it is used."""

    used: int
    limit: int


class LimitsShape(msgspec.Struct, rename="camel"):
    """An agency's budgets."""

    monthly_listings: QuotaShape


class AgencyShape(msgspec.Struct, rename="camel", kw_only=True):
    """The agency: what visitors see of it, how its values are read, and its budgets."""

    id: int
    name: str
    status: Literal["active", "suspended"]
    is_crm_enabled: bool
    limits: LimitsShape
    region: str
    default_locale: str
    phone: Annotated[str | None, Meta(description="Shown where there is no agent to call.")]
    description: str | None
    descriptions: dict[str, str] | UnsetType = UNSET
    logo: AvatarShape | None
    etag: Etag


class PutAgencyShape(AgencyShape, rename="camel", kw_only=True):
    """The answer to PUT /agency: the agency as it is then."""

    updated: bool
    unchanged: bool | UnsetType = UNSET
    warnings: tuple[Note, ...] | UnsetType = UNSET
    fields: FieldsShape | UnsetType = UNSET
    dry_run: DryRun | UnsetType = UNSET
