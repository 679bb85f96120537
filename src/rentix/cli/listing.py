"""`rentix listing …`: what only the portal's operator may do to a listing (contract 6)."""

from __future__ import annotations

from rentix.cli.options import Data, Database, store_at
from rentix.cli.output import Stop, say
from rentix.model import ListingStatus
from rentix.operations import Caller, ListingPatch, PutListing, Request
from rentix.store import Store
from rentix.wiring import now_ms
from rentix.writer import commit


def block(agency_id: int, listing_id: int, *, data: Data = None, database: Database = None) -> int:
    """Hide a listing from visitors. Its agency may change it, but not its status.

    Example: rentix listing block 7 1204
    """
    with store_at(data, database) as store:
        _set_status(store, agency_id, listing_id, "blocked")
    say(f"Listing {listing_id} is blocked")
    return 0


def unblock(
    agency_id: int, listing_id: int, *, data: Data = None, database: Database = None
) -> int:
    """Leave a blocked listing to its agency again. It stays hidden until the agency shows it.

    Example: rentix listing unblock 7 1204
    """
    with store_at(data, database) as store:
        [found] = store.find_listings([(agency_id, listing_id)])
        if found and found.listing.status != "blocked":
            raise Stop(f"listing {listing_id} is not blocked; it is {found.listing.status}")
        _set_status(store, agency_id, listing_id, "hidden")
    say(f"Listing {listing_id} is its agency's again, hidden")
    return 0


def _set_status(store: Store, agency_id: int, listing_id: int, status: ListingStatus) -> None:
    # Asked by the portal itself, without a key: it may do what no CRM may.
    put = PutListing(id=listing_id, patch=ListingPatch(status=status))
    request = Request(caller=Caller(agency_id), operations=(put,))
    [answer] = commit(store, [request], now_ms())
    if isinstance(answer, Exception):
        raise Stop(f"not changed: {answer}")
    [outcome] = answer.results
    if isinstance(outcome, Exception):
        raise Stop(f"agency {agency_id} has no listing {listing_id}")
