"""The end of a picture's import (contract 7): a new picture is shown, or the old one stays."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from rentix.decide.photos import settle
from rentix.decide.record import Fields, Ledger
from rentix.decide.refusals import media_unknown
from rentix.decide.working_set import WorkingSet
from rentix.model import Avatar, AvatarImport, Media, Picture, User
from rentix.operations import Caller, FinishAvatar, MediaOutcome


def finish_avatar(
    working: WorkingSet, caller: Caller, finish: FinishAvatar, now_ms: int
) -> MediaOutcome:
    """Show what was imported to all who wait for it, or say why it was not.

    Whoever no longer holds the import changes nothing, and neither does a picture that a user no
    longer waits for.

    Raises:
        Problem: 404, it was deleted.
    """
    media = working.media.find(caller.agency_id, finish.media_id)
    if media is None:
        raise media_unknown(finish.media_id, None)
    if working.media.hold(caller.agency_id, finish.media_id) != finish.token:
        return MediaOutcome(verb="unchanged", media=media)
    ledger = Ledger(working, caller, now_ms)
    for user_id in working.media.users(caller.agency_id, media.id):
        user = working.user(caller.agency_id, user_id)
        if user and user.avatar_import and user.avatar_import.id == media.id:
            values = _end(user, user.avatar_import, finish)
            ledger.change_user(user, values, _changes(user, replace(user, **values)))
    status = "success" if finish.picture else "failed"
    ended = replace(media, status=status, error=finish.error, picture=finish.picture)
    for listing in working.listings.showing(caller.agency_id, media.id):
        settle(working, ledger, listing, ended)
    return MediaOutcome(
        verb="finished",
        media=ended,
        changes=tuple(ledger.changes),
        users=tuple(ledger.users),
        listings=tuple(ledger.listings),
        finished=finish,
    )


def _end(user: User, coming: AvatarImport, finish: FinishAvatar) -> dict[str, Any]:
    if finish.picture is None:
        return {"avatar_import": replace(coming, status="failed", error=finish.error)}
    shown = user.avatar
    if shown and coming.url is not None and shown.variants == finish.picture.variants:
        return {"avatar": replace(shown, url=coming.url), "avatar_import": None}  # the same bytes
    return {"avatar": avatar_of(coming.id, coming.url, finish.picture), "avatar_import": None}


def avatar_of(media_id: int, url: str | None, picture: Picture) -> Avatar:
    """What visitors see of a media."""
    return Avatar(
        id=media_id,
        url=url,
        content_type=picture.content_type,
        variants=picture.variants,
        blurhash=picture.blurhash,
    )


def is_free(media: Media) -> bool:
    """Whether it may be anybody's avatar: there, or on its way as nobody's in particular."""
    return media.status == "success" or (media.status != "failed" and media.user_id is None)


def asked(user: User) -> object:
    """The picture that was asked for last, as it was named: an address, or a media by its id."""
    named = user.avatar_import or user.avatar
    return None if named is None else name_of(named)


def name_of(named: Avatar | AvatarImport) -> object:
    """An address, or `{"id": …}`."""
    return {"id": named.id} if named.url is None else named.url


def _changes(before: User, after: User) -> Fields:
    # What was asked for was logged when it was, as `avatar`.
    failed = after.avatar_import
    changes: Fields = {"avatarImport": ("pending", failed.error if failed else None)}
    if before.avatar != after.avatar:
        changes["avatarPicture"] = (files_of(before.avatar), files_of(after.avatar))
    return changes


def files_of(avatar: Avatar | None) -> list[str] | None:
    """The names of its files, for the log."""
    return [variant.file for variant in avatar.variants] if avatar else None
