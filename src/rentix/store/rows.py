"""Rows to model and back, in the order of the columns in `sql/*.sql`."""

from __future__ import annotations

from typing import Any

import msgspec

from rentix.model import (
    Agency,
    ApiKey,
    Avatar,
    AvatarImport,
    Change,
    Job,
    Phone,
    Settings,
    Task,
    User,
)
from rentix.operations import FinishAvatar
from rentix.rules.search import search_key

_encode = msgspec.json.Encoder().encode
_texts = msgspec.json.Decoder(dict[str, str]).decode
_avatar = msgspec.json.Decoder(Avatar).decode
_import = msgspec.json.Decoder(AvatarImport).decode
_fields = msgspec.json.Decoder(dict[str, tuple[Any, Any]]).decode

Row = tuple[Any, ...]


def to_user(row: Row) -> User:
    """`user_columns` → User."""
    return User(
        id=row[0],
        agency_id=row[1],
        external_id=row[2],
        name=row[3],
        phone=Phone(row[4], row[5], row[6]),
        phone_origin=row[7],
        descriptions={} if row[8] == "{}" else _texts(row[8]),
        instagram=row[9],
        youtube=row[10],
        tiktok=row[11],
        settings=Settings(*map(bool, row[12:16])),
        avatar=_avatar(row[16]) if row[16] else None,
        avatar_import=_import(row[17]) if row[17] else None,
        status=row[18],
        version=row[19],
        created_ms=row[20],
        updated_ms=row[21],
        synced_ms=row[22],
        source_us=row[23],
    )


def from_user(user: User, *, renamed: bool = True) -> Row:
    """User → `saved_columns`. The search key is None for one that is not `renamed`: it stays."""
    phone, settings = user.phone, user.settings
    return (
        user.id,
        user.agency_id,
        user.external_id,
        user.name,
        phone.e164,
        phone.international,
        phone.kind,
        user.phone_origin,
        _encode(user.descriptions).decode(),
        user.instagram,
        user.youtube,
        user.tiktok,
        settings.contact_phone,
        settings.contact_whatsapp,
        settings.contact_viber,
        settings.contact_telegram,
        _encode(user.avatar).decode() if user.avatar else None,
        _encode(user.avatar_import).decode() if user.avatar_import else None,
        user.status,
        user.version,
        user.created_ms,
        user.updated_ms,
        user.synced_ms,
        user.source_us,
        search_key(user.name) if renamed else None,
    )


def to_change(row: Row) -> Change:
    """A row of `change` → Change."""
    return Change(
        agency_id=row[0],
        seq=row[1],
        subject=row[2],
        subject_id=row[3],
        fields=_fields(row[4]),
        at_ms=row[5],
        key_id=row[6],
        run=row[7],
    )


def from_change(change: Change) -> Row:
    """Change → the parameters of `save_change`."""
    return (
        change.agency_id,
        change.seq,
        change.subject,
        change.subject_id,
        _encode(change.fields).decode(),
        change.at_ms,
        change.key_id,
        change.run,
    )


def from_finish(agency_id: int, end: FinishAvatar, now_ms: int) -> Row:
    """The end of an import → the parameters of `finish_media`."""
    picture = end.picture
    return (
        agency_id,
        end.media_id,
        end.token,
        "success" if picture else "failed",
        end.error,
        picture.size_bytes if picture else None,
        picture.content_type if picture else None,
        _encode(picture.variants if picture else ()).decode(),
        picture.blurhash if picture else None,
        now_ms,
    )


def to_task(row: Row) -> Task:
    """`task_columns` → Task."""
    return Task(
        id=row[0],
        agency_id=row[1],
        user_id=row[2],
        url=row[3],
        token=row[4],
        holds=row[5],
        tries=row[6],
        until_ms=row[7],
    )


def to_job(row: Row) -> Job:
    """A row of `job` → Job."""
    ahead = row[4] if row[1] == "pending" else None
    return Job(
        id=row[0], type="avatar_import", status=row[1], ahead=ahead, created_ms=row[2], error=row[3]
    )


def to_key(row: Row) -> ApiKey:
    """`key_columns` → ApiKey."""
    return ApiKey(
        id=row[0],
        agency_id=row[1],
        digest=row[2],
        scopes=frozenset(row[3].split()),
        created_ms=row[4],
        revoked_ms=row[5],
    )


def to_agency(row: Row) -> Agency:
    """`agency_columns` → Agency."""
    return Agency(
        id=row[0],
        name=row[1],
        phone=row[2],
        region=row[3],
        locale=row[4],
        active=bool(row[5]),
        crm_enabled=bool(row[6]),
        requests_per_minute=row[7],
        bulk_per_minute=row[8],
        monthly_listings=row[9],
    )
