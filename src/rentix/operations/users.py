"""What can be asked of users."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from rentix.model import Phone
from rentix.operations.asking import Linking, Naming, Note, Putting


class Patch(msgspec.Struct, frozen=True):
    """The submitted part of a profile, normalised. Absent keeps, None clears.

    A `phone` of None is a number that could not be read. `descriptions` maps locales to texts,
    None as a whole clears every locale; `description_is_text` says that it was sent as one text.
    `avatar` is the picture's address, or the id of a media.
    """

    name: str | UnsetType = UNSET
    phone: Phone | UnsetType | None = UNSET
    descriptions: dict[str, str | None] | UnsetType | None = UNSET
    description_is_text: bool = False
    avatar: str | int | UnsetType | None = UNSET
    avatar_refresh: bool = False
    instagram: str | UnsetType | None = UNSET
    youtube: str | UnsetType | None = UNSET
    tiktok: str | UnsetType | None = UNSET
    settings: dict[str, bool] | UnsetType = UNSET


class PutUser(Putting, frozen=True, kw_only=True):
    """Create or update one profile by exactly one of `id` and `external_id` (contract 5)."""

    patch: Patch = Patch()
    reactivate: bool = False


class LinkUser(Linking, frozen=True, kw_only=True):
    """Attach an external id to a user that has none."""


class UnlinkUser(Naming, frozen=True, kw_only=True):
    """Detach the external id of a user, named by exactly one of its two ids."""


class RegisterUser(msgspec.Struct, frozen=True, kw_only=True):
    """An agent registers on the portal: no external id, and a phone that CRMs may not change."""

    name: str
    phone: Phone


class DeactivateUser(Naming, frozen=True, kw_only=True):
    """An agent leaves: their listings go to the successor, or to the agency (contract 6a).

    For `undo_ms` from now on a return brings the listings back.
    """

    successor_id: int | None = None
    successor_external_id: str | None = None
    undo_ms: int = 30 * 24 * 3600 * 1000


class ReactivateUser(msgspec.Struct, frozen=True, kw_only=True):
    """An agent returns, and gets back the listings that nobody has changed hands of since."""

    id: int
    if_match: tuple[str, ...] | None = None
    notes: tuple[Note, ...] = ()
