"""The refusals that depend on what is stored, each with its way out."""

from __future__ import annotations

from rentix.errors import Code, Fault, Problem
from rentix.model import Media, User


def unknown_user(user_id: int | None, external_id: str | None) -> Problem:
    """404. The same words whether the user does not exist or is another agency's."""
    which = f"id {user_id}" if external_id is None else f'externalId "{external_id}"'
    return Problem(Code.USER_UNKNOWN, f"User with {which} not found")


def already_there(user: User, *, by_id: bool) -> Problem:
    """409: `mode: create` for a user that there is already."""
    if not by_id:
        return external_id_taken(user, "send mode upsert to update that user, or ")
    message = f"user {user.id} exists already; send mode upsert or update to update it"
    fault = Fault(Code.USER_EXISTS, message, ("id",), user_id=user.id)
    return Problem(Code.USER_EXISTS, message, (fault,))


def _made_here(user: User) -> bool:
    # A dry run gives made-up negative ids, which nobody outside may see.
    return user.id < 0


def external_id_taken(holder: User, way_out: str = "") -> Problem:
    """409: names the holder, who is of the same agency, and the call that frees the id."""
    if _made_here(holder):
        message = f'externalId "{holder.external_id}" goes to a user created by this request'
        return _conflict(Code.EXTERNAL_ID_TAKEN, message, holder)
    message = (
        f'externalId "{holder.external_id}" is held by user {holder.id}; {way_out}'
        f"free it with DELETE /api/v1/users/{holder.id}/link"
    )
    return _conflict(Code.EXTERNAL_ID_TAKEN, message, holder)


def already_linked(user: User) -> Problem:
    """409: the user has another external id."""
    message = (
        f'user {user.id} is linked to externalId "{user.external_id}" already; '
        f"free it with DELETE /api/v1/users/{user.id}/link"
    )
    return _conflict(Code.ALREADY_LINKED, message, user)


def _conflict(code: Code, message: str, user: User) -> Problem:
    user_id = None if _made_here(user) else user.id
    return Problem(code, message, (Fault(code, message, ("externalId",), user_id=user_id),))


def check_precondition(if_match: tuple[str, ...] | None, user: User | None) -> None:
    """412 unless `if_match` names the user's state (RFC 9110, 13.1.1); `*` is any state."""
    if if_match is None or (user and ("*" in if_match or user.etag in if_match)):
        return
    current = user.etag if user else None
    state = f'its etag is "{current}"' if user else "there is no such user"
    raise Problem(
        Code.PRECONDITION_FAILED,
        f"the user is not in the state that was asked for: {state}; read it again and retry",
        etag=current,
    )


def check_freshness(source_us: int | None, user: User) -> None:
    """409 if the source's time is older than the one stored."""
    if source_us is not None and user.source_us is not None and source_us < user.source_us:
        message = (
            "sourceUpdatedAt is older than the one stored, so a later state is here already; "
            "read the record from the source again, or leave sourceUpdatedAt out"
        )
        fault = Fault(Code.STALE_SOURCE, message, ("sourceUpdatedAt",))
        raise Problem(Code.STALE_SOURCE, message, (fault,))


def media_unknown(media_id: int | None, external_id: str | None) -> Problem:
    """404. The same words whether the media does not exist or is another agency's."""
    which = f"id {media_id}" if external_id is None else f'externalId "{external_id}"'
    return Problem(Code.MEDIA_MISSING, f"Media with {which} not found")


def unusable_media(media_id: int, media: Media | None) -> Fault:
    """Why a media cannot be anybody's avatar, and what to do instead."""
    if media is None:
        reason = (
            f"must be the id of one of the agency's media; there is none with id {media_id}; "
            f"send one with POST /api/v1/media/upload-from-url, or send avatar.url"
        )
    elif media.status == "failed":
        reason = f"names media {media_id}, whose import failed: {media.error}; send another one"
    else:
        reason = (
            f"names media {media_id}, which is on its way as another avatar; "
            f"send it once GET /api/v1/job/status?id={media_id} says completed"
        )
    return Fault(Code.MEDIA_UNKNOWN, f"avatar.id {reason}", ("avatar", "id"))


def media_external_id_taken(holder: Media) -> Problem:
    """409: names the media that holds the external id, and the call that frees it."""
    message = (
        f'externalId "{holder.external_id}" is held by media {holder.id}; '
        f"free it with DELETE /api/v1/media/{holder.id}/link"
    )
    return _media_conflict(Code.EXTERNAL_ID_TAKEN, message, holder)


def media_linked_already(media: Media) -> Problem:
    """409: the media has another external id."""
    message = (
        f'media {media.id} is linked to externalId "{media.external_id}" already; '
        f"free it with DELETE /api/v1/media/{media.id}/link"
    )
    return _media_conflict(Code.ALREADY_LINKED, message, media)


def _media_conflict(code: Code, message: str, media: Media) -> Problem:
    return Problem(code, message, (Fault(code, message, ("externalId",), media_id=media.id),))


def ticket_spent() -> Problem:
    """410: what an upload ticket was for has come, or is no longer waited for."""
    message = (
        "this upload address was used before, has expired or its media was deleted; "
        "get a new one with POST /api/v1/media/upload"
    )
    return Problem(Code.TICKET_SPENT, message)
