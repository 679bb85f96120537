"""What is stored, as the wire spells it: profiles, jobs, the agency."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET

from rentix.model import LOCALES, Agency, Avatar, AvatarImport, Job, Optimization, User
from rentix.wire.media import sized_variants
from rentix.wire.shapes import (
    AgencyShape,
    AvatarImportShape,
    AvatarShape,
    JobResultShape,
    JobShape,
    JobStatus,
    LimitsShape,
    ProfileShape,
    QuotaShape,
    SettingsShape,
    VariantShape,
)
from rentix.wire.times import print_time


def profile(user: User, locales: Sequence[str] = (), files_url: str = "") -> ProfileShape:
    """A user's profile, its description in the first of `locales` that there is one in.

    `files_url` is what names of files are put behind.
    """
    coming = user.avatar_import
    settings = user.settings
    return ProfileShape(
        id=user.id,
        external_id=user.external_id,
        name=user.name,
        phone=user.phone.international,
        description=choose_text(user.descriptions, locales),
        descriptions=user.descriptions if len(user.descriptions) > 1 else UNSET,
        avatar=_avatar(user.avatar, files_url) if user.avatar else None,
        avatar_import=_coming(coming) if coming else UNSET,
        instagram=user.instagram,
        youtube=user.youtube,
        tiktok=user.tiktok,
        settings=SettingsShape(
            settings.contact_phone,
            settings.contact_whatsapp,
            settings.contact_viber,
            settings.contact_telegram,
        ),
        status=user.status,
        etag=user.etag,
        created_at=print_time(user.created_ms),
        updated_at=print_time(user.updated_ms),
        last_synced_at=None if user.synced_ms is None else print_time(user.synced_ms),
    )


def _coming(coming: AvatarImport) -> AvatarImportShape:
    return AvatarImportShape(
        job_id=coming.id,
        url=coming.url,
        status=coming.status,
        error=UNSET if coming.error is None else coming.error,
    )


def _avatar(avatar: Avatar, files_url: str) -> AvatarShape:
    return AvatarShape(
        id=avatar.id,
        content_type=avatar.content_type,
        variants=tuple(VariantShape(files_url + v.file, v.size) for v in avatar.variants),
        optimization=avatar.optimization,
        blurhash=avatar.blurhash,
    )


def choose_text(texts: dict[str, str], locales: Sequence[str]) -> str | None:
    """The text in the first wished locale that there is one in, else ro, ru, en, any."""
    for locale in (*locales, *LOCALES, *texts):
        if locale in texts:
            return texts[locale]
    return None


_JOB_STATUSES: dict[Optimization, JobStatus] = {
    "pending": "pending",
    "processing": "processing",
    "success": "completed",
    "failed": "failed",
}


def job(found: Job, files_url: str = "") -> JobShape:
    """A background job; `queuePosition` counts from 1 and is null for one that is not due."""
    retried = found.status == "pending" and found.error is not None
    return JobShape(
        id=found.id,
        type=found.type,
        status="failed_retryable" if retried else _JOB_STATUSES[found.status],
        queue_position=None if found.ahead is None else found.ahead + 1,
        created_at=print_time(found.created_ms),
        result_data=_result(found, files_url) if found.status == "success" else UNSET,
        public_error_message=UNSET if found.error is None else found.error,
    )


def _result(found: Job, files_url: str) -> JobResultShape:
    return JobResultShape(media_id=found.id, variants=sized_variants(found.variants, files_url))


def agency(found: Agency, listings_this_month: int = 0) -> AgencyShape:
    """The agency as its CRM sees it."""
    return AgencyShape(
        id=found.id,
        name=found.name,
        status="active" if found.active else "suspended",
        is_crm_enabled=found.crm_enabled,
        limits=LimitsShape(QuotaShape(listings_this_month, found.monthly_listings)),
        region=found.region,
        default_locale=found.locale,
    )
