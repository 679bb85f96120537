"""The photos of a listing: which media they are, and what that makes of its status (contract 6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
from msgspec.structs import replace

from rentix.decide.listing_refusals import media_at, photos_missing
from rentix.decide.media_set import is_free
from rentix.decide.record import Fields, Ledger
from rentix.decide.working_set import WorkingSet
from rentix.errors import Fault
from rentix.model import Listing, ListingStatus, Media
from rentix.operations import Caller, FileRef, Note, TellListings, TellOutcome

PHOTOS_MIN = 3
"""An active listing has so many [P]."""


class Photos(msgspec.Struct):
    """The files that were sent, found: in order, each once.

    `queued` are those to be imported, `linked` those that the listing shows already and that get
    the external id which came with their URL.
    """

    media: dict[int, Media] = {}
    queued: list[Media] = []
    linked: list[Media] = []
    notes: list[Note] = []
    faults: list[Fault] = []


def find_photos(
    working: WorkingSet, agency_id: int, refs: Sequence[FileRef], shown: Iterable[Media]
) -> Photos:
    """Find the media that `refs` name. A URL of what the listing has `shown` is that photo."""
    photos = Photos()
    known = {
        media.url: media for media in shown if media.url is not None and media.status != "failed"
    }
    for ref in refs:
        media = _find(working, agency_id, ref, known, photos)
        if media is None or not (is_free(media) or (media.status == "failed" and ref.url)):
            photos.faults.append(media_at(ref, media))
        elif media.id in photos.media:
            message = f"files.{ref.index} is the same photo as one before it; it is shown once"
            photos.notes.append(Note("files", "duplicate_file", message))
        else:
            photos.media[media.id] = media
    return photos


def _find(
    working: WorkingSet, agency_id: int, ref: FileRef, known: dict[str, Media], photos: Photos
) -> Media | None:
    if ref.id is not None:
        return working.media.find(agency_id, ref.id)
    if ref.external_id is not None:
        named = working.media.by_external(agency_id, ref.external_id)
        others = (*photos.queued, *photos.linked)
        named = named or next((m for m in others if m.external_id == ref.external_id), None)
        if named is not None or ref.url is None:
            _warn_of_other(photos, ref, named)
            return named
    if ref.url is None:
        return None
    media = known.get(ref.url)
    if media is not None and ref.external_id is None:
        return media
    if media is not None and _may_be_named(working, media, ref, photos):
        return _link(media, ref, known, photos)
    media = Media(
        id=working.new_id("media"), agency_id=agency_id, external_id=ref.external_id, url=ref.url
    )
    known[ref.url] = media
    photos.queued.append(media)
    return media


def _may_be_named(working: WorkingSet, media: Media, ref: FileRef, photos: Photos) -> bool:
    is_nameless = media.external_id is None and is_free(media) and media not in photos.queued
    return is_nameless and not working.media.is_contested(media.agency_id, ref.external_id or "")


def _link(media: Media, ref: FileRef, known: dict[str, Media], photos: Photos) -> Media:
    media = replace(media, external_id=ref.external_id)
    known[ref.url or ""] = media
    photos.linked.append(media)
    message = (
        f"files.{ref.index} is media {media.id}, which the listing shows already; "
        f"it has the externalFileId {ref.external_id} from now on"
    )
    photos.notes.append(Note("files", "media_named", message))
    return media


def _warn_of_other(photos: Photos, ref: FileRef, named: Media | None) -> None:
    if named is None or ref.url is None:
        return
    if named.status == "failed":
        message = (
            f"files name media {named.id}, whose import failed: {named.error}; to import it anew, "
            f"first DELETE /api/v1/media/{named.id}"
        )
        photos.notes.append(Note("files", "media_failed", message))
    elif named.url != ref.url:
        message = (
            f"files name media {named.id}, which has the externalFileId {ref.external_id} "
            f"already, so the url was not fetched"
        )
        photos.notes.append(Note("files", "media_known", message))


def shown_media(working: WorkingSet, listing: Listing) -> list[Media]:
    """The media that are a listing's files, in order."""
    found = (working.media.find(listing.agency_id, media_id) for media_id in listing.files)
    return [media for media in found if media]


def status_by_photos(
    media: Iterable[Media], *, was: ListingStatus | None = None
) -> ListingStatus | Fault:
    """What a listing that is to be active is, by its photos; a fault when it has too few.

    One that is active already stays so while new photos come, as long as enough are there.
    """
    media = list(media)
    counts = Counter(_state(one) for one in media)
    ready, coming = counts["ready"], counts["coming"]
    if ready + coming < PHOTOS_MIN:
        return photos_missing(ready + coming, [one for one in media if _state(one) == "failed"])
    if coming and not (was == "active" and ready >= PHOTOS_MIN):
        return "pending_active"
    return "active"


def tell_listings(
    working: WorkingSet, caller: Caller, tell: TellListings, now_ms: int
) -> TellOutcome:
    """Tell the next listings what has become of a photo: as it is now, whatever it was then."""
    ledger = Ledger(working, caller, now_ms)
    media = working.media.find(caller.agency_id, tell.media_id)
    for listing in working.listings.showing(caller.agency_id, tell.media_id):
        if media is None:
            lose_photo(working, ledger, listing, tell.media_id)
        else:
            settle(working, ledger, listing, media)
    return TellOutcome(
        agency_id=caller.agency_id,
        asked=tell,
        changes=tuple(ledger.changes),
        listings=tuple(ledger.listings),
        untold=working.listings.untold(caller.agency_id, tell.media_id, tell.after),
    )


def settle(working: WorkingSet, ledger: Ledger, listing: Listing, ended: Media) -> None:
    """An import has ended: move a listing that waits for its photos, if that was the last one."""
    media = [ended if one.id == ended.id else one for one in shown_media(working, listing)]
    after = _settled(listing, media)
    if after != listing.status:
        fields: Fields = {"announcementStatus": (listing.status, after)}
        ledger.change_listing(listing, {"status": after}, fields)


def lose_photo(working: WorkingSet, ledger: Ledger, listing: Listing, lost: int) -> None:
    """A media is removed: a listing shows the others. What is active stays so with fewer."""
    files = tuple(media_id for media_id in listing.files if media_id != lost)
    left = [media for media in shown_media(working, listing) if media.id != lost]
    after = _settled(listing, left)
    values: dict[str, object] = {"files": files, "status": after}
    fields: Fields = {"files": (listing.files, files)}
    if after != listing.status:
        fields["announcementStatus"] = (listing.status, after)
    ledger.change_listing(listing, values, fields)


def _settled(listing: Listing, media: Iterable[Media]) -> ListingStatus:
    counts = Counter(_state(one) for one in media)
    if listing.status != "pending_active" or counts["coming"]:
        return listing.status
    return "active" if counts["ready"] >= PHOTOS_MIN else "publish_failed"


def _state(media: Media) -> str:
    if media.status == "success":
        return "ready"
    return "failed" if media.status == "failed" else "coming"
