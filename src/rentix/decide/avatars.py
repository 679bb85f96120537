"""The end of a picture's import (contract 7): a new picture is shown, or the old one stays."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from rentix.decide.photos import settle
from rentix.decide.record import Fields, Ledger
from rentix.decide.refusals import media_unknown
from rentix.decide.working_set import WorkingSet
from rentix.model import AvatarImport, Media, Optimization, User
from rentix.operations import Caller, FinishAvatar, MediaOutcome
from rentix.rules.avatars import avatar_of, files_of


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
        values = _end(user, media, finish) if user else {}
        if user and values:
            ledger.change_user(user, values, _changes(user, replace(user, **values)))
    status: Optimization = "success" if finish.picture else "failed"
    if media.user_id is None:  # of others the user's own log tells
        end: Fields = {"optimization": ("pending", status)}
        ledger.change_media(media, end | ({"error": (None, finish.error)} if finish.error else {}))
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
        untold=working.listings.untold(caller.agency_id, media.id),
    )


def _end(user: User, media: Media, finish: FinishAvatar) -> dict[str, Any]:
    """What it means to a user: nothing, if it was not waited for or brought nothing new."""
    coming = user.avatar_import
    if coming is None or coming.id != media.id:
        return _end_refresh(user, media, finish) if _refreshes(user, media) else {}
    if finish.picture is None:
        return {"avatar_import": replace(coming, status="failed", error=finish.error)}
    shown = user.avatar
    if shown and coming.url is not None and shown.variants == finish.picture.variants:
        return {"avatar": replace(shown, url=coming.url), "avatar_import": None}  # the same bytes
    return {"avatar": avatar_of(coming.id, coming.url, finish.picture), "avatar_import": None}


def _refreshes(user: User, media: Media) -> bool:
    """Whether it was fetched anew for what is still the user's picture, or to be it."""
    named = user.avatar_import or user.avatar
    if named is None or media.user_id != user.id or media.url is None:
        return False
    return named.url == media.url and named.id < media.id


def _end_refresh(user: User, media: Media, finish: FinishAvatar) -> dict[str, Any]:
    coming, shown, picture = user.avatar_import, user.avatar, finish.picture
    if picture is None:
        failed = AvatarImport(media.id, media.url, "failed", finish.error)
        return {} if coming else {"avatar_import": failed}
    if shown and shown.url == media.url and shown.variants == picture.variants:
        return {"avatar_import": None} if coming else {}
    return {"avatar": avatar_of(media.id, media.url, picture), "avatar_import": None}


def shows(user: User, media: Media) -> bool:
    """Whether the user's picture is this media, or the same bytes that a refresh brought again."""
    shown, picture = user.avatar, media.picture
    if shown is None or shown.id == media.id:
        return shown is not None
    refreshed = media.user_id == user.id and media.url is not None and media.url == shown.url
    return refreshed and picture is not None and picture.variants == shown.variants


def _changes(before: User, after: User) -> Fields:
    # What was asked for was logged when it was, as `avatar`.
    fields = {
        "avatarImport": (_stand(before.avatar_import), _stand(after.avatar_import)),
        "avatarPicture": (files_of(before.avatar), files_of(after.avatar)),
    }
    return {name: (old, new) for name, (old, new) in fields.items() if old != new}


def _stand(coming: AvatarImport | None) -> str | None:
    """How an import stands, for the log: what went wrong, else its status."""
    return None if coming is None else coming.error or coming.status
