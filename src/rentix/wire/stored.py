"""A user as a write meets it, on the wire and back: what a CRM's plan is made against."""

from __future__ import annotations

from msgspec import UNSET

from rentix.model import Avatar, AvatarImport, Leave, Phone, Settings, User
from rentix.wire.shapes import AvatarImportShape, AvatarShape, ProfileShape, StoredShape


def print_stored(user: User) -> StoredShape:
    """What a profile does not say, and a write is decided by."""
    leave = user.leave
    left = user.status == "inactive"
    return StoredShape(
        phone=user.phone.e164,
        phone_origin=user.phone_origin,
        descriptions=user.descriptions,
        avatar_url=user.avatar.url if user.avatar else None,
        left_by=("crm" if leave and leave.by_crm else "portal") if left else None,
    )


def read_stored(shape: ProfileShape) -> User:
    """The user of a profile that was read with `?stored=true`, as far as a write is decided by it.

    Times, version and agency are not among that.

    Raises:
        ValueError: the profile was read without.
    """
    stored = shape.stored
    if stored is UNSET:
        raise ValueError("the profile has no member `stored`; read it with ?stored=true")
    settings = shape.settings
    coming = shape.avatar_import
    return User(
        id=shape.id,
        agency_id=0,
        external_id=shape.external_id,
        name=shape.name,
        phone=Phone(stored.phone, shape.phone, "other"),
        phone_origin=stored.phone_origin,
        descriptions=stored.descriptions,
        instagram=shape.instagram,
        youtube=shape.youtube,
        tiktok=shape.tiktok,
        settings=Settings(
            settings.contact_phone,
            settings.contact_whatsapp,
            settings.contact_viber,
            settings.contact_telegram,
        ),
        avatar=_avatar(shape.avatar, stored.avatar_url) if shape.avatar else None,
        avatar_import=None if coming is UNSET else _coming(coming),
        status=shape.status,
        created_ms=0,
        updated_ms=0,
        leave=Leave(stored.left_by == "crm", 0) if stored.left_by else None,
    )


def _avatar(avatar: AvatarShape, url: str | None) -> Avatar:
    return Avatar(avatar.id, url, avatar.content_type or "", optimization=avatar.optimization)


def _coming(coming: AvatarImportShape) -> AvatarImport:
    error = None if coming.error is UNSET else coming.error
    return AvatarImport(coming.job_id, coming.url, coming.status, error)
