"""The statuses of a listing, and what its photos make of them."""

from __future__ import annotations

from itertools import product

import pytest
from msgspec.structs import replace

from rentix.decide.photos import status_by_photos
from rentix.errors import Code, Fault, Problem
from rentix.model import (
    ListingStatus,
    Optimization,
)
from rentix.operations import (
    FileRef,
    ListingOutcome,
)
from tests.decide.flat import (
    FLAT,
    FORM,
    PHOTOS,
    STATUSES,
    codes,
    media,
    put,
    putting,
    results,
    told,
    working_set,
)


def expected_status(before: ListingStatus, sent: ListingStatus) -> str:
    if sent == before:
        return before
    if before == "blocked":
        return Code.LISTING_BLOCKED
    if sent in ("publish_failed", "blocked"):
        return Code.STATUS_NOT_ALLOWED
    return "active" if sent == "pending_active" else sent  # its photos are there


@pytest.mark.parametrize(("before", "sent"), [*product(STATUSES, STATUSES)])
def test_a_status_moves(before: ListingStatus, sent: ListingStatus) -> None:
    result = put(replace(FLAT, status=before), status=sent)
    got = result.code if isinstance(result, Problem) else result.listing.status
    assert got == expected_status(before, sent)
    if isinstance(result, ListingOutcome):
        assert (result.verb == "unchanged") == (result.listing.status == before)
        assert (result.change is None) == (result.verb == "unchanged")


@pytest.mark.parametrize("sent", [status for status in STATUSES if status != "blocked"])
def test_a_blocked_listing_keeps_its_status_and_takes_the_rest(sent: ListingStatus) -> None:
    blocked = replace(FLAT, status="blocked")
    changed = put(blocked, form={"announcementValue": 1})
    assert (changed.verb, changed.listing.status) == ("updated", "blocked")
    refused = put(blocked, status=sent, form={"announcementValue": 1})
    assert refused.code == Code.LISTING_BLOCKED


@pytest.mark.parametrize("sent", STATUSES)
def test_a_new_listing_has_the_status_that_is_given(sent: ListingStatus) -> None:
    files = tuple(FileRef(id=one.id) for one in PHOTOS)
    result = put(None, status=sent, form=FORM, files=files)
    if sent in ("publish_failed", "blocked"):
        assert codes(result) == [Code.STATUS_NOT_ALLOWED]
    else:
        assert result.listing.status == ("active" if sent == "pending_active" else sent)
        born = result.change.fields
        assert all(before is None for before, _ in born.values())
        assert born["announcementStatus"] == (None, result.listing.status)


def test_without_a_status_it_is_a_draft() -> None:
    assert put(None).listing.status == "draft"


@pytest.mark.parametrize("sent", STATUSES)
def test_what_is_required_depends_on_the_status(sent: ListingStatus) -> None:
    bare = replace(FLAT, form={})
    whole = ("active", "pending_active", "expired", "completed")
    result = put(bare, status=sent)
    if sent in whole:
        assert set(codes(result)) == {"required"}
        assert len(result.faults) == 6
    elif sent in ("draft", "hidden"):
        assert result.listing.status == sent


def test_what_an_active_listing_requires_cannot_be_cleared() -> None:
    active = replace(FLAT, status="active")
    assert codes(put(active, form={"announcementValue": None})) == ["required"]
    assert put(FLAT, form={"announcementValue": None}).verb == "updated"


@pytest.mark.parametrize(
    ("ready", "coming", "failed", "was", "status"),
    [
        (3, 0, 0, None, "active"),
        (4, 0, 2, None, "active"),
        (0, 3, 0, None, "pending_active"),
        (2, 1, 0, None, "pending_active"),
        (3, 1, 0, None, "pending_active"),
        (3, 1, 0, "hidden", "pending_active"),
        (3, 1, 0, "active", "active"),
        (2, 1, 0, "active", "pending_active"),
        (2, 0, 1, None, None),
        (0, 2, 5, None, None),
        (0, 0, 0, "active", None),
    ],
)
def test_photos_decide_what_active_is(
    ready: int, coming: int, failed: int, was: ListingStatus | None, status: str | None
) -> None:
    of_each: dict[Optimization, int] = {"success": ready, "processing": coming, "failed": failed}
    states = [state for state, number in of_each.items() for _ in range(number)]
    photos = [media(n, state) for n, state in enumerate(states, 1)]
    judged = status_by_photos(photos, was=was)
    if status is None:
        assert isinstance(judged, Fault)
        assert f"has {ready + coming}" in judged.message
        assert (f"{failed} whose import failed" in judged.message) == (failed > 0)
    else:
        assert judged == status


@pytest.mark.parametrize(
    ("status", "number", "after"),
    [("draft", 2, "draft"), ("completed", 0, "completed"), ("hidden", 1, "hidden")],
)
def test_only_an_active_listing_needs_photos(
    status: ListingStatus, number: int, after: str
) -> None:
    files = tuple(FileRef(id=one.id) for one in PHOTOS[:number])
    assert put(replace(FLAT, status=status), files=files).listing.status == after


