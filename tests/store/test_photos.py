"""Which listings have which photos: known from both sides, and never of what is over."""

from __future__ import annotations

import pytest

from rentix.decide.lookup import Lookup
from rentix.model import Listing
from rentix.operations import DeleteListing, DeleteMedia, FileRef, ListingPatch, PutListing
from rentix.store import Store
from tests.store.desk import Desk


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


def shown_by(desk: Desk, media_id: int) -> list[int]:
    """The listings that are loaded when something happens to a media."""
    with desk.store.trial(desk.agency_id) as batch:
        key = (desk.agency_id, media_id)
        working = batch.load(
            Lookup(agencies={desk.agency_id}, media={key}, shown={key}), desk.now_ms
        )
    return sorted(working.listings._shown.of(key))


def named(*media: int) -> ListingPatch:
    return ListingPatch(files=tuple(FileRef(id=one) for one in media))


def put(external_id: str, *media: int) -> PutListing:
    return PutListing(external_id=external_id, patch=named(*media) if media else ListingPatch())


def make(desk: Desk) -> tuple[Listing, Listing]:
    """Two listings with the same three photos."""
    first = desk.put("flat", files=desk.photos("a", "b", "c"))
    return first, desk.do(put("room", *first.files)).listing


def test_a_photo_that_was_replaced_no_longer_leads_to_the_listing(desk: Desk) -> None:
    flat, room = make(desk)
    a, b, c = flat.files
    assert shown_by(desk, a) == [flat.id, room.id]
    desk.do(put("flat", c, b))
    assert shown_by(desk, a) == [room.id]
    assert shown_by(desk, b) == shown_by(desk, c) == [flat.id, room.id]
    desk.do(PutListing(external_id="room", patch=ListingPatch(files=None)))
    assert [shown_by(desk, one) for one in (a, b, c)] == [[], [flat.id], [flat.id]]


def test_a_listing_that_is_gone_is_not_found_by_its_photos(desk: Desk) -> None:
    flat, room = make(desk)
    desk.do(DeleteListing(id=flat.id))
    assert [shown_by(desk, one) for one in flat.files] == [[room.id]] * 3


def test_the_last_word_of_a_batch_counts(desk: Desk) -> None:
    flat, _ = make(desk)
    a, b, c = flat.files
    desk.ask(put("flat", b, c), put("flat", a), put("new", a, b), put("new", a))
    new = desk.do(put("new")).listing
    assert flat.id in shown_by(desk, a)
    assert flat.id not in (*shown_by(desk, b), *shown_by(desk, c))
    assert new.id in shown_by(desk, a)
    assert new.id not in shown_by(desk, b)
    desk.ask(put("flat", b), DeleteMedia(id=b), put("flat", c))
    assert shown_by(desk, b) == []
    assert flat.id in shown_by(desk, c)
