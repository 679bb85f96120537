"""A patch laid over a listing, field by field."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from rentix.decide.listing_refusals import agents_disagree, user_missing
from rentix.decide.working_set import WorkingSet
from rentix.errors import Fault
from rentix.model import Listing, User
from rentix.operations import Fates, ListingPatch, Mode, Note, PutListing


class ListingMerge(msgspec.Struct):
    """What a patch does to a listing. See `decide.merge.Merge`."""

    listing: Listing
    mode: Mode
    fates: Fates
    values: dict[str, Any] = {}
    changes: dict[str, tuple[object, object]] = {}
    notes: list[Note] = []
    faults: list[Fault] = []

    def offer(self, field: str, before: object, after: object) -> bool:
        """Record what `after` does to `field`, and say whether it is to be taken."""
        if before == after:
            self.fates.unchanged.append(field)
            return False
        if self.mode == "fill" and before is not None:
            self.fates.ignored[field] = "not_empty"
            message = f"{field} has a value already and mode is fill, so it was kept"
            self.notes.append(Note(field, "not_empty", message))
            return False
        self.fates.taken.append(field)
        self.changes[field] = (before, after)
        return True

    def result(self, **more: Any) -> Listing:
        """The listing as it becomes."""
        return replace(self.listing, **self.values, **more)


def merge_listing(
    working: WorkingSet, listing: Listing, put: PutListing, files: tuple[int, ...] | UnsetType
) -> ListingMerge:
    """Lay the patch of `put` over `listing`, all but its status. `files` are those it names."""
    merged = ListingMerge(listing, put.mode, Fates(forms=put.forms, unknown=put.ignored))
    _merge_form(merged, put.patch.form)
    if files is not UNSET and merged.offer("files", listing.files or None, files or None):
        merged.values["files"] = files
        merged.changes["files"] = (listing.files, files)
    _merge_agent(working, merged, put.patch)
    return merged


def _merge_form(merged: ListingMerge, sent: dict[str, Any]) -> None:
    form = merged.listing.form
    taken = {
        field: after for field, after in sent.items() if merged.offer(field, form.get(field), after)
    }
    if taken:
        joined = form | taken
        merged.values["form"] = {n: value for n, value in joined.items() if value is not None}


def _merge_agent(working: WorkingSet, merged: ListingMerge, patch: ListingPatch) -> None:
    user_id, external_id = patch.user_id, patch.external_user_id
    if user_id is UNSET and external_id is UNSET:
        return
    if isinstance(external_id, str):
        _name_by_external_id(working, merged, patch, external_id)
    elif isinstance(user_id, int):
        user = working.user(merged.listing.agency_id, user_id)
        if user is None:
            merged.faults.append(user_missing(user_id))
            return
        _name(merged, "userId", user, None)
    else:
        field = "userId" if user_id is None else "externalUserId"
        _take_agent(merged, field, None, None)


def _name_by_external_id(
    working: WorkingSet, merged: ListingMerge, patch: ListingPatch, external_id: str
) -> None:
    listing = merged.listing
    user = working.by_external(listing.agency_id, external_id)
    if isinstance(patch.user_id, int):
        by_id = working.user(listing.agency_id, patch.user_id)
        if by_id is None:
            merged.faults.append(user_missing(patch.user_id))
            return
        if user is None or user.id != by_id.id:
            merged.faults.append(agents_disagree(by_id, external_id, user))
            return
        _name(merged, "userId", user, external_id)
        merged.fates.unchanged.append("externalUserId")
        return
    if user is not None:
        _name(merged, "externalUserId", user, external_id)
        return
    if listing.external_user_id == external_id and listing.user_id is not None:
        # Its agent was unlinked since; the listing holds the user, not the link.
        merged.fates.unchanged.append("externalUserId")
        return
    message = (
        f'no agent has the externalId "{external_id}" yet, so visitors see the agency; '
        f"they see the agent as soon as one has it"
    )
    merged.notes.append(Note("externalUserId", "external_user_unknown", message))
    _take_agent(merged, "externalUserId", None, external_id)


def _name(merged: ListingMerge, field: str, user: User, external_id: str | None) -> None:
    listing = merged.listing
    if user.status == "active":
        _take_agent(merged, field, user.id, external_id)
        return
    if listing.is_moved:
        # The CRM may go on naming who has left: what was passed on is not taken back by that.
        merged.fates.unchanged.append(field)
        message = f"user {user.id} has left and this listing was passed on; it stays where it is"
        merged.notes.append(Note(field, "agent_left", message))
        return
    message = f"user {user.id} is inactive, so visitors see the agency"
    merged.notes.append(Note(field, "agent_inactive", message))
    _take_agent(merged, field, user.id, external_id)


def _take_agent(
    merged: ListingMerge, field: str, user_id: int | None, external_id: str | None
) -> None:
    listing = merged.listing
    before, after = _agent(listing.user_id, listing.external_user_id), _agent(user_id, external_id)
    # One that was passed on to nobody does not wait; named anew, it does.
    begins_to_wait = listing.is_moved and listing.user_id is None and external_id is not None
    if before == after and not begins_to_wait:
        merged.fates.unchanged.append(field)
        return
    if merged.offer(field, None if begins_to_wait else before, after):
        merged.changes[field] = (before, after)
        merged.values |= {"user_id": user_id, "external_user_id": external_id}


def _agent(user_id: int | None, external_id: str | None) -> object:
    # Who it is counts, not how it was said.
    return (
        user_id if user_id is not None or external_id is None else {"externalUserId": external_id}
    )


def names_agent(merged: ListingMerge) -> bool:
    """Whether the listing gets another agent."""
    return "user_id" in merged.values
