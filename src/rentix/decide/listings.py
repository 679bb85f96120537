"""Create, update, link and remove listings (contract 6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from rentix.decide.listing_merge import ListingMerge, merge_listing, names_agent
from rentix.decide.listing_refusals import (
    listing_blocked,
    listings_limited,
    status_not_yours,
    unknown_listing,
)
from rentix.decide.photos import Photos, find_photos, shown_media, status_by_photos
from rentix.decide.record import Fields, record
from rentix.decide.refusals import (
    already_linked,
    already_there,
    check_freshness,
    check_precondition,
    external_id_taken,
)
from rentix.decide.report import was_held
from rentix.decide.working_set import WorkingSet
from rentix.errors import Fault, Problem, invalid
from rentix.model import Change, Listing, ListingStatus, Media
from rentix.operations import (
    Caller,
    DeleteListing,
    LinkListing,
    ListingOutcome,
    ListingVerb,
    Note,
    PutListing,
    UnlinkListing,
)
from rentix.rules.listing_form import check_form

_PORTALS_OWN = ("publish_failed", "blocked")


def put_listing(
    working: WorkingSet, caller: Caller, put: PutListing, now_ms: int
) -> ListingOutcome:
    """Decide what `put` makes of the listing it names.

    Raises:
        Problem: 400 with every fault; 403 the month's listings are used up; 404 unknown; 409 taken,
            stale or blocked; 412.
    """
    listing = _find(working, caller, put.id, put.external_id)
    if listing is None:
        if put.id is not None or put.mode == "update":
            raise _with_faults(put) or unknown_listing(put.id, put.external_id)
        return _create(working, caller, put, now_ms)
    if put.mode == "create":
        raise _with_faults(put) or already_there(listing, by_id=put.id is not None)
    if not put.faults:  # what is wrong whatever is stored is told first
        check_precondition(put.if_match, listing, "listing")
        check_freshness(put.source_us, listing)
    return _update(working, caller, listing, put, now_ms)


def _with_faults(put: PutListing) -> Problem | None:
    return invalid(list(put.faults)) if put.faults else None


def _find(
    working: WorkingSet, caller: Caller, listing_id: int | None, external_id: str | None
) -> Listing | None:
    if listing_id is not None:
        return working.listings.find(caller.agency_id, listing_id)
    return working.listings.by_external(caller.agency_id, external_id or "")


def _create(working: WorkingSet, caller: Caller, put: PutListing, now_ms: int) -> ListingOutcome:
    seq = working.next_seq(caller.agency_id)
    blank = Listing(
        id=0,
        agency_id=caller.agency_id,
        external_id=put.external_id,
        agent_version=seq,
        version=seq,
        created_ms=now_ms,
        updated_ms=now_ms,
        synced_ms=now_ms if caller.key_id else None,
        source_us=put.source_us,
    )
    if not put.faults:
        check_precondition(put.if_match, None, "listing")
    put = replace(put, mode="upsert")
    merged, photos = _merge(working, caller, blank, put)
    agency = working.agency(caller.agency_id)
    assert agency is not None  # noqa: S101 - it is loaded where a listing may be made
    if working.listings.used(agency.id) >= agency.monthly_listings:
        raise listings_limited(agency.monthly_listings)
    merged.fates.taken += merged.fates.unchanged
    merged.fates.unchanged = []
    listing = merged.result(id=working.new_id("listing"))
    born: dict[str, object] = {
        "externalId": listing.external_id,
        "announcementStatus": listing.status,
    }
    born |= {name: after for name, (_, after) in merged.changes.items()}
    fields: Fields = {name: (None, value) for name, value in born.items() if value is not None}
    change = record(caller, listing, fields, seq, now_ms)
    former = working.listings.former_holder(caller.agency_id, put.external_id or "")
    notes = was_held("listing", former)
    return _outcome("created", put, merged, photos, listing, notes=notes, change=change)


def _update(
    working: WorkingSet, caller: Caller, listing: Listing, put: PutListing, now_ms: int
) -> ListingOutcome:
    merged, photos = _merge(working, caller, listing, put)
    source_us = listing.source_us if put.source_us is None else put.source_us
    if not merged.changes:
        # Neither a later time of the source nor another name of the same agent is a change.
        name = merged.name or listing.external_user_id
        after = replace(listing, source_us=source_us, external_user_id=name)
        newer = after != listing
        linked = _linked(caller, merged, photos, working.next_seq(caller.agency_id), now_ms)
        return _outcome("unchanged", put, merged, photos, after, stored=newer, linked=linked)
    seq = working.next_seq(caller.agency_id)
    if merged.name:
        merged.values["external_user_id"] = merged.name
    after = merged.result(
        source_us=source_us,
        agent_version=seq if names_agent(merged) else listing.agent_version,
        version=seq,
        updated_ms=now_ms,
        synced_ms=now_ms if caller.key_id else listing.synced_ms,
    )
    change = record(caller, listing, merged.changes, seq, now_ms)
    linked = _linked(caller, merged, photos, seq + 1, now_ms)
    return _outcome("updated", put, merged, photos, after, change=change, linked=linked)


def _linked(
    caller: Caller, merged: ListingMerge, photos: Photos, seq: int, now_ms: int
) -> tuple[tuple[Media, Change], ...]:
    """The photos that get an external id, with the changes that say so, from number `seq` on."""
    if not _heeds(merged):
        return ()
    return tuple(
        (media, record(caller, media, {"externalId": (None, media.external_id)}, number, now_ms))
        for number, media in enumerate(photos.linked, seq)
    )


def _heeds(merged: ListingMerge) -> bool:
    """Whether the files that were sent count: with `mode` `fill` they may not."""
    return "files" not in merged.fates.ignored


def _merge(
    working: WorkingSet, caller: Caller, listing: Listing, put: PutListing
) -> tuple[ListingMerge, Photos]:
    """Lay `put` over `listing`, its status last: that depends on all the rest.

    Raises:
        Problem: 400 with every fault; 409 blocked.
    """
    photos, files = Photos(), put.patch.files
    shown = shown_media(working, listing)
    named: tuple[int, ...] | UnsetType = UNSET
    if files is not UNSET:
        # As readers see it: without photos that are gone, of which it may not be told yet.
        if len(shown) < len(listing.files):
            listing = replace(listing, files=tuple(media.id for media in shown))
        photos = find_photos(working, listing.agency_id, files or (), shown)
        named = tuple(photos.media)
    merged = merge_listing(working, listing, put, named)
    media = list(photos.media.values()) if "files" in merged.values else shown
    faults = [*put.faults, *photos.faults, *merged.faults]
    _merge_status(merged, put, media, faults, by_portal=caller.key_id is None)
    if faults:
        raise invalid(faults)
    return merged, photos


def _merge_status(
    merged: ListingMerge,
    put: PutListing,
    media: Iterable[Media],
    faults: list[Fault],
    *,
    by_portal: bool,
) -> None:
    listing, sent = merged.listing, put.patch.status
    if sent not in (UNSET, listing.status) and merged.mode == "fill":
        merged.keep("announcementStatus")
        sent = UNSET
    if sent is not UNSET and sent != listing.status and not by_portal:
        if listing.status == "blocked" and not faults:
            raise listing_blocked(listing)
        if sent in _PORTALS_OWN:
            faults.append(status_not_yours(sent))
            return
    wished = listing.status if sent is UNSET else sent
    after: ListingStatus = wished
    seen = {fault.path[:1] for fault in faults}
    form = merged.values.get("form", listing.form)
    if merged.values or wished != listing.status:
        faults += [f for f in check_form(form, wished) if f.path[:1] not in seen]
    is_public = wished in ("active", "pending_active")
    if is_public and (wished != listing.status or "files" in merged.values):
        judged = status_by_photos(media, was=listing.status)
        if isinstance(judged, Fault):
            if ("files",) not in seen:
                faults.append(judged)
            return
        after = judged
    _take_status(merged, sent, after)


def _take_status(
    merged: ListingMerge, sent: ListingStatus | UnsetType, after: ListingStatus
) -> None:
    before = merged.listing.status
    if before != after:
        merged.values["status"] = after
        merged.changes["announcementStatus"] = (before, after)
    if sent is not UNSET:
        fate = merged.fates.unchanged if before == after else merged.fates.taken
        fate.append("announcementStatus")
    if after == "pending_active" and (sent is not UNSET or before != after):
        message = (
            "announcementStatus is pending_active, for photos are on their way; it is active as "
            "soon as they are ready"
        )
        merged.notes.append(Note("announcementStatus", "photos_processing", message))


def _outcome(
    verb: ListingVerb,
    put: PutListing,
    merged: ListingMerge,
    photos: Photos,
    listing: Listing,
    notes: tuple[Note, ...] = (),
    **more: Any,
) -> ListingOutcome:
    taken = "files" in merged.values
    return ListingOutcome(
        verb=verb,
        listing=listing,
        warnings=(
            *notes,
            *_heard(put, merged),
            *(photos.notes if _heeds(merged) else ()),
            *merged.notes,
        ),
        fates=merged.fates,
        queued=tuple(photos.queued) if taken else (),
        **more,
    )


def _heard(put: PutListing, merged: ListingMerge) -> list[Note]:
    ignored = merged.fates.ignored
    notes = [note for note in put.notes if note.field not in ignored]
    return notes + [
        Note(field, "normalised", f"{field} is stored as {stored[:100]}")
        for field, (_, stored) in put.forms.items()
        if field in merged.fates.taken
    ]


def link_listing(
    working: WorkingSet, caller: Caller, link: LinkListing, now_ms: int
) -> ListingOutcome:
    """Attach an external id. The same link again is the same answer.

    Raises:
        Problem: 404 unknown; 409 when it has another external id or another listing has this.
    """
    listing = _existing(working, caller, link.id, None, link.if_match)
    if listing.external_id == link.external_id:
        return ListingOutcome(verb="linked", listing=listing, warnings=link.notes)
    if listing.external_id is not None:
        raise already_linked(listing)
    holder = working.listings.by_external(caller.agency_id, link.external_id)
    if holder is not None:
        raise external_id_taken(holder)
    return _relink(working, caller, listing, link.external_id, link.notes, now_ms)


def unlink_listing(
    working: WorkingSet, caller: Caller, unlink: UnlinkListing, now_ms: int
) -> ListingOutcome:
    """Detach the external id; a listing without one is left as it is.

    Raises:
        Problem: 404 unknown.
    """
    listing = _existing(working, caller, unlink.id, unlink.external_id, unlink.if_match)
    if listing.external_id is None:
        return ListingOutcome(verb="not_linked", listing=listing, warnings=unlink.notes)
    return _relink(working, caller, listing, None, unlink.notes, now_ms)


def _relink(
    working: WorkingSet,
    caller: Caller,
    listing: Listing,
    external_id: str | None,
    notes: tuple[Note, ...],
    now_ms: int,
) -> ListingOutcome:
    seq = working.next_seq(caller.agency_id)
    after = replace(
        listing,
        external_id=external_id,
        version=seq,
        updated_ms=now_ms,
        synced_ms=now_ms if caller.key_id else listing.synced_ms,
    )
    fields: dict[str, tuple[object, object]] = {"externalId": (listing.external_id, external_id)}
    return ListingOutcome(
        verb="unlinked" if external_id is None else "linked",
        listing=after,
        warnings=notes,
        former=listing.external_id,
        change=record(caller, listing, fields, seq, now_ms),
    )


def delete_listing(
    working: WorkingSet, caller: Caller, delete: DeleteListing, now_ms: int
) -> ListingOutcome:
    """Remove a listing.

    Raises:
        Problem: 404 unknown.
    """
    listing = _existing(working, caller, delete.id, delete.external_id, delete.if_match)
    fields: dict[str, tuple[object, object]] = {
        "deleted": (False, True),
        "announcementStatus": (listing.status, None),
        "externalId": (listing.external_id, None),
        "userId": (listing.user_id, None),
        "files": (listing.files, None),
    } | {name: (value, None) for name, value in listing.form.items()}
    known = {name: pair for name, pair in fields.items() if pair[0] is not None}
    seq = working.next_seq(caller.agency_id)
    return ListingOutcome(
        verb="deleted",
        listing=listing,
        warnings=delete.notes,
        change=record(caller, listing, known, seq, now_ms),
    )


def _existing(
    working: WorkingSet,
    caller: Caller,
    listing_id: int | None,
    external_id: str | None,
    if_match: tuple[str, ...] | None,
) -> Listing:
    listing = _find(working, caller, listing_id, external_id)
    if listing is None:
        raise unknown_listing(listing_id, external_id)
    check_precondition(if_match, listing, "listing")
    return listing
