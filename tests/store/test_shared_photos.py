"""One photo that thousands of listings share: its end and its deletion cost what any other's do."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from rentix.decide.lookup import lookup
from rentix.model import Listing, Media
from rentix.operations import (
    Answer,
    AwaitMedia,
    DeleteListing,
    DeleteMedia,
    FileRef,
    ListingPatch,
    Operation,
    PutListing,
    Request,
    TellListings,
    TellOutcome,
)
from rentix.store import ListingFilter, PhotoNews, Store
from rentix.store.listing_loads import TOLD
from rentix.worker.later import Later
from rentix.writer import commit
from tests.store.conftest import Watch
from tests.store.desk import FORM, Desk

MANY = 3_000


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


def await_photo(desk: Desk, name: str) -> Media:
    media: Media = desk.do(AwaitMedia(external_id=name, until_ms=desk.now_ms)).media
    return media


def import_photos(desk: Desk, *names: str) -> list[int]:
    """Photos that are ready, and no listing's."""
    draft = desk.put("draft", files=desk.photos(*names))
    desk.finish(*draft.files)
    desk.do(DeleteListing(id=draft.id))
    return list(draft.files)


def put(external_id: str, files: Iterable[int], status: str = "active") -> PutListing:
    refs = tuple(FileRef(id=one) for one in files)
    return PutListing(
        external_id=external_id,
        patch=ListingPatch(form=FORM, files=refs, status=status),  # type: ignore[arg-type]
    )


def share(desk: Desk, count: int, files: list[int], name: str = "of many") -> list[Listing]:
    puts = [put(f"{name} {number}", files) for number in range(count)]
    return [
        result.listing
        for first in range(0, count, 500)
        for result in desk.ask(*puts[first : first + 500])
    ]


def stands(desk: Desk) -> list[tuple[str, int, int]]:
    """Status and number of files of each listing, as readers see them; and as they are stored."""
    views = desk.store.listings(desk.agency_id, ListingFilter(), 0, 2 * MANY)
    return [
        (view.listing.status, len(view.media), len(view.listing.files))
        for view in views
        if view.listing.status != "draft"
    ]


def news(desk: Desk) -> list[PhotoNews]:
    return [one for one in desk.store.photo_news(10**6) if one.agency_id == desk.agency_id]


def loaded(desk: Desk, operation: Operation) -> int:
    """How many listings a batch with this operation loads."""
    with desk.store.trial(desk.agency_id) as batch:
        working = batch.load(lookup([desk.request([operation])]), desk.now_ms)
        return len(working.listings._listings)


def later(desk: Desk, *, turns: int = 10**6) -> list[int]:
    """Have done what was left for later, but for `turns`; how many changes each turn brought."""
    changed: list[int] = []

    def finish(request: Request) -> Answer:
        [ending] = commit(desk.store, [request], desk.now_ms)
        assert isinstance(ending, Answer)
        [outcome] = ending.results
        assert isinstance(outcome, TellOutcome)
        changed.append(len(outcome.changes))
        if len(changed) == turns:
            work._closing.set()
        return ending

    work = Later(desk.store, finish)
    work.tell()
    return changed


@pytest.mark.slow
def test_a_deleted_photo_of_thousands_is_gone_at_once_and_forgotten_later(
    desk: Desk, watch: Watch
) -> None:
    of_few, of_many, *others = import_photos(desk, "a", "b", "c", "d", "e")
    share(desk, TOLD, [of_few, *others], "of few")
    many = share(desk, MANY, [of_many, *others])
    with watch() as for_few:
        desk.do(DeleteMedia(id=of_few))
    later(desk)
    before = desk.store.changes(desk.agency_id, 0, 10**6)[-1].seq
    assert loaded(desk, DeleteMedia(id=of_many)) == TOLD
    with watch() as for_many:
        gone = desk.do(DeleteMedia(id=of_many))
    assert len(for_many) == len(for_few)
    assert [one.id for one in gone.listings] == [one.id for one in many[:TOLD]]
    assert len(desk.store.changes(desk.agency_id, before, 10**6)) == TOLD + 1
    assert {(status, files) for status, files, _ in stands(desk)} == {("active", 3)}
    [state] = {desk.store.public_listing_state(one.id) for one in many[-1:]}
    assert state
    assert state == desk.view(many[-1].id).state
    assert state.photos == "".join(f"{one}success" for one in others)
    assert loaded(desk, TellListings(media_id=of_many, after=many[TOLD - 1].id)) == TOLD
    assert sum(later(desk, turns=3)) == 3 * TOLD
    assert news(desk) == [PhotoNews(desk.agency_id, of_many, many[4 * TOLD - 1].id)]
    assert max(later(desk)) == TOLD
    assert set(stands(desk)) == {("active", 3, 3)}
    assert news(desk) == []
    assert later(desk) == []
    told = [
        change.subject_id
        for change in desk.store.changes(desk.agency_id, before, 10**6)
        if change.subject == "listing"
    ]
    assert told == [one.id for one in many]


@pytest.mark.slow
def test_a_photo_that_ended_moves_all_who_waited(desk: Desk) -> None:
    files = import_photos(desk, "a", "b")
    shared = await_photo(desk, "shared").id
    [*many] = share(desk, MANY, [*files, shared])
    assert {one.status for one in many} == {"pending_active"}
    end = TellListings(media_id=shared, after=0)
    assert loaded(desk, end) == TOLD
    desk.now_ms += 10**9
    desk.finish(shared)
    assert [status for status, _, _ in stands(desk)].count("active") == TOLD
    desk.do(put("new", [*files, shared]))
    later(desk)
    assert {status for status, _, _ in stands(desk)} == {"active"}
    assert news(desk) == []


def test_deleted_while_they_are_told_of_its_end(desk: Desk) -> None:
    files = import_photos(desk, "a", "b")
    shared = await_photo(desk, "shared").id
    many = share(desk, 5 * TOLD, [*files, shared])
    desk.now_ms += 10**9
    desk.finish(shared)
    later(desk, turns=2)
    step = TellListings(media_id=shared, after=news(desk)[0].told_id)
    desk.do(DeleteMedia(id=shared))
    desk.do(step)  # another process was at it
    later(desk)
    assert news(desk) == []
    assert {files for _, _, files in stands(desk)} == {2}
    statuses = [desk.listing(one.id).status for one in many]
    assert statuses[: 3 * TOLD] == ["active"] * 3 * TOLD
    assert set(statuses[4 * TOLD :]) == {"publish_failed"}


def test_who_is_not_told_yet_is_written_as_readers_see_it(desk: Desk) -> None:
    shared, *others = import_photos(desk, "a", "b", "c", "d")
    last = share(desk, TOLD + 2, [shared, *others])[-1]
    desk.do(DeleteMedia(id=shared))
    same = desk.do(put(last.external_id or "", others))
    assert same.verb == "unchanged"
    reordered = desk.do(put(last.external_id or "", others[::-1]))
    assert reordered.listing.files == tuple(others[::-1])
    later(desk)
    assert desk.listing(last.id) == reordered.listing
