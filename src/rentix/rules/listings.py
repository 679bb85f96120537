"""The bodies about listings, whole: the form and the members that steer the write (contract 6)."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from rentix.errors import Fault, invalid
from rentix.operations import (
    DeleteListing,
    FileRef,
    LinkListing,
    ListingPatch,
    PutListing,
    UnlinkListing,
)
from rentix.rules.linking import read_linking, read_naming
from rentix.rules.listing_fields import keep_others, read_form
from rentix.rules.listing_files import check_files, read_files
from rentix.rules.listing_form import contradictions
from rentix.rules.pictures import imports_off_note
from rentix.rules.steering import Terms, check_one_id, read_if_match, read_source_time
from rentix.rules.submissions import Submission
from rentix.wire.decode import parse_object, read
from rentix.wire.listing_bodies import (
    ListingLinkBody,
    ListingLinkOperationBody,
    ListingNameBody,
    PutListingBody,
)
from rentix.wire.sound_listings import SoundListing, sound_listing

_IDS = (("id",), ("externalId",))


def read_put_listing_bytes(body: bytes, terms: Terms) -> PutListing:
    """The operation that a request's body asks for: as `read_put_listing`, and mostly faster.

    Raises:
        Problem: 400, with every fault, when it is no JSON object or names no listing.
    """
    sound = sound_listing(body)
    if sound is None:
        return read_put_listing(parse_object(body), terms)
    return read_sound_listing(sound, terms)


def read_sound_listing(
    body: SoundListing, terms: Terms, *, validate_only: bool = False
) -> PutListing:
    """The operation that a sound body asks for."""
    return _make_put(body, {}, [], terms, validate_only=validate_only)


def read_put_listing(
    raw: dict[str, Any], terms: Terms, *, validate_only: bool = False
) -> PutListing:
    """The operation that `raw` asks for.

    Its `faults` refuse it once it is known what the listing was, for then it may lack more.

    Raises:
        Problem: 400, with every fault, when it names no listing.
    """
    body, faults = read(PutListingBody, raw)
    assert body is not None  # noqa: S101 - no member of it must be there
    return _make_put(body, raw, check_one_id(raw) + faults, terms, validate_only=validate_only)


def _make_put(
    body: PutListingBody,
    raw: dict[str, Any],
    faults: list[Fault],
    terms: Terms,
    *,
    validate_only: bool,
) -> PutListing:
    seen = Submission(terms.region, terms.locale)
    patch = _read_patch(seen, body, raw)
    if terms.imports_off and any(file.url for file in patch.files or ()):
        seen.notes.append(imports_off_note("files"))
    source_us = read_source_time(seen, body.source_updated_at)
    if_match = read_if_match(seen, body.if_match, terms.if_match)
    faults += seen.faults
    if faults and any(fault.path[:1] in _IDS for fault in faults):
        raise invalid(faults)
    return PutListing(
        id=body.id or None,
        external_id=body.external_id or None,
        patch=_without_faulty(patch, faults),
        mode=body.mode or "upsert",
        source_us=source_us,
        if_match=if_match,
        forms=seen.forms,
        ignored=seen.ignored,
        notes=tuple(seen.notes),
        faults=tuple(faults),
        validate_only=validate_only,
    )


def _without_faulty(patch: ListingPatch, faults: list[Fault]) -> ListingPatch:
    """Leave out what is looked up and cannot be: no database is asked for a NUL."""
    if not faults:
        return patch
    faulty = {fault.path[0] for fault in faults if fault.path}
    if "files" in faulty:
        patch = replace(patch, files=UNSET)
    return replace(patch, external_user_id=UNSET) if "externalUserId" in faulty else patch


def _read_patch(seen: Submission, body: PutListingBody, raw: dict[str, Any]) -> ListingPatch:
    read_form(seen, body, raw)
    if raw:
        keep_others(seen, raw, PutListingBody)
    files: tuple[FileRef, ...] | UnsetType | None = UNSET
    if body.files is not UNSET:
        files = None if body.files is None else read_files(seen, body.files, raw.get("files"))
    elif "files" in raw:
        check_files(seen, raw["files"])
    user_id, external_user_id = _agent(body)
    seen.faults.extend(contradictions(seen.patch))
    return ListingPatch(
        status=body.announcement_status,
        form=seen.patch,
        files=files,
        user_id=user_id,
        external_user_id=external_user_id,
    )


def _agent(body: PutListingBody) -> tuple[int | UnsetType | None, str | UnsetType | None]:
    """Who is named: a null beside a name says nothing."""
    user_id, external_user_id = body.user_id, body.external_user_id
    if isinstance(user_id, int) and external_user_id is None:
        external_user_id = UNSET
    elif isinstance(external_user_id, str) and user_id is None:
        user_id = UNSET
    return user_id, external_user_id


def read_link_listing(raw: dict[str, Any], listing_id: int | None, terms: Terms) -> LinkListing:
    """The link that `raw` asks for; `listing_id` None means that it names the listing itself.

    Raises:
        Problem: 400, with every fault.
    """
    shape = ListingLinkOperationBody if listing_id is None else ListingLinkBody
    return LinkListing(**read_linking(shape, raw, listing_id, terms))


def read_unlink_listing(raw: dict[str, Any], terms: Terms) -> UnlinkListing:
    """The unlinking that `raw` asks for.

    Raises:
        Problem: 400, with every fault.
    """
    return UnlinkListing(**read_naming(ListingNameBody, raw, terms))


def read_delete_listing(raw: dict[str, Any], terms: Terms) -> DeleteListing:
    """The deletion that `raw` asks for.

    Raises:
        Problem: 400, with every fault.
    """
    return DeleteListing(**read_naming(ListingNameBody, raw, terms))
