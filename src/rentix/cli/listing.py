"""`rentix listing …`: what only the portal's operator may do to a listing (contract 6)."""

from __future__ import annotations

from rentix.cli.options import Data, Database, store_at
from rentix.cli.output import Stop, say
from rentix.model import Listing, ListingStatus
from rentix.operations import Caller, ListingPatch, PutListing, Request
from rentix.store import Store
from rentix.store.agencies import list_keys
from rentix.wiring import now_ms
from rentix.writer import commit


def block(listing_id: int, *, data: Data = None, database: Database = None) -> int:
    """Hide a listing from visitors. Its agency may change it, but not its status.

    Example: rentix listing block 1204
    """
    with store_at(data, database) as store:
        _set_status(store, _find(store, listing_id), "blocked")
    say(f"Listing {listing_id} is blocked")
    return 0


def unblock(listing_id: int, *, data: Data = None, database: Database = None) -> int:
    """Leave a blocked listing to its agency again. It stays hidden until the agency shows it.

    Example: rentix listing unblock 1204
    """
    with store_at(data, database) as store:
        found = _find(store, listing_id)
        if found.status != "blocked":
            raise Stop(f"listing {listing_id} is not blocked; it is {found.status}")
        _set_status(store, found, "hidden")
    say(f"Listing {listing_id} is its agency's again, hidden")
    return 0


def _find(store: Store, listing_id: int) -> Listing:
    """The listing, of whatever agency: every agency has had a key.

    All of them are named, so that the database lets nobody look past its agencies, not even us.
    """
    with store.operate() as hand:
        agencies = {key.agency_id for key in list_keys(hand)}
    for found in store.find_listings([(agency_id, listing_id) for agency_id in sorted(agencies)]):
        if found is not None:
            return found.listing
    raise Stop(f"there is no listing {listing_id}")


def _set_status(store: Store, listing: Listing, status: ListingStatus) -> None:
    # Asked by the portal itself, without a key: it may do what no CRM may.
    put = PutListing(id=listing.id, patch=ListingPatch(status=status))
    request = Request(caller=Caller(listing.agency_id), operations=(put,))
    [answer] = commit(store, [request], now_ms())
    if isinstance(answer, Exception):
        raise Stop(f"not changed: {answer}")
    [outcome] = answer.results
    if isinstance(outcome, Exception):
        raise Stop(f"listing {listing.id} is not changed: {outcome}")
