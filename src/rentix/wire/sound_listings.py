"""Sound bodies about listings straight from their bytes (see `rentix.wire.sound`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from rentix.wire.bodies import MAX_OPERATIONS
from rentix.wire.listing_bodies import FILES_MAX, CoordinatesBody, FileBody, PutListingBody
from rentix.wire.sound import decode_sound, has_one_id


class SoundCoordinates(CoordinatesBody, forbid_unknown_fields=True):
    """A place without unknown members."""


class SoundFile(FileBody, rename="camel", forbid_unknown_fields=True):
    """A photo without unknown members."""


class SoundListing(PutListingBody, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """A listing without unknown members."""

    files: Annotated[Sequence[SoundFile], Meta(max_length=FILES_MAX)] | UnsetType | None = UNSET
    property_coordinates: SoundCoordinates | UnsetType | None = UNSET


class SoundListingOperation(SoundListing, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """An operation of the kind that nearly all are."""

    op: Literal["upsert", "update", "validate"]


class SoundListingBulk(msgspec.Struct, forbid_unknown_fields=True):
    """A bulk of nothing but sound operations."""

    operations: Annotated[
        list[SoundListingOperation], Meta(min_length=1, max_length=MAX_OPERATIONS)
    ]
    atomic: bool | UnsetType = UNSET


_listing = msgspec.json.Decoder(SoundListing)
_bulk = msgspec.json.Decoder(SoundListingBulk)


def sound_listing(body: bytes) -> SoundListing | None:
    """The listing in `body`, or None when it is not known to be sound."""
    listing = decode_sound(_listing, body)
    return listing if listing is not None and has_one_id(listing) else None


def sound_listing_bulk(body: bytes) -> SoundListingBulk | None:
    """The operations in `body`, or None when they are not all known to be sound."""
    bulk = decode_sound(_bulk, body)
    return bulk if bulk is not None and all(map(has_one_id, bulk.operations)) else None
