"""The queries for a page of listings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rentix.store import ListingFilter
from rentix.store.queries import Database, spell
from rentix.views import PUBLIC_LISTINGS


def listing_page_query(
    queries: Mapping[str, str], database: Database, wanted: ListingFilter
) -> tuple[str, dict[str, Any]]:
    """The query of a page of listings with the conditions of a filter, and their values."""
    name, values = "listing_page", dict[str, Any]()
    if wanted.user_id is not None:
        name, values["user_id"] = "listing_page_of_agent", wanted.user_id
    if wanted.status is not None:
        values["status"] = wanted.status
    return fill_listing_page(queries[name], database, wanted), values


def fill_listing_page(template: str, database: Database, wanted: ListingFilter) -> str:
    """A page's query with the conditions of a filter."""
    condition = "" if wanted.status is None else " AND listing.status = :status"
    return template.replace("{conditions}", spell(condition, database))


def public_span(page: int) -> dict[str, int]:
    """The values of `listings_of_agent` that make it that page; `most` is up to its end."""
    most = page * PUBLIC_LISTINGS
    return {"limit": PUBLIC_LISTINGS, "offset": most - PUBLIC_LISTINGS, "most": most}
