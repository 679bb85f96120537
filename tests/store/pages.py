"""The pages of users that differ in how they are searched for, each as a query of its own."""

from __future__ import annotations

from rentix.store import UserFilter
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


def complete_queries(database: Database) -> dict[str, str]:
    """Give every named query; the page, which is a template, once for each filter."""
    queries = load_queries(database)
    page = queries.pop("user_page")
    return queries | {
        name: page_query(page, database, wanted)[0] for name, wanted in FILTERS.items()
    }
