"""The pages that differ in how they are searched for, each as a query of its own."""

from __future__ import annotations

from rentix.store import ListingFilter, UserFilter
from rentix.store.listing_query import listing_page_query
from rentix.store.page_query import page_query
from rentix.store.queries import Database, load_queries
from tests.store.probes import EVERY_CONDITION

FILTERS = {
    "page": UserFilter(),
    "page by words": UserFilter(words=("ana", "rusu")),
    "page by phone": UserFilter(phone="+37369123456"),
    "page of linked": UserFilter(linked=True),
    "page of unlinked": UserFilter(linked=False),
    "page by status": UserFilter(status="active"),
    "page since": UserFilter(updated_since_ms=0),
    "page by everything": EVERY_CONDITION,
}
LISTING_FILTERS = {
    "listings": ListingFilter(),
    "listings by status": ListingFilter(status="active"),
    "listings of a user": ListingFilter(user_id=7),
    "listings of a user by status": ListingFilter(user_id=7, status="active"),
}


def complete_queries(database: Database) -> dict[str, str]:
    """Give every named query; those of pages, which are templates, once for each filter."""
    queries = {**load_queries(database)}
    templates = ("user_page", "listing_page", "listing_page_of_agent")
    page, _, _ = (queries.pop(name) for name in templates)
    return (
        queries
        | {name: page_query(page, database, wanted)[0] for name, wanted in FILTERS.items()}
        | {
            name: listing_page_query(load_queries(database), database, wanted)[0]
            for name, wanted in LISTING_FILTERS.items()
        }
    )
