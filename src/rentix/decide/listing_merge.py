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

_FIELDS = ("userId", "externalUserId")


class ListingMerge(msgspec.Struct):
    """What a patch does to a listing. See `rules.merge.Merge`.

    `name` is the external id by which the agent that it has already was named now.
    """

    listing: Listing
    mode: Mode
    fates: Fates
    values: dict[str, Any] = {}
    changes: dict[str, tuple[object, object]] = {}
    notes: list[Note] = []
    faults: list[Fault] = []
    name: str | None = None

    def offer(self, field: str, before: object, after: object) -> bool:
        """Record what `after` does to `field`, and say whether it is to be taken."""
        if before == after:
            self.fates.unchanged.append(field)
            return False
        if self.mode == "fill" and before is not None:
            self.keep(field)
            return False
        self.fates.taken.append(field)
        self.changes[field] = (before, after)
        return True

    def keep(self, field: str) -> None:
        """Record that a field is left as it is, because it has a value and `mode` is `fill`."""
        self.fates.ignored[field] = "not_empty"
        message = f"{field} has a value already and mode is fill, so it was kept"
        self.notes.append(Note(field, "not_empty", message))

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
    form, unchanged = merged.listing.form, merged.fates.unchanged
    taken = {}
    for field, after in sent.items():
        before = form.get(field)
        if before == after:  # as nearly all are: told without a call for each
            unchanged.append(field)
        elif merged.offer(field, before, after):
            taken[field] = after
    if taken:
        joined = form | taken
        merged.values["form"] = {n: value for n, value in joined.items() if value is not None}


def _merge_agent(working: WorkingSet, merged: ListingMerge, patch: ListingPatch) -> None:
    user_id, external_id = patch.user_id, patch.external_user_id
    if user_id is UNSET and external_id is UNSET:
        return
    by_id = None
    if isinstance(user_id, int):
        by_id = working.user(merged.listing.agency_id, user_id)
        if by_id is None:
            merged.faults.append(user_missing(user_id))
            return
    by_user = by_id is not None or (user_id is None and not isinstance(external_id, str))
    field, other = _FIELDS if by_user else _FIELDS[::-1]
    if isinstance(external_id, str):
        _name_by_external_id(working, merged, by_id, external_id)
    elif by_id:
        _name(working, merged, field, by_id, None)
    else:
        _take_agent(merged, field, None, None)
    if user_id is not UNSET and external_id is not UNSET:  # the other one says nothing more
        merged.fates.unchanged.append(other)


def _name_by_external_id(
    working: WorkingSet, merged: ListingMerge, by_id: User | None, external_id: str
) -> None:
    listing = merged.listing
    user = working.by_external(listing.agency_id, external_id)
    if by_id is not None and by_id != user:
        merged.faults.append(agents_disagree(by_id, external_id, user))
    elif user is not None:
        _name(working, merged, "userId" if by_id else "externalUserId", user, external_id)
    elif listing.external_user_id == external_id and listing.is_moved:
        _keep_moved(merged, "externalUserId", f'"{external_id}"')
    elif listing.external_user_id == external_id and listing.user_id is not None:
        # Its agent was unlinked since; the listing holds the user, not the link.
        merged.fates.unchanged.append("externalUserId")
    else:
        message = (
            f'externalUserId "{external_id}" is no agent\'s yet, so visitors see the agency; '
            f"they see the agent as soon as one has it"
        )
        merged.notes.append(Note("externalUserId", "external_user_unknown", message))
        _take_agent(merged, "externalUserId", None, external_id)


def _name(
    working: WorkingSet, merged: ListingMerge, field: str, user: User, external_id: str | None
) -> None:
    listing = merged.listing
    left = working.listings.left_by(user.agency_id, user.id) if listing.is_moved else ()
    if user.status == "inactive" and any(moved.listing_id == listing.id for moved in left):
        _keep_moved(merged, field, f"user {user.id}")
        return
    if user.status == "inactive":
        message = f"{field} names user {user.id}, who is inactive, so visitors see the agency"
        merged.notes.append(Note(field, "agent_inactive", message))
    _take_agent(merged, field, user.id, external_id)


def _keep_moved(merged: ListingMerge, field: str, who: str) -> None:
    # The CRM may go on naming who has left: what was passed on is not taken back by that.
    merged.fates.unchanged.append(field)
    message = f"{field} names {who}, who has left; the listing was passed on and stays where it is"
    merged.notes.append(Note(field, "agent_left", message))


def _take_agent(
    merged: ListingMerge, field: str, user_id: int | None, external_id: str | None
) -> None:
    listing, after = merged.listing, _agent(user_id, external_id)
    if _settles(merged, user_id) and not (merged.mode == "fill" and not after):
        # Passed on: whoever is named now, be it who has it or nobody, it does not come back.
        merged.fates.taken.append(field)
        merged.changes[field] = ("left", after)
    elif not merged.offer(field, _agent(listing.user_id, listing.external_user_id), after):
        if user_id is not None and external_id is not None:
            merged.name = external_id
        return
    merged.values |= {"user_id": user_id, "external_user_id": external_id}


def _settles(merged: ListingMerge, user_id: int | None) -> bool:
    listing = merged.listing
    if not listing.is_moved or not listing.version:
        return False
    return listing.user_id is None or (listing.user_id == user_id and merged.mode != "fill")


def _agent(user_id: int | None, external_id: str | None) -> object:
    # Who it is counts, not how it was said.
    return (
        user_id if user_id is not None or external_id is None else {"externalUserId": external_id}
    )


def names_agent(merged: ListingMerge) -> bool:
    """Whether the listing gets another agent."""
    return "user_id" in merged.values
