"""The endpoints of listings (contract 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

import msgspec

from rentix.client.calls.call import Call, get, path_of, shaped, split_options, write
from rentix.client.calls.call import get_if_changed as changed
from rentix.client.fields import ListingPut, Options, SentOnce
from rentix.client.results import Seen
from rentix.wire.bodies import LinkBody
from rentix.wire.listing_bodies import FileBody, PutListingBody
from rentix.wire.listing_shapes import (
    ListingDeletedShape,
    ListingLinkShape,
    ListingShape,
    ListingsShape,
    PutListingShape,
)


def put(**fields: Unpack[ListingPut]) -> Call[PutListingShape]:
    """Create or update a listing, by exactly one of `id` and `external_id`.

    What is left out is kept, None clears. `external_user_id` may name an agent who is yet to come.
    """
    options, body = split_options(fields)
    return write("PUT", "/listings", PutListingShape, listing_body(body), options=options)


def listing_body(fields: Mapping[str, Any]) -> dict[str, object]:
    """Return a listing as the API spells it, the form's other fields as they are."""
    named = {name: value for name, value in fields.items() if name != "extra"}
    if named.get("files"):
        named["files"] = [FileBody(**photo) for photo in named["files"]]
    return {**fields.get("extra", {}), **msgspec.to_builtins(shaped(PutListingBody, named))}


def get_listing(
    id: int | None = None,  # noqa: A002 - as the contract calls it
    *,
    external_id: str | None = None,
) -> Call[ListingShape]:
    """Return a listing, by the portal's id or the CRM's, and whom its visitors see."""
    return get(path_of("listings", id, external_id), ListingShape)


def get_if_changed(
    id: int | None = None,  # noqa: A002 - as the contract calls it
    *,
    external_id: str | None = None,
    etag: str | None = None,
) -> Call[Seen[ListingShape] | None]:
    """Return a listing with its etag, or None if nothing that it shows has changed since."""
    return changed(path_of("listings", id, external_id), ListingShape, etag)


def page(
    filters: Mapping[str, object], limit: int, cursor: str | None = None
) -> Call[ListingsShape]:
    """GET /listings, one page; `filters` as the API spells them."""
    return get("/listings", ListingsShape, {**filters, "limit": limit, "cursor": cursor})


def delete(
    id: int | None = None,  # noqa: A002 - as the contract calls it
    *,
    external_id: str | None = None,
    if_match: str | None = None,
    **options: Unpack[SentOnce],
) -> Call[ListingDeletedShape]:
    """Delete a listing; its photos stay media, its external id is free."""
    path = path_of("listings", id, external_id)
    return write("DELETE", path, ListingDeletedShape, options=options, if_match=if_match)


def link(
    id: int,  # noqa: A002 - as the contract calls it
    external_id: str,
    *,
    if_match: str | None = None,
    **options: Unpack[Options],
) -> Call[ListingLinkShape]:
    """Attach an external id to a listing."""
    body, path = LinkBody(external_id=external_id), f"/listings/{id}/link"
    return write("POST", path, ListingLinkShape, body, options=options, if_match=if_match)


def unlink(
    id: int,  # noqa: A002 - as the contract calls it
    *,
    if_match: str | None = None,
    **options: Unpack[SentOnce],
) -> Call[ListingLinkShape]:
    """Detach a listing's external id; the answer names the former one."""
    path = f"/listings/{id}/link"
    return write("DELETE", path, ListingLinkShape, options=options, if_match=if_match)
