"""What a batch decided of listings, as rows for the saving queries, in their order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import msgspec

from rentix.decide.hands import Handover, Holding
from rentix.decide.media_set import Key
from rentix.decide.working_set import Effects
from rentix.store.listing_rows import from_listing
from rentix.store.rows import Row

Step = tuple[str, Collection[Row]]
"""A query's name, and the rows that it saves."""


def listing_steps(all_effects: Effects, now_ms: int) -> Iterator[Step]:
    """What changes hands goes first: what is saved after it agrees with it."""
    effects = all_effects.listings
    yield "save_binding", effects.bindings
    yield "shift_listings", _shift_rows(effects.handovers, now_ms)
    yield "delete_binding", _bound_rows(effects.handovers)
    freed = [(*key, one) for key, one in effects.freed.items()]
    # What is deleted takes its row along, even if it was there no longer than this batch.
    yield "save_former_listing", [row for row in freed if (row[0], row[2]) not in effects.born]
    for query in ("delete_listing_media", "delete_listing_left", "delete_listing"):
        yield query, effects.deleted
    yield "clear_listing_external_id", effects.moved
    saved = effects.saved.items()
    yield "insert_listing", [from_listing(one) for key, one in saved if key in effects.born]
    yield "update_listing", [from_listing(one) for key, one in saved if key not in effects.born]
    born = effects.born - effects.deleted
    yield "save_former_listing", [row for row in freed if (row[0], row[2]) in born]
    deleted_media = all_effects.media.deleted
    photos = {
        photo: is_shown and (photo[0], photo[1]) not in deleted_media
        for photo, is_shown in effects.photos.items()
        if (photo[0], photo[2]) not in effects.deleted
    }
    yield "forget_photos", [photo for photo, is_shown in photos.items() if not is_shown]
    yield "save_listing_media", [photo for photo, is_shown in photos.items() if is_shown]
    # A new end of a photo comes after what is told of an older one.
    yield "end_news", [step[:3] for step in effects.told if step[3] is None]
    yield "move_news", [step for step in effects.told if step[3] is not None]
    yield "save_news", [(*key, last) for key, last in effects.news.items()]
    yield from _left_steps(effects.handovers)
    yield "save_listings_used", [(*place, used) for place, used in effects.used.items()]


def _shift_rows(handovers: list[Handover], now_ms: int) -> list[Row]:
    """Rows of the listings that stay where a handover brought them, by the version they get."""
    last, seen = dict[Key, int](), dict[Key, int]()
    for number, handover in enumerate(handovers):
        for holding in handover.after:
            key = (handover.shift.agency_id, holding.listing_id)
            last[key] = number
            if handover.shift.is_seen:
                seen[key] = handover.shift.version
    rows: list[Row] = []
    for number, handover in enumerate(handovers):
        agency_id = handover.shift.agency_id
        staying = dict[tuple[int | None, int | None], list[Holding]]()
        for holding in handover.after:
            key = (agency_id, holding.listing_id)
            if last[key] == number:
                staying.setdefault((holding.user_id, seen.get(key)), []).append(holding)
        for (user_id, version), holdings in staying.items():
            made_so = (None, None) if version is None else (version, now_ms)
            rows.append((agency_id, _hands(holdings), user_id, *made_so))
    return rows


def _bound_rows(handovers: list[Handover]) -> list[Row]:
    shifts = (handover.shift for handover in handovers)
    return [
        (shift.agency_id, shift.external_id, shift.binding)
        for shift in shifts
        if shift.binding is not None
    ]


def _left_steps(handovers: list[Handover]) -> Iterator[Step]:
    left: dict[Key, dict[int, tuple[Holding, int]]] = {}
    returned: dict[Key, None] = {}
    for handover in handovers:
        shift = handover.shift
        user = (shift.agency_id, shift.user_id)
        if shift.kind == "return":
            left.pop(user, None)
            returned[user] = None
        elif shift.kind == "leave":
            was = {one.listing_id: (one, shift.version) for one in handover.before}
            left.setdefault(user, {}).update(was)
    yield "forget_listings_left", returned
    yield (
        "save_listings_left",
        [
            (*user, _hands(one for one, at in of_one.values() if at == version), version)
            for user, of_one in left.items()
            for version in {at: None for _, at in of_one.values()}
        ],
    )


def _hands(holdings: Iterable[Holding]) -> str:
    rows = [(one.listing_id, one.agent_version, one.moved_version) for one in holdings]
    return msgspec.json.encode(rows).decode()
