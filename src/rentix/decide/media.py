"""Pictures of an agency: asked for, named, removed (contract 7)."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from rentix.decide.avatars import shows
from rentix.decide.photos import lose_photo
from rentix.decide.record import Ledger
from rentix.decide.refusals import (
    already_linked,
    external_id_taken,
    media_unknown,
    ticket_spent,
)
from rentix.decide.working_set import WorkingSet
from rentix.model import Media, User
from rentix.operations import (
    AwaitMedia,
    Caller,
    DeleteMedia,
    ImportMedia,
    LinkMedia,
    MediaOutcome,
    Note,
    ReceiveMedia,
    UnlinkMedia,
)
from rentix.rules.avatars import asked, files_of

_GRACE_MS = 5 * 60 * 1000
"""How much longer than its ticket an upload is waited for: it may have begun in the last second."""


def import_media(
    working: WorkingSet, caller: Caller, wanted: ImportMedia, now_ms: int
) -> MediaOutcome:
    """Queue an import. A known external id is a picture that is there already."""
    known = _known(working, caller, wanted.external_id)
    if known is None:
        media = Media(
            id=working.new_id("media"),
            agency_id=caller.agency_id,
            external_id=wanted.external_id,
            url=wanted.url,
            use=wanted.use,
        )
        return _queued(working, caller, media, wanted.notes, now_ms)
    notes = list(wanted.notes)
    if known.url != wanted.url:
        message = f"media {known.id} has this externalId already, so the url was not fetched"
        notes.append(Note("url", "media_known", message))
    notes += _other_use(known, wanted)
    return MediaOutcome(verb="known", media=known, warnings=(*notes, *_failure(known)))


def await_media(
    working: WorkingSet, caller: Caller, wanted: AwaitMedia, now_ms: int
) -> MediaOutcome:
    """Make room for bytes to come, or wait longer for those that have not come yet."""
    due_ms = wanted.until_ms + _GRACE_MS
    known = _known(working, caller, wanted.external_id)
    if known is None:
        media = Media(
            id=working.new_id("media"),
            agency_id=caller.agency_id,
            external_id=wanted.external_id,
            due_ms=due_ms,
            use=wanted.use,
        )
        return _queued(working, caller, media, wanted.notes, now_ms)
    if is_awaited(known):
        notes = (*wanted.notes, *_other_use(known, wanted))
        return MediaOutcome(verb="awaited", media=replace(known, due_ms=due_ms), warnings=notes)
    message = f"media {known.id} has this externalId already, so there is nothing to upload"
    notes = (*wanted.notes, Note("externalId", "media_known", message), *_failure(known))
    return MediaOutcome(verb="known", media=known, warnings=notes)


def is_awaited(media: Media) -> bool:
    """Whether its bytes are still to come."""
    return media.status == "pending" and media.url is None and media.source is None


def _known(working: WorkingSet, caller: Caller, external_id: str | None) -> Media | None:
    if external_id is None:
        return None
    return working.media.by_external(caller.agency_id, external_id)


def _other_use(known: Media, wanted: ImportMedia | AwaitMedia) -> tuple[Note, ...]:
    if known.use == wanted.use:
        return ()
    message = f"media {known.id} has this externalId already, and its use is {known.use}"
    return (Note("use", "media_known", message),)


def _failure(media: Media) -> tuple[Note, ...]:
    if media.status != "failed":
        return ()
    message = (
        f"its import failed: {media.error}; to import it anew, "
        f"first DELETE /api/v1/media/{media.id}"
    )
    return (Note("externalId", "media_failed", message),)


def _queued(
    working: WorkingSet, caller: Caller, media: Media, notes: tuple[Note, ...], now_ms: int
) -> MediaOutcome:
    ledger = Ledger(working, caller, now_ms)
    fields = {"url": media.url, "externalId": media.external_id}
    ledger.change_media(media, {n: (None, value) for n, value in fields.items() if value})
    return MediaOutcome(verb="queued", media=media, warnings=notes, changes=tuple(ledger.changes))


def receive_media(
    working: WorkingSet,
    caller: Caller,
    came: ReceiveMedia,
    now_ms: int,  # noqa: ARG001 - as all that decide
) -> MediaOutcome:
    """The bytes are there: the import may begin.

    Raises:
        Problem: 410, they are not waited for (any more).
    """
    media = working.media.find(caller.agency_id, came.id)
    if media is None or not is_awaited(media):
        raise ticket_spent()
    return MediaOutcome(verb="received", media=replace(media, source=came.source, due_ms=0))


def link_media(working: WorkingSet, caller: Caller, link: LinkMedia, now_ms: int) -> MediaOutcome:
    """Attach an external id. The same link again is the same answer.

    Raises:
        Problem: 404 unknown; 409 when it has another external id or another media has this.
    """
    media = _find(working, caller, link.id)
    if media.external_id == link.external_id:
        return MediaOutcome(verb="linked", media=media, warnings=link.notes)
    if media.external_id is not None:
        raise already_linked(media)
    holder = working.media.by_external(caller.agency_id, link.external_id)
    if holder is not None:
        raise external_id_taken(holder)
    ledger = Ledger(working, caller, now_ms)
    ledger.change_media(media, {"externalId": (None, link.external_id)})
    return MediaOutcome(
        verb="linked",
        media=replace(media, external_id=link.external_id),
        warnings=link.notes,
        changes=tuple(ledger.changes),
    )


def unlink_media(
    working: WorkingSet, caller: Caller, unlink: UnlinkMedia, now_ms: int
) -> MediaOutcome:
    """Detach the external id; a media without one is left as it is.

    Raises:
        Problem: 404 unknown.
    """
    media = _find(working, caller, unlink.id)
    if media.external_id is None:
        return MediaOutcome(verb="not_linked", media=media, warnings=unlink.notes)
    ledger = Ledger(working, caller, now_ms)
    ledger.change_media(media, {"externalId": (media.external_id, None)})
    return MediaOutcome(
        verb="unlinked",
        media=replace(media, external_id=None),
        former=media.external_id,
        warnings=unlink.notes,
        changes=tuple(ledger.changes),
    )


def _find(working: WorkingSet, caller: Caller, media_id: int) -> Media:
    media = working.media.find(caller.agency_id, media_id)
    if media is None:
        raise media_unknown(media_id, None)
    return media


def delete_media(
    working: WorkingSet, caller: Caller, delete: DeleteMedia, now_ms: int
) -> MediaOutcome:
    """Remove a media, and the avatars, photos and logo that it is.

    Raises:
        Problem: 404 unknown.
    """
    if delete.id is not None:
        media = working.media.find(caller.agency_id, delete.id)
    else:
        media = _known(working, caller, delete.external_id)
    if media is None:
        raise media_unknown(delete.id, delete.external_id)
    ledger = Ledger(working, caller, now_ms)
    for user_id in working.media.users(caller.agency_id, media.id):
        user = working.user(caller.agency_id, user_id)
        values = _without(user, media) if user else {}
        if user and values:
            ledger.change_user(user, values, _removal(user, replace(user, **values)))
    for listing in working.listings.showing(caller.agency_id, media.id):
        lose_photo(working, ledger, listing, media.id)
    agency = working.agency(caller.agency_id)
    if agency and agency.logo and agency.logo.id == media.id:
        agency = ledger.change_agency(agency, {"logo": None}, {"logo": (media.id, None)})
    else:
        agency = None
    fields = {"externalId": media.external_id, "url": media.url}
    ledger.change_media(
        media,
        {"deleted": (False, True)}
        | {name: (value, None) for name, value in fields.items() if value},
    )
    return MediaOutcome(
        verb="deleted",
        media=media,
        warnings=delete.notes,
        changes=tuple(ledger.changes),
        users=tuple(ledger.users),
        listings=tuple(ledger.listings),
        agency=agency,
        untold=working.listings.untold(caller.agency_id, media.id),
    )


def _without(user: User, media: Media) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if shows(user, media):
        values["avatar"] = None
    if user.avatar_import and user.avatar_import.id == media.id:
        values["avatar_import"] = None
    return values


def _removal(before: User, after: User) -> dict[str, tuple[object, object]]:
    fields: dict[str, tuple[object, object]] = {}
    if asked(before) != asked(after):
        fields["avatar"] = (asked(before), asked(after))
    if before.avatar_import and not after.avatar_import:
        fields["avatarImport"] = (before.avatar_import.status, None)
    if before.avatar and not after.avatar:
        fields["avatarPicture"] = (files_of(before.avatar), None)
    return fields
