"""Rows to model and back, in the order of the columns in `sql/*.sql`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from rentix.decide.media_set import Key
from rentix.model import (
    Agency,
    ApiKey,
    Avatar,
    AvatarImport,
    Change,
    Job,
    Leave,
    Media,
    Phone,
    Picture,
    Settings,
    Task,
    User,
    Variant,
)
from rentix.operations import FinishAvatar
from rentix.rules.search import search_key

_encode = msgspec.json.Encoder().encode
_texts = msgspec.json.Decoder(dict[str, str]).decode
_avatar = msgspec.json.Decoder(Avatar).decode
_import = msgspec.json.Decoder(AvatarImport).decode
_variants = msgspec.json.Decoder(tuple[Variant, ...]).decode
_leave = msgspec.json.Decoder(Leave).decode
_fields = msgspec.json.Decoder(dict[str, tuple[Any, Any]]).decode

Row = tuple[Any, ...]
USER_COLUMNS, AGENCY_COLUMNS = 25, 13


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
        leave=_leave(row[24]) if row[24] else None,
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
        _encode(user.leave).decode() if user.leave else None,
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


def to_media(row: Row) -> Media:
    """`media_columns` → Media."""
    ready = row[6] == "success"
    return Media(
        id=row[0],
        agency_id=row[1],
        external_id=row[2],
        user_id=row[3],
        url=row[4] or None,
        source=row[5],
        status=row[6],
        error=row[7],
        picture=Picture(row[8], row[9], _variants(row[10]), row[11]) if ready else None,
        due_ms=row[12],
        use=row[13],
    )


def gather_seen(rows: Iterable[Row]) -> tuple[dict[int, User], dict[Key, tuple[int, ...]]]:
    """Rows of `users_by_media` → the users by id, and for each media the ids of its users."""
    found: dict[int, User] = {}
    users: dict[Key, tuple[int, ...]] = {}
    for row in rows:
        user = found[row[0]] = to_user(row)
        key = (user.agency_id, row[USER_COLUMNS])
        users[key] = (*users.get(key, ()), user.id)
    return found, users


def to_task(row: Row) -> Task:
    """`task_columns` → Task."""
    return Task(
        id=row[0],
        agency_id=row[1],
        user_id=row[2],
        url=row[3] or None,
        source=row[4],
        token=row[5],
        holds=row[6],
        tries=row[7],
        until_ms=row[8],
        crashes=row[9],
        use=row[10],
    )


def to_job(row: Row) -> Job:
    """A row of `job` → Job."""
    return Job(
        id=row[0],
        type="media_import" if row[1] is None else "avatar_import",
        status=row[2],
        ahead=row[5],
        created_ms=row[3],
        error=row[4],
        variants=_variants(row[6]),
    )


def to_waiting(rows: Iterable[Row]) -> dict[str, int]:
    """Rows of `count_waiting`: what is awaited is not pending as well."""
    counts: dict[str, int] = dict(rows)
    return counts | {"pending": counts["pending"] - counts["awaited"]}


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
        descriptions={} if row[10] == "{}" else _texts(row[10]),
        logo=_avatar(row[11]) if row[11] else None,
        version=row[12],
    )
