"""The refusals of listings and of who leaves, each with its way out."""

from __future__ import annotations

from collections.abc import Sequence

from rentix.errors import Code, Fault, Problem
from rentix.model import Listing, ListingStatus, Media, User
from rentix.operations import FileRef


def unknown_listing(listing_id: int | str | None, external_id: str | None) -> Problem:
    """404. The same words whether the listing does not exist or is another agency's."""
    which = f"id {listing_id}" if external_id is None else f'externalId "{external_id}"'
    return Problem(Code.LISTING_UNKNOWN, f"Listing with {which} not found")


def user_missing(user_id: int, path: tuple[str, ...] = ("userId",)) -> Fault:
    """The same words whether the user does not exist or is another agency's."""
    message = (
        f"{path[-1]} must be the id of one of the agency's users; there is none with id {user_id}; "
        f"see GET /api/v1/users, or name the agent by the CRM's own id"
    )
    return Fault(Code.AGENT_UNKNOWN, message, path)


def agents_disagree(by_id: User, external_id: str, other: User | None) -> Fault:
    """Two names, two agents."""
    holder = f"user {other.id} has" if other else "nobody has"
    message = (
        f'userId {by_id.id} and externalUserId "{external_id}" must name one agent, but {holder} '
        f"that externalId; send one of the two"
    )
    return Fault(Code.AGENTS_DISAGREE, message, ("externalUserId",))


def media_at(ref: FileRef, media: Media | None) -> Fault:
    """Why a file cannot be a photo, and what to do instead."""
    name, value = ("id", ref.id) if ref.id is not None else ("externalFileId", ref.external_id)
    if media is None:
        reason = (
            f"must name one of the agency's media; there is none with {name} {value}; send a url, "
            f"or first POST /api/v1/media/upload-from-url"
        )
    elif media.status == "failed":
        reason = f"names media {media.id}, whose import failed: {media.error}; send another one"
    else:
        reason = (
            f"names media {media.id}, which is on its way as somebody's avatar; "
            f"send it once GET /api/v1/job/status?id={media.id} says completed"
        )
    message = f"files.{ref.index}.{name} {reason}"
    return Fault(Code.MEDIA_UNKNOWN, message, ("files", ref.index, name))


def photos_missing(there: int, failed: Sequence[Media]) -> Fault:
    """Too few photos to be active. Those that failed under a name keep it, whatever url comes."""
    beside = f", and {len(failed)} whose import failed" if failed else ""
    message = (
        f"announcementStatus active needs at least 3 photos; the listing has {there}{beside}; "
        f"send more in files, or another status"
    )
    named = next((media for media in failed if media.external_id is not None), None)
    if named is not None:
        message += (
            f"; a failed one is not imported anew under its externalFileId: first DELETE "
            f"/api/v1/media/{named.id} (externalFileId {named.external_id}), and so each of them, "
            f"or send the url under another externalFileId"
        )
    return Fault(Code.PHOTOS_MISSING, message, ("files",))


def status_not_yours(status: ListingStatus) -> Fault:
    """A status that the portal sets."""
    message = (
        f"announcementStatus {status} is set by the portal alone; "
        f"send draft, active, hidden, expired or completed"
    )
    return Fault(Code.STATUS_NOT_ALLOWED, message, ("announcementStatus",))


def listing_blocked(listing: Listing) -> Problem:
    """409: only the operator may unblock."""
    message = (
        f"listing {listing.id} is blocked by the portal, so its status cannot be changed; "
        f"ask the portal, and leave announcementStatus out until then"
    )
    fault = Fault(Code.LISTING_BLOCKED, message, ("announcementStatus",))
    return Problem(Code.LISTING_BLOCKED, message, (fault,))


def listings_limited(limit: int) -> Problem:
    """403: the month's listings are used up."""
    message = (
        f"the agency may create {limit} listings a month and has done so; "
        f"update those that are there, wait for next month, or ask the portal for more"
    )
    return Problem(Code.LISTINGS_LIMITED, message)


def successor_unfit(field: str, named: User | None, leaver: User) -> Fault:
    """Why somebody cannot take over listings."""
    if named is None:
        reason = "must name one of the agency's users; there is none like this"
    elif named.id == leaver.id:
        reason = "must name another user than the one who leaves"
    else:
        reason = f"names user {named.id}, who is inactive; name somebody active"
    message = f"{field} {reason}; without a successor the agency is shown"
    return Fault(Code.SUCCESSOR_INVALID, message, (field,))
