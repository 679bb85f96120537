"""Sound bodies straight from their bytes: right in every member, and with none that is unknown.

These types take nothing else. Whatever they refuse is read again by `rentix.wire.decode`, which
knows how to say what is wrong, so they decide how fast a body is read and never what comes of it.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from rentix.wire.bodies import (
    MAX_OPERATIONS,
    AvatarBody,
    Description,
    PutUserBody,
    SettingsBody,
)
from rentix.wire.decode import MAX_MEMBERS
from rentix.wire.listing_bodies import PutListingBody

_NUL = b"\\u0000"  # a raw one is no JSON
_T = TypeVar("_T")


class SoundSettings(SettingsBody, forbid_unknown_fields=True):
    """Settings of which only the posting type may be one to ignore."""

    posting_type: str | UnsetType = UNSET  # of another kind it could nest as deep as it likes


class SoundAvatar(AvatarBody, forbid_unknown_fields=True):
    """An avatar without unknown members."""


class SoundPut(PutUserBody, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """A profile without unknown members."""

    description: (
        Description
        | Annotated[dict[str, Description | None], Meta(max_length=MAX_MEMBERS)]
        | UnsetType
        | None
    ) = UNSET
    avatar: SoundAvatar | UnsetType | None = UNSET
    settings: SoundSettings | UnsetType = UNSET


class SoundOperation(SoundPut, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """An operation of the kind that nearly all are."""

    op: Literal["upsert", "update", "validate"]


class SoundBulk(msgspec.Struct, forbid_unknown_fields=True):
    """A bulk of nothing but sound operations."""

    operations: Annotated[list[SoundOperation], Meta(min_length=1, max_length=MAX_OPERATIONS)]
    atomic: bool | UnsetType = UNSET


_put = msgspec.json.Decoder(SoundPut)
_bulk = msgspec.json.Decoder(SoundBulk)
_operation = msgspec.json.Decoder(SoundOperation)


def sound_put(body: bytes) -> SoundPut | None:
    """The profile in `body`, or None when it is not known to be sound."""
    put = decode_sound(_put, body)
    return put if put is not None and has_one_id(put) else None


def sound_operation(body: bytes) -> SoundOperation | None:
    """The operation in `body`, or None when it is not known to be sound."""
    operation = decode_sound(_operation, body)
    return operation if operation is not None and has_one_id(operation) else None


def sound_bulk(body: bytes) -> SoundBulk | None:
    """The operations in `body`, or None when they are not all known to be sound."""
    bulk = decode_sound(_bulk, body)
    return bulk if bulk is not None and all(map(has_one_id, bulk.operations)) else None


def decode_sound(decoder: msgspec.json.Decoder[_T], body: bytes) -> _T | None:
    """What a decoder of sound bodies makes of `body`, or None."""
    if _NUL in body:
        return None
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):  # as `parse_object` says
        return None


def has_one_id(put: PutUserBody | PutListingBody) -> bool:
    """Whether exactly one of `id` and `externalId` is there."""
    return (put.id is UNSET) != (put.external_id is UNSET)
