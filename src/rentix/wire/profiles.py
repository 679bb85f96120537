"""What is stored, as the wire spells it: profiles, jobs, the agency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from rentix.model import LOCALES, Agency, Avatar, AvatarImport, Job, Optimization, User
from rentix.operations import AgencyOutcome
from rentix.wire.fates import VERBS, print_receipt, shown_etag
from rentix.wire.media import sized_variants
from rentix.wire.numbers import print_phone
from rentix.wire.shapes import (
    AgencyShape,
    AvatarImportShape,
    AvatarShape,
    JobResultShape,
    JobShape,
    JobStatus,
    LimitsShape,
    ProfileShape,
    PutAgencyShape,
    QuotaShape,
    SettingsShape,
    VariantShape,
)
from rentix.wire.stored import print_stored
from rentix.wire.times import print_time


def profile(
    user: User, locales: Sequence[str] = (), files_url: str = "", *, stored: bool = False
) -> ProfileShape:
    """A user's profile, its description in the first of `locales` that there is one in.

    `files_url` is what names of files are put behind; `stored` adds what a write is compared with.
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
        stored=print_stored(user) if stored else UNSET,
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


def agency(
    found: Agency,
    listings_this_month: int = 0,
    locales: Sequence[str] = (),
    files_url: str = "",
) -> AgencyShape:
    """The agency as its CRM sees it: as `profile` is printed."""
    return AgencyShape(**_agency_members(found, listings_this_month, locales, files_url))


def put_agency_answer(
    outcome: AgencyOutcome,
    listings_this_month: int = 0,
    locales: Sequence[str] = (),
    files_url: str = "",
    *,
    dry_run: bool = False,
    receipt: bool = False,
) -> PutAgencyShape:
    """The answer to PUT /agency."""
    members = _agency_members(outcome.agency, listings_this_month, locales, files_url)
    members |= VERBS[outcome.verb] | {"etag": shown_etag(outcome, stored=not dry_run)}
    return PutAgencyShape(
        **members,
        warnings=outcome.warnings or UNSET,
        fields=print_receipt(outcome.fates.receipt) if receipt and outcome.fates else UNSET,
        dry_run=dry_run or UNSET,
    )


def _agency_members(
    found: Agency, listings_this_month: int, locales: Sequence[str], files_url: str
) -> dict[str, Any]:
    return {
        "id": found.id,
        "name": found.name,
        "status": "active" if found.active else "suspended",
        "is_crm_enabled": found.crm_enabled,
        "limits": LimitsShape(QuotaShape(listings_this_month, found.monthly_listings)),
        "region": found.region,
        "default_locale": found.locale,
        "phone": found.phone and print_phone(found.phone),
        "description": choose_text(found.descriptions, locales or (found.locale,)),
        "descriptions": found.descriptions if len(found.descriptions) > 1 else UNSET,
        "logo": _avatar(found.logo, files_url) if found.logo else None,
        "etag": found.etag,
    }
