"""What a batch decided of listings, as rows for the saving queries, in their order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import msgspec

from rentix.decide.hands import Handover, Holding
from rentix.decide.listing_set import ListingEffects
from rentix.decide.working_set import Effects
from rentix.store.listing_rows import from_listing
from rentix.store.rows import Row

Step = tuple[str, Collection[Row]]
"""A query's name, and the rows that it saves."""


def listing_steps(all_effects: Effects, now_ms: int) -> Iterator[Step]:
    """What changes hands goes first: what is saved after it agrees with it."""
    effects = all_effects.listings
    yield "save_binding", effects.bindings
    for handover in effects.handovers:
        yield from _shift_steps(handover, now_ms)
    for query in ("delete_listing_media", "delete_listing_left", "delete_listing"):
        yield query, effects.deleted
    yield "clear_listing_external_id", effects.moved
    saved = effects.saved.items()
    yield "insert_listing", [from_listing(one) for key, one in saved if key in effects.born]
    yield "update_listing", [from_listing(one) for key, one in saved if key not in effects.born]
    deleted_media = all_effects.media.deleted
    yield (
        "save_listing_media",
        [
            photo
            for photo in effects.photos
            if (photo[0], photo[1]) not in deleted_media
            and (photo[0], photo[2]) not in effects.deleted
        ],
    )
    yield from _left_steps(effects)
    yield "save_listings_used", [(*place, used) for place, used in effects.used.items()]


def _shift_steps(handover: Handover, now_ms: int) -> Iterator[Step]:
    shift = handover.shift
    if handover.after:
        row = (shift.agency_id, _hands(handover.after), shift.to_user_id, shift.version, now_ms)
        yield "shift_listings", [row]
    if shift.binding is not None:
        yield "delete_binding", [(shift.agency_id, shift.external_id, shift.binding)]


def _left_steps(effects: ListingEffects) -> Iterator[Step]:
    for handover in effects.handovers:
        shift = handover.shift
        if shift.kind == "return":
            yield "forget_listings_left", [(shift.agency_id, shift.user_id)]
        elif shift.kind == "leave" and handover.before:
            row = (shift.agency_id, shift.user_id, _hands(handover.before), shift.version)
            yield "save_listings_left", [row]


def _hands(holdings: Iterable[Holding]) -> str:
    rows = [(one.listing_id, one.agent_version, one.moved_version) for one in holdings]
    return msgspec.json.encode(rows).decode()
