"""Listings at rest: each column, their photos, and how many an agency made."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from rentix.errors import Code, Problem
from rentix.model import Listing
from rentix.operations import (
    AgencyPatch,
    DeleteListing,
    DeleteMedia,
    FileRef,
    ImportMedia,
    LinkListing,
    LinkMedia,
    ListingPatch,
    PutAgency,
    PutListing,
    UnlinkListing,
)
from rentix.store import ListingFilter, Store
from tests.store.desk import FORM, PICTURE, Desk

DAY_MS = 24 * 3600 * 1000


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


def active(desk: Desk, external_id: str, *urls: str, **patch: object) -> Listing:
    return desk.put(external_id, status="active", form=FORM, files=desk.photos(*urls), **patch)


def test_every_column_comes_back(desk: Desk) -> None:
    ana = desk.put_user("ana")
    form = FORM | {
        "announcementDescription": "Apă caldă, 'ghilimele' și \u2028 rânduri\n" + "ș" * 40,
        "propertyArea": 54.5,
        "propertyCoordinates": {"lat": 47.0105, "lng": 28.8638},
        "kept": {"as": ["it", 1, None, True], "came": {}},
    }
    patch = ListingPatch(form=form, files=desk.photos("a", "b"), external_user_id="ana")
    put = PutListing(external_id="Квартира / 1", patch=patch, source_us=1_234_567)
    told = desk.do(put).listing
    stored = desk.listing(told.id)
    assert stored == told
    assert stored == Listing(
        id=told.id,
        agency_id=desk.agency_id,
        external_id="Квартира / 1",
        form=form,
        files=told.files,
        user_id=ana.id,
        external_user_id="ana",
        agent_version=2,
        version=2,
        created_ms=desk.now_ms,
        updated_ms=desk.now_ms,
        synced_ms=desk.now_ms,
        source_us=1_234_567,
    )
    view = desk.view(told.id)
    assert view.agent == ana
    assert [media.id for media in view.media] == [*told.files]
    assert [view] == desk.store.find_listings([(desk.agency_id, "Квартира / 1")])


def test_a_change_leaves_the_rest(desk: Desk) -> None:
    before = desk.put("flat", form=FORM, files=desk.photos("a", "b"))
    desk.now_ms += 1
    told = desk.put("flat", form={"announcementValue": 7, "propertyAddress": None})
    stored = desk.listing(before.id)
    assert stored == told
    assert stored.form == {name: FORM[name] for name in FORM if name != "propertyAddress"} | {
        "announcementValue": 7
    }
    assert (stored.files, stored.created_ms) == (before.files, before.created_ms)
    assert (stored.version, stored.updated_ms) == (before.version + 1, before.updated_ms + 1)
    assert stored.agent_version == before.agent_version


def test_photos_stay_in_their_order(desk: Desk) -> None:
    listing = desk.put("flat", files=desk.photos("a", "b", "c"))
    turned = tuple(FileRef(id=media_id) for media_id in reversed(listing.files))
    assert desk.put("flat", files=turned).files == listing.files[::-1]
    assert [media.id for media in desk.view(listing.id).media] == [*listing.files[::-1]]


def test_external_ids_move_in_one_batch(desk: Desk) -> None:
    first, second = desk.put("a"), desk.put("b")
    desk.ask(
        UnlinkListing(id=first.id),
        UnlinkListing(external_id="b"),
        LinkListing(id=second.id, external_id="a"),
        LinkListing(id=first.id, external_id="b"),
    )
    assert [desk.listing(one.id).external_id for one in (first, second)] == ["b", "a"]


def test_a_page_of_listings(desk: Desk) -> None:
    ids = [desk.put(f"flat-{n}", status="hidden" if n % 2 else "draft").id for n in range(6)]

    def page(after: int, limit: int, **wanted: Any) -> list[int]:
        views = desk.store.listings(desk.agency_id, ListingFilter(**wanted), after, limit)
        return [view.listing.id for view in views]

    assert page(0, 4) == ids[:4]
    assert page(ids[3], 4) == ids[4:]
    assert page(0, 2, status="hidden") == [ids[1], ids[3]]


@pytest.mark.parametrize("status", ["active", "completed"])
def test_visitors_see_it_while_its_agency_is_active(desk: Desk, status: str) -> None:
    listing = active(desk, "flat", "a", "b", "c")
    assert desk.store.public_listing(listing.id) is None, "its photos are on their way"
    desk.finish(*listing.files)
    desk.put("flat", status=status)
    view = desk.view(listing.id)
    assert view.listing.status == status
    assert desk.store.public_listing(listing.id) == view
    with desk.store.operate() as hand:
        hand.run("set_agency_active", desk.agency_id, active=False)
    assert desk.store.public_listing(listing.id) is None


def test_what_is_removed_is_gone_and_its_photos_stay(desk: Desk) -> None:
    listing = desk.put("flat", files=desk.photos("a"))
    desk.do(DeleteListing(external_id="flat"))
    assert desk.store.find_listings([(desk.agency_id, listing.id)]) == [None]
    assert desk.store.media(desk.agency_id, listing.files[0]) is not None
    assert desk.put("flat").id != listing.id


@pytest.mark.parametrize(
    ("failed", "status"), [(0, "active"), (1, "active"), (2, "publish_failed")]
)
def test_the_last_photo_decides(desk: Desk, failed: int, status: str) -> None:
    listing = active(desk, "flat", "a", "b", "c", "d")
    assert listing.status == "pending_active"
    if failed:
        desk.finish(*listing.files[:failed], error="no picture")
    *others, last = listing.files[failed:]
    desk.finish(*others)
    assert desk.listing(listing.id).status == "pending_active"
    [end] = desk.finish(last)
    assert [one.status for one in end.listings] == [status]
    assert desk.listing(listing.id) == end.listings[0]


def test_photos_that_end_in_one_batch_decide_once(desk: Desk) -> None:
    listing = active(desk, "flat", "a", "b", "c")
    ends = desk.finish(*listing.files)
    assert [[one.status for one in end.listings] for end in ends] == [[], [], ["active"]]
    assert desk.listing(listing.id).version == listing.version + 4  # each end is a change, too


def test_a_photo_of_several_listings_decides_for_all(desk: Desk) -> None:
    first = active(desk, "first", "a", "b", "c")
    shared = tuple(FileRef(id=media_id) for media_id in first.files)
    second = desk.put("second", status="active", form=FORM, files=shared)
    fewer = desk.put("fewer", files=shared[:2])
    more = desk.put("more", status="active", form=FORM, files=(*shared, *desk.photos("d")))
    desk.finish(*first.files)
    found = [desk.listing(one.id).status for one in (first, second, fewer, more)]
    assert found == ["active", "active", "draft", "pending_active"]


def test_a_photo_that_somebody_no_longer_wants_decides_nothing(desk: Desk) -> None:
    listing = active(desk, "flat", "a", "b", "c")
    desk.put("flat", status="draft")
    desk.finish(*listing.files)
    assert desk.listing(listing.id).status == "draft"


def test_a_removed_media_leaves_listings_and_the_logo(desk: Desk) -> None:
    media = desk.do(ImportMedia(url="https://crm.example/a.jpg", external_id="a")).media
    desk.finish(media.id)
    desk.do(PutAgency(patch=AgencyPatch(logo=media.id)))
    photo = FileRef(id=media.id)
    first = desk.put("first", files=(photo, *desk.photos("b")))
    second = desk.put("second", files=(photo,))
    agency = desk.store.agency(desk.agency_id)
    assert agency
    assert agency.logo
    assert agency.logo.variants == PICTURE.variants
    deleted = desk.do(DeleteMedia(external_id="a"))
    assert [one.id for one in deleted.listings] == [first.id, second.id]
    assert [desk.listing(one.id) for one in (first, second)] == [*deleted.listings]
    assert [one.files for one in deleted.listings] == [first.files[1:], ()]
    assert desk.store.agency(desk.agency_id) == deleted.agency
    assert deleted.agency.logo is None


def test_a_media_that_is_linked_and_removed_in_one_batch_leaves_listings(desk: Desk) -> None:
    listing = desk.put("flat", files=desk.photos("a"))
    [media_id] = listing.files
    desk.ask(LinkMedia(id=media_id, external_id="a"), DeleteMedia(external_id="a"))
    assert desk.listing(listing.id).files == ()
    assert desk.store.media(desk.agency_id, media_id) is None


@pytest.mark.parametrize("atomic", [False, True])
def test_a_name_by_which_something_is_removed_in_one_batch_goes_to_a_new_photo(
    desk: Desk, atomic: bool
) -> None:
    """Who else shows the one that is there nobody has looked up."""
    listing = desk.put("flat", files=desk.photos("a"))
    house = desk.put("house", files=tuple(FileRef(id=media_id) for media_id in listing.files))
    [photo] = desk.photos("a")
    patch = ListingPatch(files=(replace(photo, external_id="a"),))
    made, _ = desk.commit(
        desk.request([PutListing(external_id="flat", patch=patch)], atomic=atomic),
        desk.request([DeleteMedia(external_id="a")]),
    )
    assert (made.verb, desk.listing(listing.id).files) == ("updated", ())
    assert desk.view(house.id).media[0].id == listing.files[0]


def test_a_listing_that_is_linked_and_made_active_in_one_batch_has_its_photos(desk: Desk) -> None:
    listing = desk.put("flat", form=FORM, files=desk.photos("a", "b", "c"))
    desk.do(UnlinkListing(id=listing.id))
    _, put = desk.ask(
        LinkListing(id=listing.id, external_id="new"),
        PutListing(external_id="new", patch=ListingPatch(status="active")),
    )
    assert put.listing.status == "pending_active"


@pytest.mark.parametrize("atomic", [False, True])
def test_a_photo_that_one_request_shows_and_the_next_removes(desk: Desk, atomic: bool) -> None:
    media = desk.do(ImportMedia(url="https://crm.example/a.jpg")).media
    put = PutListing(external_id="flat", patch=ListingPatch(files=(FileRef(id=media.id),)))
    made, removed = desk.commit(
        desk.request([put]), desk.request([DeleteMedia(id=media.id)], atomic=atomic)
    )
    assert desk.listing(made.listing.id) == removed.listings[0]
    assert desk.view(made.listing.id).media == ()


def test_what_waits_for_an_avatar_that_is_replaced_is_refused(desk: Desk) -> None:
    coming = desk.put_user("ana", avatar="https://crm.example/ana.jpg").avatar_import
    assert coming
    [refusal] = desk.ask(
        PutListing(external_id="flat", patch=ListingPatch(files=(FileRef(id=coming.id),)))
    )
    assert isinstance(refusal, Problem)
    assert refusal.code == Code.MEDIA_UNKNOWN


def used(desk: Desk) -> int:
    return desk.store.listings_used(desk.agency_id, desk.now_ms)


def test_listings_are_counted_by_month_and_agency(store: Store) -> None:
    desk, other = Desk(store, monthly_listings=2), Desk(store, monthly_listings=2)
    desk.put("a")
    desk.put("a", status="hidden")
    desk.put("b")
    desk.do(DeleteListing(external_id="b"))
    assert (used(desk), used(other)) == (2, 0)
    [refusal] = desk.ask(PutListing(external_id="c"))
    assert refusal.code == Code.LISTINGS_LIMITED
    other.put("c")
    assert (used(desk), used(other)) == (2, 1)
    desk.now_ms += 31 * DAY_MS
    assert used(desk) == 0
    desk.put("c")
    assert used(desk) == 1
    desk.now_ms -= 31 * DAY_MS
    assert used(desk) == 2


def test_a_batch_counts_what_it_has_made(store: Store) -> None:
    desk = Desk(store, monthly_listings=2)
    made = desk.commit(*(desk.request([PutListing(external_id=name)]) for name in "abc"))
    assert [isinstance(result, Problem) for result in made] == [False, False, True]
    assert used(desk) == 2


def test_what_fails_is_not_counted(store: Store) -> None:
    desk = Desk(store, monthly_listings=2)
    new = [PutListing(external_id=name) for name in "abc"]
    failed = desk.commit(desk.request(new, atomic=True))
    assert all(isinstance(result, Problem) for result in failed)
    assert used(desk) == 0
    faulty = PutListing(external_id="a", patch=ListingPatch(status="active"))
    tried = PutListing(external_id="b", validate_only=True)
    desk.ask(faulty, tried)
    assert used(desk) == 0
    desk.commit(desk.request(new[:1], atomic=True), desk.request(new, atomic=True))
    assert used(desk) == 1
