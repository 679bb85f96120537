"""The bodies that the portal answers with about agents who leave and return (contract 6a)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from rentix.operations import Note
from rentix.wire.shapes import DryRun, Etag


class DeactivateShape(msgspec.Struct, rename="camel", kw_only=True):
    """The answer to POST /users/:id/deactivate."""

    id: int
    deactivated: Literal[True] = True
    moved_listings: Annotated[int, Meta(description="How many went to the successor or agency.")]
    etag: Etag
    warnings: tuple[Note, ...] | UnsetType = UNSET
    dry_run: DryRun | UnsetType = UNSET


class ChangedSinceShape(msgspec.Struct, rename="camel"):
    """A listing that was not given back, and whose it is now; null is the agency's."""

    id: int
    user_id: int | None


class ReactivateShape(msgspec.Struct, rename="camel", kw_only=True):
    """The answer to POST /users/:id/reactivate."""

    id: int
    reactivated: Literal[True] = True
    restored_listings: int
    changed_since: Annotated[
        tuple[ChangedSinceShape, ...],
        Meta(description="Listings that changed hands since, and so were not given back."),
    ]
    undo_ended: (
        Annotated[
            tuple[ChangedSinceShape, ...],
            Meta(description="Listings that were not given back, as it was too late for that."),
        ]
        | UnsetType
    ) = UNSET
    etag: Etag
    warnings: tuple[Note, ...] | UnsetType = UNSET
    dry_run: DryRun | UnsetType = UNSET
