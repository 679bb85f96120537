"""What a batch decided of listings, as rows for the saving queries, in their order."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec

from rentix.decide.listing_set import ListingEffects
from rentix.operations import Shift
from rentix.store.listing_rows import from_listing
from rentix.store.rows import Row

Step = tuple[str, Collection[Row]]
"""A query's name, and the rows that it saves."""


def listing_steps(effects: ListingEffects, now_ms: int) -> Iterator[Step]:
    """What changes hands goes first: what is saved after it agrees with it."""
    yield "save_binding", effects.bindings
    for shift in effects.shifts:
        if shift.listings:
            yield "shift_listings", [_shift_row(shift, now_ms)]
        if shift.binding is not None:
            binding = (shift.agency_id, shift.external_id, shift.binding)
            yield "delete_binding", [binding]
    for query in ("delete_listing_media", "delete_listing_left", "delete_listing"):
        yield query, effects.deleted
    yield "clear_listing_external_id", effects.moved
    saved = effects.saved.items()
    yield "insert_listing", [from_listing(one) for key, one in saved if key in effects.born]
    yield "update_listing", [from_listing(one) for key, one in saved if key not in effects.born]
    yield "save_listing_media", effects.photos
    yield from _left_steps(effects)
    yield "save_listings_used", [(*place, used) for place, used in effects.used.items()]


def _left_steps(effects: ListingEffects) -> Iterator[Step]:
    for shift in effects.shifts:
        if shift.kind == "return":
            yield "forget_listings_left", [(shift.agency_id, shift.user_id)]
        elif shift.kind == "leave" and shift.listings:
            ids = msgspec.json.encode(shift.listings).decode()
            yield "save_listings_left", [(shift.agency_id, shift.user_id, ids, shift.version)]


def _shift_row(shift: Shift, now_ms: int) -> Row:
    return (
        shift.agency_id,
        msgspec.json.encode(shift.listings).decode(),
        shift.to_user_id,
        shift.version,
        shift.version if shift.kind == "leave" else 0,
        now_ms,
    )
