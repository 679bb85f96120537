"""Rows of listings to model and back, in the order of the columns in `sql/*.sql`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from rentix.decide.hands import Holding, Left
from rentix.decide.media_set import ExternalKey, Key
from rentix.model import Agency, Listing, Media
from rentix.store.rows import AGENCY_COLUMNS, Row, to_agency, to_user
from rentix.views import ListingState, ListingView

_COLUMNS = 15
FILES = 5  # the column that names photos
_WRITTEN = 15
_encode = msgspec.json.Encoder().encode
_form = msgspec.json.Decoder(dict[str, Any]).decode
_files = msgspec.json.Decoder(tuple[int, ...]).decode


def to_listing(row: Row) -> Listing:
    """`listing_columns` → Listing."""
    return Listing(
        id=row[0],
        agency_id=row[1],
        external_id=row[2],
        status=row[3],
        form=_form(row[4]),
        files=() if row[5] == "[]" else _files(row[5]),
        user_id=row[6],
        external_user_id=row[7],
        agent_version=row[8],
        moved_version=row[9],
        version=row[10],
        created_ms=row[11],
        updated_ms=row[12],
        synced_ms=row[13],
        source_us=row[14],
    )


def is_met(row: Row) -> bool:
    """Whether the agent of `listing_columns` has been met, but is not written down yet."""
    return row[6] is not None and row[_WRITTEN] is None


def from_listing(listing: Listing) -> Row:
    """Listing → the parameters of `insert_listing` and, on PostgreSQL, of `update_listing`."""
    return (
        listing.id,
        listing.agency_id,
        listing.external_id,
        listing.status,
        _encode(listing.form).decode(),
        _encode(listing.files).decode(),
        listing.user_id,
        listing.external_user_id,
        listing.agent_version,
        listing.moved_version,
        listing.version,
        listing.created_ms,
        listing.updated_ms,
        listing.synced_ms,
        listing.source_us,
    )


def to_view(row: Row, media: dict[int, Media]) -> ListingView:
    """A row of `listing_view` → ListingView; `media` are those that its files may be."""
    listing = to_listing(row)
    user = row[_COLUMNS + AGENCY_COLUMNS :]
    return ListingView(
        listing=listing,
        agency=to_agency(row[_COLUMNS:]),
        agent=to_user(user) if user[0] is not None else None,
        media=tuple(media[media_id] for media_id in listing.files if media_id in media),
    )


def to_state(row: Row) -> ListingState:
    """A row of `state_columns` → ListingState."""
    return ListingState(
        locale=row[0],
        agency_version=row[1],
        listing_id=row[2],
        version=row[3],
        agent_id=row[4],
        agent_version=row[5],
        photos=row[6] or "",
    )


def files_of_rows(rows: Iterable[Row]) -> set[int]:
    """The ids of all media that rows of listings name."""
    return {media_id for row in rows if row[5] != "[]" for media_id in _files(row[5])}


def gather_shown(
    rows: Iterable[Row],
) -> tuple[list[Row], dict[tuple[int, int, int], list[int]]]:
    """Rows of `listings_by_media` → those of the listings, and for each media their ids."""
    listings, shown = dict[int, Row](), dict[tuple[int, int, int], list[int]]()
    for row in rows:
        listings[row[0]] = row
        agency_id, media_id, after = row[1], *row[-2:]
        shown.setdefault((agency_id, media_id, after), []).append(row[0])
    return list(listings.values()), shown


def gather_ids(rows: Iterable[Row]) -> dict[Any, tuple[int, ...]]:
    """Rows of (…key, listing) → the listings' ids by key."""
    found: dict[Any, list[int]] = {}
    for *key, listing_id in rows:
        found.setdefault(tuple(key), []).append(listing_id)
    return {key: tuple(ids) for key, ids in found.items()}


def gather_held(rows: Iterable[Row], holdings: dict[Key, Holding]) -> dict[Key, tuple[int, ...]]:
    """Rows of `listings_held` → the listings' ids by user; whose they are goes to `holdings`."""
    found: dict[Key, list[int]] = {}
    for agency_id, user_id, *hand in rows:
        holding = Holding(hand[0], user_id, hand[1], hand[2])
        holdings[agency_id, holding.listing_id] = holding
        found.setdefault((agency_id, user_id), []).append(holding.listing_id)
    return {key: tuple(ids) for key, ids in found.items()}


def gather_expecting(
    rows: Iterable[Row], holdings: dict[Key, Holding]
) -> dict[ExternalKey, tuple[int, ...]]:
    """Rows of `listings_expecting` → ids by the external id that they wait for, and `holdings`."""
    found: dict[ExternalKey, list[int]] = {}
    for agency_id, external_id, *hand in rows:
        holdings[agency_id, hand[0]] = Holding(hand[0], None, hand[1], hand[2], external_id)
        found.setdefault((agency_id, external_id), []).append(hand[0])
    return {key: tuple(ids) for key, ids in found.items()}


def gather_left(rows: Iterable[Row], holdings: dict[Key, Holding]) -> dict[Key, tuple[Left, ...]]:
    """Rows of `listings_left` → what each agent left behind; whose it is goes to `holdings`."""
    found: dict[Key, list[Left]] = {}
    for agency_id, user_id, *left, holder, agent_version, moved_version in rows:
        one = Left(*left)
        found.setdefault((agency_id, user_id), []).append(one)
        holding = Holding(one.listing_id, holder, agent_version, moved_version)
        holdings.setdefault((agency_id, one.listing_id), holding)
    return {key: tuple(left) for key, left in found.items()}


def from_agency(agency: Agency) -> Row:
    """Agency → the parameters of `update_agency`."""
    return (
        agency.id,
        agency.name,
        agency.phone,
        agency.region,
        agency.locale,
        _encode(agency.descriptions).decode(),
        _encode(agency.logo).decode() if agency.logo else None,
        agency.version,
    )
