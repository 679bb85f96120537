"""Media, and what operations on them come to, as the wire spells them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from rentix.model import Media, Variant
from rentix.operations import MediaOutcome
from rentix.wire.shapes import (
    DeletedShape,
    MediaLinkShape,
    MediaQueuedShape,
    MediaShape,
    SizedVariantShape,
    UploadShape,
)
from rentix.wire.times import print_time


def media(found: Media, files_url: str) -> MediaShape:
    """A media; `files_url` is what names of files are put behind."""
    picture = found.picture
    return MediaShape(
        id=found.id,
        external_id=found.external_id,
        size=picture.size_bytes if picture else None,
        content_type=picture.content_type if picture else None,
        optimization=found.status,
        blurhash=picture.blurhash if picture else None,
        original_url=found.url,
        use=found.use,
        variants=sized_variants(picture.variants if picture else (), files_url),
        error=found.error if found.status == "failed" and found.error else UNSET,
    )


def sized_variants(variants: Sequence[Variant], files_url: str) -> tuple[SizedVariantShape, ...]:
    """The sizes of a picture, and how many bytes each has."""
    return tuple(
        SizedVariantShape(url=files_url + v.file, variant_size=v.size, size=v.bytes)
        for v in variants
    )


def queued_members(outcome: MediaOutcome, *, stored: bool) -> dict[str, Any]:
    """What POST /media/upload-from-url says of an import, as one of a bulk or alone."""
    there = outcome.media.id > 0
    return {
        "media_id": outcome.media.id if there else None,
        "status": outcome.media.status,
        "external_id": outcome.media.external_id,
        "job_id": outcome.media.id if there and stored else UNSET,
        "warnings": outcome.warnings or UNSET,
    }


def queued_answer(outcome: MediaOutcome, *, dry_run: bool) -> MediaQueuedShape:
    """The answer to POST /media/upload-from-url."""
    members = queued_members(outcome, stored=not dry_run)
    return MediaQueuedShape(**members, dry_run=dry_run or UNSET)


def upload_answer(
    outcome: MediaOutcome, upload_url: str | None, expires_ms: int, *, dry_run: bool
) -> UploadShape:
    """The answer to POST /media/upload; without `upload_url` there is nothing to send."""
    members = queued_members(outcome, stored=not dry_run)
    return UploadShape(
        upload_url=upload_url,
        expires_at=print_time(expires_ms) if upload_url else None,
        media_id=members["media_id"],
        job_id=members["job_id"],
        warnings=members["warnings"],
        dry_run=dry_run or UNSET,
    )


def media_link_answer(outcome: MediaOutcome, *, dry_run: bool) -> MediaLinkShape:
    """The answer to POST and DELETE /media/:id/link."""
    verbs = {
        "linked": {"linked": True},
        "unlinked": {"unlinked": True},
        "not_linked": {"unlinked": False},
    }
    return MediaLinkShape(
        id=outcome.media.id,
        external_id=outcome.former or outcome.media.external_id,
        warnings=outcome.warnings or UNSET,
        dry_run=dry_run or UNSET,
        **verbs[outcome.verb],
    )


def deleted_answer(outcome: MediaOutcome, *, dry_run: bool) -> DeletedShape:
    """The answer to DELETE /media/:id."""
    return DeletedShape(warnings=outcome.warnings or UNSET, dry_run=dry_run or UNSET)
