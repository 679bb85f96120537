"""The items of a bulk: each function makes one operation, as the API has it.

What they take is what the single calls take: absent keeps, None clears.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

import msgspec

from rentix.client.calls.call import shaped
from rentix.client.calls.listings import listing_body
from rentix.client.fields import Leaving, ListingFields, MediaFields, UserFields
from rentix.wire.bodies import (
    DeactivateOperationBody,
    LinkOperationBody,
    MediaImportBody,
    PutUserBody,
    UnlinkOperationBody,
)
from rentix.wire.listing_bodies import ListingNameBody


class Named(TypedDict, total=False):
    """Whom an operation is about, by exactly one of `id` and `external_id`."""

    id: int
    external_id: str
    if_match: str


class LeavingNamed(Leaving, Named, total=False):
    """Who leaves, and who takes over."""


def upsert_user(**fields: Unpack[UserFields]) -> dict[str, object]:
    """Create or update an agent, as `users.put` does."""
    return _operation("upsert", PutUserBody, fields)


def validate_user(**fields: Unpack[UserFields]) -> dict[str, object]:
    """Decide as `upsert_user` would, and store nothing."""
    return _operation("validate", PutUserBody, fields)


def link_user(
    id: int,  # noqa: A002 - as the contract calls it
    external_id: str,
    *,
    if_match: str | None = None,
) -> dict[str, object]:
    """Attach an external id to an agent."""
    return _link(id, external_id, if_match)


def unlink_user(**name: Unpack[Named]) -> dict[str, object]:
    """Detach an agent's external id."""
    return _operation("unlink", UnlinkOperationBody, name)


def deactivate_user(**leaving: Unpack[LeavingNamed]) -> dict[str, object]:
    """Let an agent leave, as `users.deactivate` does."""
    return _operation("deactivate", DeactivateOperationBody, leaving)


def upsert_listing(**fields: Unpack[ListingFields]) -> dict[str, object]:
    """Create or update a listing, as `listings.put` does."""
    return {"op": "upsert", **listing_body(fields)}


def validate_listing(**fields: Unpack[ListingFields]) -> dict[str, object]:
    """Decide as `upsert_listing` would, and store nothing."""
    return {"op": "validate", **listing_body(fields)}


def link_listing(
    id: int,  # noqa: A002 - as the contract calls it
    external_id: str,
    *,
    if_match: str | None = None,
) -> dict[str, object]:
    """Attach an external id to a listing."""
    return _link(id, external_id, if_match)


def unlink_listing(**name: Unpack[Named]) -> dict[str, object]:
    """Detach a listing's external id."""
    return _operation("unlink", ListingNameBody, name)


def delete_listing(**name: Unpack[Named]) -> dict[str, object]:
    """Delete a listing."""
    return _operation("delete", ListingNameBody, name)


def import_picture(url: str, **fields: Unpack[MediaFields]) -> dict[str, object]:
    """Queue a picture for import, as `media.import_from_url` does."""
    return _operation("upload-from-url", MediaImportBody, {"url": url, **fields})


def _link(item_id: int, external_id: str, if_match: str | None) -> dict[str, object]:
    terms = {} if if_match is None else {"if_match": if_match}
    given = {"id": item_id, "external_id": external_id, **terms}
    return _operation("link", LinkOperationBody, given)


def _operation(word: str, body: type, fields: Mapping[str, object]) -> dict[str, object]:
    members: dict[str, Any] = msgspec.to_builtins(shaped(body, fields))
    return {"op": word, **members}