def test_an_active_listing_keeps_three_photos() -> None:
    active = replace(FLAT, status="active")
    assert codes(put(active, files=(FileRef(id=11), FileRef(id=12)))) == [Code.PHOTOS_MISSING]
    assert codes(put(active, files=None)) == [Code.PHOTOS_MISSING]


def test_new_photos_of_an_active_listing() -> None:
    active = replace(FLAT, status="active")
    old = tuple(FileRef(id=one.id) for one in PHOTOS)
    new = FileRef(url="https://crm.example/new.jpg")
    stays = put(active, files=(*old, new))
    assert (stays.listing.status, len(stays.queued)) == ("active", 1)
    waits = put(active, files=(*old[:2], new))
    assert waits.listing.status == "pending_active"
    assert ("announcementStatus", "photos_processing") in told(waits)


def test_a_photo_that_is_shown_already_is_not_fetched_again() -> None:
    files = tuple(FileRef(url=one.url) for one in PHOTOS)
    result = put(files=files)
    assert (result.verb, result.queued, result.listing.files) == ("unchanged", (), FLAT.files)


def test_a_photo_named_twice_is_shown_once() -> None:
    result = put(files=(FileRef(id=11), FileRef(id=11), FileRef(url=PHOTOS[0].url)))
    assert result.listing.files == (11,)
    assert told(result).count(("files", "duplicate_file")) == 2


def test_files_that_cannot_be_photos_are_all_told() -> None:
    failed, avatar = media(14, "failed"), media(15, "pending", user_id=21)
    working = working_set(FLAT, photos=(*PHOTOS, failed, avatar))
    unknown = (FileRef(id=99, index=0), FileRef(external_id="x", index=1))
    files = (*unknown, FileRef(id=14, index=3), FileRef(id=15, index=4))  # the third was no file
    [result] = results(working, putting(files=files, user_id=98))
    assert [fault.path for fault in result.faults] == [
        *(("files", 0, "id"), ("files", 1, "externalFileId")),
        *(("files", 3, "id"), ("files", 4, "id"), ("userId",)),
    ]


def test_a_file_by_the_crms_own_name() -> None:
    known = media(14, external_id="p")
    working = working_set(FLAT, photos=(*PHOTOS, known))
    both = FileRef(url="https://crm.example/other.jpg", external_id="p")
    new = FileRef(url="https://crm.example/q.jpg", external_id="q")
    [result] = results(working, putting(files=(both, new, FileRef(external_id="q"))))
    assert result.listing.files == (14, 201)
    assert [one.external_id for one in result.queued] == ["q"]
    assert told(result) == [("files", "media_known"), ("files", "duplicate_file")]


def test_a_photo_that_is_shown_gets_the_name_that_comes_with_its_url() -> None:
    named = FileRef(url=PHOTOS[0].url, external_id="p")
    files = (named, *(FileRef(id=one.id) for one in PHOTOS[1:]))
    working = working_set(FLAT)
    result, again, by_name, other = results(
        working,
        putting(files=files),
        putting(files=files),
        putting(files=(FileRef(external_id="p"), *files[1:]), form={"announcementValue": 1}),
        putting(files=(FileRef(url=PHOTOS[0].url, external_id="q"), *files[1:])),
    )
    assert (result.verb, result.queued, result.listing.files) == ("unchanged", (), FLAT.files)
    assert told(result) == [("files", "media_named")]
    assert [(media.id, media.external_id) for media, _ in result.linked] == [(11, "p")]
    assert (again.verb, again.linked, told(again)) == ("unchanged", (), [])
    assert by_name.listing.files == FLAT.files
    assert [one.external_id for one in other.queued] == ["q"], "another name is another media"
    assert [change.seq for change in working.effects.changes] == [11, 12, 13]


def test_a_new_name_and_a_change_are_numbered_in_turn() -> None:
    working = working_set(FLAT)
    files = tuple(FileRef(url=one.url, external_id=f"p-{one.id}") for one in PHOTOS[::-1])
    [result] = results(working, putting(files=files))
    assert (result.verb, result.listing.files) == ("updated", (13, 12, 11))
    assert [change.seq for change in working.effects.changes] == [11, 12, 13, 14]
    assert [media.external_id for _, media in sorted(working.effects.media.linked.items())] == [
        *("p-11", "p-12", "p-13")
    ]


def test_with_mode_fill_nobody_gets_a_name() -> None:
    working = working_set(FLAT)
    named = FileRef(url=PHOTOS[0].url, external_id="p")
    [result] = results(working, putting("fill", files=(named,)))
    assert (result.linked, told(result)) == ((), [("files", "not_empty")])
    assert working.effects.empty
