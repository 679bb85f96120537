"""The end of a picture's import (contract 7): a new picture is shown, or the old one stays."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from rentix.decide.record import record
from rentix.decide.refusals import unknown_user
from rentix.decide.working_set import WorkingSet
from rentix.model import Avatar, AvatarImport, Picture, User
from rentix.operations import Caller, FinishAvatar, Outcome


def finish_avatar(
    working: WorkingSet, caller: Caller, finish: FinishAvatar, now_ms: int
) -> Outcome:
    """Show what was imported, or say why it was not.

    Whoever no longer holds the import changes nothing, and neither does a picture that its user
    no longer waits for.

    Raises:
        Problem: 404, there is no such user.
    """
    user = working.user(caller.agency_id, finish.user_id)
    if user is None:
        raise unknown_user(finish.user_id, None)
    if working.hold(caller.agency_id, finish.media_id) != finish.token:
        return Outcome(verb="unchanged", user=user)
    coming = user.avatar_import
    if coming is None or coming.id != finish.media_id:
        return Outcome(verb="unchanged", user=user, finished=finish)
    values = _shown(user, coming, finish.picture) if finish.picture else _failed(coming, finish)
    seq = working.next_seq(caller.agency_id)
    after = replace(user, **values, version=seq, updated_ms=now_ms)
    change = record(caller, user, _changes(user, after), seq, now_ms)
    return Outcome(verb="updated", user=after, change=change, finished=finish)


def _shown(user: User, coming: AvatarImport, picture: Picture) -> dict[str, Any]:
    shown = user.avatar
    if shown and shown.variants == picture.variants:  # content-addressed: the same bytes
        return {"avatar": replace(shown, url=coming.url), "avatar_import": None}
    avatar = Avatar(
        id=coming.id,
        url=coming.url,
        content_type=picture.content_type,
        variants=picture.variants,
        blurhash=picture.blurhash,
    )
    return {"avatar": avatar, "avatar_import": None}


def _failed(coming: AvatarImport, finish: FinishAvatar) -> dict[str, Any]:
    return {"avatar_import": replace(coming, status="failed", error=finish.error)}


def _changes(before: User, after: User) -> dict[str, tuple[object, object]]:
    # The address itself was logged when it was asked for, as `avatar`.
    failed = after.avatar_import
    changes: dict[str, tuple[object, object]] = {
        "avatarImport": ("pending", failed.error if failed else None)
    }
    if before.avatar != after.avatar:
        changes["avatarPicture"] = (_files(before.avatar), _files(after.avatar))
    return changes


def _files(avatar: Avatar | None) -> list[str] | None:
    return [variant.file for variant in avatar.variants] if avatar else None
