"""A user's picture: the one that is shown, and the one that was asked for last."""

from __future__ import annotations

from rentix.model import Avatar, AvatarImport, Picture, User


def asked(user: User) -> object:
    """The picture that was asked for last, as it was named: an address, or a media by its id."""
    named = user.avatar_import or user.avatar
    return None if named is None else name_of(named)


def name_of(named: Avatar | AvatarImport) -> object:
    """An address, or `{"id": …}`."""
    return {"id": named.id} if named.url is None else named.url


def avatar_of(media_id: int, url: str | None, picture: Picture) -> Avatar:
    """What visitors see of a media."""
    return Avatar(
        id=media_id,
        url=url,
        content_type=picture.content_type,
        variants=picture.variants,
        blurhash=picture.blurhash,
    )


def files_of(avatar: Avatar | None) -> list[str] | None:
    """The names of its files, for the log."""
    return [variant.file for variant in avatar.variants] if avatar else None
