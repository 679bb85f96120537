"""The refusals that depend on what is stored, each with its way out."""

from __future__ import annotations

from msgspec.structs import replace

from rentix.errors import Code, Fault, Problem
from rentix.model import Agency, Listing, Media, User

_NOUNS: dict[type, str] = {User: "user", Media: "media", Listing: "listing", Agency: "agency"}
_ROOMS: dict[type, str] = {User: "users", Media: "media", Listing: "listings"}


def unknown_user(user_id: int | str | None, external_id: str | None) -> Problem:
    """404. The same words whether the user does not exist or is another agency's."""
    which = f"id {user_id}" if external_id is None else f'externalId "{external_id}"'
    return Problem(Code.USER_UNKNOWN, f"User with {which} not found")


def already_there(found: User | Listing, *, by_id: bool) -> Problem:
    """409: `mode: create` for what is there already."""
    noun = _NOUNS[type(found)]
    if not by_id:
        return external_id_taken(found, f"send mode upsert to update that {noun}, or ")
    code = Code.USER_EXISTS if isinstance(found, User) else Code.LISTING_EXISTS
    message = f"{noun} {found.id} exists already; send mode upsert or update to update it"
    return _conflict(code, message, found, "id")


def _made_here(found: User | Media | Listing) -> bool:
    # A dry run gives made-up negative ids, which nobody outside may see.
    return found.id < 0


def external_id_taken(holder: User | Media | Listing, way_out: str = "") -> Problem:
    """409: names the holder, who is of the same agency, and the call that frees the id."""
    noun, room = _NOUNS[type(holder)], _ROOMS[type(holder)]
    if _made_here(holder):
        message = f'externalId "{holder.external_id}" goes to a {noun} created by this request'
    else:
        message = (
            f'externalId "{holder.external_id}" is held by {noun} {holder.id}; {way_out}'
            f"free it with DELETE /api/v1/{room}/{holder.id}/link"
        )
    return _conflict(Code.EXTERNAL_ID_TAKEN, message, holder)


def already_linked(found: User | Media | Listing) -> Problem:
    """409: it has another external id."""
    noun, room = _NOUNS[type(found)], _ROOMS[type(found)]
    message = (
        f'{noun} {found.id} is linked to externalId "{found.external_id}" already; '
        f"free it with DELETE /api/v1/{room}/{found.id}/link"
    )
    return _conflict(Code.ALREADY_LINKED, message, found)


def _conflict(
    code: Code, message: str, holder: User | Media | Listing, field: str = "externalId"
) -> Problem:
    fault = Fault(code, message, (field,))
    if not _made_here(holder):
        fault = replace(fault, **{f"{_NOUNS[type(holder)]}_id": holder.id})
    return Problem(code, message, (fault,))


def check_precondition(
    if_match: tuple[str, ...] | None, found: User | Listing | Agency | None, noun: str = "user"
) -> None:
    """412 unless `if_match` names the state of what was found (RFC 9110, 13.1.1); `*` is any.

    The etag of a read may go on after the state's own, with a hash of others whom it shows.
    """
    if if_match is None:
        return
    named = if_match if noun == "user" else [tag.partition("-")[0] for tag in if_match]
    if found and ("*" in named or found.etag in named):
        return
    current = found.etag if found else None
    state = f'its etag is "{current}"' if found else f"there is no such {noun}"
    raise Problem(
        Code.PRECONDITION_FAILED,
        f"the {noun} is not in the state that was asked for: {state}; read it again and retry",
        etag=current,
    )


def check_freshness(source_us: int | None, found: User | Listing) -> None:
    """409 if the source's time is older than the one stored."""
    if source_us is not None and found.source_us is not None and source_us < found.source_us:
        message = (
            "sourceUpdatedAt is older than the one stored, so a later state is here already; "
            "read the record from the source again, or leave sourceUpdatedAt out"
        )
        fault = Fault(Code.STALE_SOURCE, message, ("sourceUpdatedAt",))
        raise Problem(Code.STALE_SOURCE, message, (fault,))


def media_unknown(media_id: int | str | None, external_id: str | None) -> Problem:
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


def ticket_spent() -> Problem:
    """410: what an upload ticket was for has come, or is no longer waited for."""
    message = (
        "this upload address was used before, has expired or its media was deleted; "
        "get a new one with POST /api/v1/media/upload"
    )
    return Problem(Code.TICKET_SPENT, message)
