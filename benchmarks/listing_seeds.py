"""A listing for each agent, with photos that are ready: made as the portal makes them, no HTTP."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from benchmarks.homes import listing
from benchmarks.seeds import AGENCIES, AGENTS, SQLITE_FILE, TERMS, settle_sqlite
from rentix.model import Media, Picture, Variant
from rentix.operations import (
    Answer,
    Caller,
    FinishAvatar,
    ListingOutcome,
    Operation,
    Request,
    Result,
)
from rentix.rules.listings import read_put_listing
from rentix.settings import Place
from rentix.store import Store
from rentix.wiring import now_ms, open_store
from rentix.writer import commit

_SIZES = ((128, 85), (512, 341), (1024, 683))
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"


def seed_listings(place: Place) -> None:
    """Give every agent that `seed` made a listing; it is active once its photos have come."""
    with open_store(place) as store:
        for agency_id in range(1, AGENCIES + 1):
            _list_all(store, agency_id)
    if isinstance(place, Path):
        settle_sqlite(place / SQLITE_FILE)


def _list_all(store: Store, agency_id: int) -> None:
    caller = Caller(agency_id, agency_id)
    sent = (listing(agency_id, n + 1) for n in range(AGENTS))
    made = _commit(store, caller, [read_put_listing(one, TERMS) for one in sent])
    photos = list[Media]()
    for place, outcome in enumerate(made):
        assert isinstance(outcome, ListingOutcome), outcome
        # load.lua asks for pages by this id.
        assert outcome.listing.id == (agency_id - 1) * AGENTS + place + 1
        photos += outcome.queued
    _commit(store, caller, [_finish(photo.id) for photo in photos])


def _finish(media_id: int) -> FinishAvatar:
    return FinishAvatar(media_id=media_id, token=0, picture=_picture(media_id))


def _commit(store: Store, caller: Caller, operations: list[Operation]) -> tuple[Result, ...]:
    [ending] = commit(store, [Request(caller=caller, operations=tuple(operations))], now_ms())
    assert isinstance(ending, Answer), ending
    return ending.results


def _picture(media_id: int) -> Picture:
    """What the import of a photo would have made: files of invented names."""
    names = [sha256(f"{media_id} {size}".encode()).hexdigest() for size, _ in _SIZES]
    variants = (
        Variant(f"{name}.webp", str(width), 90 * width, width, height)
        for name, (width, height) in zip(names, _SIZES, strict=True)
    )
    return Picture("image/jpeg", 240_000, tuple(variants), _blurhash(names[0]))


def _blurhash(digest: str) -> str:
    """One of 4 by 3 components; no two photos have the same."""
    digits = [_DIGITS[byte % 83] for byte in bytes.fromhex(digest)]
    return "LE0" + "".join(digits[:25])  # 0: its mean colour is one
