"""What can be asked of listings, and of the agency that stands behind them."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from rentix.model import ListingStatus
from rentix.operations.asking import Linking, Naming, Note, Putting


class FileRef(msgspec.Struct, frozen=True):
    """A photo of a listing: a media by its `id`, or one to import from `url`, if it is not known.

    `external_id` is the CRM's own name of it; with a `url` one that nobody has yet is given to it.
    `index` is its place in the list that was sent, of which not every member needs to be here.
    """

    id: int | None = None
    url: str | None = None
    external_id: str | None = None
    index: int = 0


class ListingPatch(msgspec.Struct, frozen=True):
    """The submitted part of a listing, normalised. Absent keeps, None clears.

    `form` maps a form field's name on the wire to what is to be stored. An agent is named by
    `user_id` or `external_user_id`; None in either, without the other, detaches.
    """

    status: ListingStatus | UnsetType = UNSET
    form: dict[str, Any] = {}
    files: tuple[FileRef, ...] | UnsetType | None = UNSET
    user_id: int | UnsetType | None = UNSET
    external_user_id: str | UnsetType | None = UNSET


class PutListing(Putting, frozen=True, kw_only=True):
    """Create or update one listing by exactly one of `id` and `external_id` (contract 6)."""

    patch: ListingPatch = ListingPatch()


class LinkListing(Linking, frozen=True, kw_only=True):
    """Attach an external id to a listing that has none."""


class UnlinkListing(Naming, frozen=True, kw_only=True):
    """Detach the external id of a listing, named by exactly one of its two ids."""


class DeleteListing(Naming, frozen=True, kw_only=True):
    """Remove a listing, named by exactly one of its two ids. Its photos stay media."""


class AgencyPatch(msgspec.Struct, frozen=True):
    """The submitted part of an agency, normalised. Absent keeps, None clears. `logo` is a media.

    `phone` is E.164, and `descriptions` are as in `Patch`.
    """

    name: str | UnsetType = UNSET
    phone: str | UnsetType | None = UNSET
    descriptions: dict[str, str | None] | UnsetType | None = UNSET
    description_is_text: bool = False
    logo: int | UnsetType | None = UNSET
    region: str | UnsetType = UNSET
    locale: str | UnsetType = UNSET


class PutAgency(msgspec.Struct, frozen=True, kw_only=True):
    """Change what visitors see of the agency, and how its values are read (contract 8)."""

    patch: AgencyPatch = AgencyPatch()
    if_match: tuple[str, ...] | None = None
    forms: dict[str, tuple[str, str]] = {}
    ignored: dict[str, str] = {}
    notes: tuple[Note, ...] = ()


class BindListings(msgspec.Struct, frozen=True, kw_only=True):
    """Write down, of the next of the listings that wait for `external_id`, who their agent is.

    It is asked by the portal itself, after the change `version` that gave the external id away.
    """

    external_id: str
    user_id: int
    version: int
