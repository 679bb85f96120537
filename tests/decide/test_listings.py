"""Listings, decided without a store: what is told of each field, modes, links and limits."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from rentix.decide.batch import decide
from rentix.errors import Code
from rentix.model import (
    Listing,
)
from rentix.operations import (
    Caller,
    DeleteListing,
    DeleteMedia,
    FileRef,
    LinkListing,
    ListingOutcome,
    ListingPatch,
    PutListing,
    Request,
    UnlinkListing,
)
from rentix.store.effect_rows import effect_rows
from tests.decide.flat import (
    FLAT,
    FORM,
    OF_ANA,
    PASSED_TO_NOBODY,
    PHOTOS,
    media,
    put,
    putting,
    results,
    told,
    working_set,
)

PATCHES: list[dict[str, Any]] = [
    {"form": {"announcementValue": 1, "propertyAddress": None, "kept": [1]}},
    {"status": "active"},
    {"status": "hidden"},
    {"files": (FileRef(id=13), FileRef(id=11))},
    {"files": (FileRef(url="https://crm.example/new.jpg"),)},
    {"files": None},
    {"user_id": 21},
    {"external_user_id": "leo"},
    {"user_id": None},
]


@pytest.mark.parametrize("patch", PATCHES)
@pytest.mark.parametrize("before", [FLAT, OF_ANA, PASSED_TO_NOBODY, None])
def test_the_same_twice_is_nothing_new(before: Listing | None, patch: dict[str, Any]) -> None:
    working = working_set(*([before] if before else []))
    files = tuple(FileRef(id=one.id) for one in PHOTOS)
    whole = patch if before else {"form": FORM, "files": files, **patch}
    first, again = results(working, putting(**whole), putting(**whole))
    assert again.verb == "unchanged"
    assert again.change is None
    assert again.listing == first.listing
    assert again.queued == ()
    seen = {note for note in told(first) if note[1] != "normalised"}
    assert seen >= {*told(again)}, "nothing is told but what still is so"


def test_a_newer_time_of_the_source_is_kept_though_nothing_changed() -> None:
    working = working_set(replace(FLAT, source_us=5))
    newer = replace(putting(), source_us=6)
    [result, stale] = results(working, newer, replace(newer, source_us=5))
    assert (result.verb, result.stored, result.change) == ("unchanged", True, None)
    assert result.listing.version == FLAT.version
    assert stale.code == Code.STALE_SOURCE


def test_fill_takes_what_is_empty_and_tells_what_it_left() -> None:
    bare = replace(FLAT, files=(), form={"announcementValue": 1})
    filled = put(
        bare,
        "fill",
        form={"announcementValue": 2, "propertyArea": 54.5},
        files=(FileRef(id=11),),
        status="hidden",
        user_id=21,
    )
    assert filled.listing.form == {"announcementValue": 1, "propertyArea": 54.5}
    assert (filled.listing.files, filled.listing.user_id) == ((11,), 21)
    assert filled.listing.status == "draft"
    kept = ("announcementValue", "announcementStatus")
    assert filled.receipt.ignored == dict.fromkeys(kept, "not_empty")
    assert told(filled) == [(field, "not_empty") for field in kept]


@pytest.mark.parametrize(
    "patch",
    [{"files": (FileRef(url="https://crm.example/new.jpg"),)}, {"user_id": 22}, {"user_id": None}],
)
def test_fill_leaves_what_is_there(patch: dict[str, Any]) -> None:
    result = put(OF_ANA, "fill", **patch)
    assert (result.verb, result.listing, result.queued) == ("unchanged", OF_ANA, ())


def test_fill_creates() -> None:
    assert put(None, "fill", form=FORM, user_id=21).listing.user_id == 21


def test_modes() -> None:
    assert put(None, "update").code == Code.LISTING_UNKNOWN
    assert put(FLAT, "create").code == Code.EXTERNAL_ID_TAKEN
    by_id = PutListing(id=1, mode="create")
    assert results(working_set(FLAT), by_id)[0].code == Code.LISTING_EXISTS
    assert results(working_set(), PutListing(id=1))[0].code == Code.LISTING_UNKNOWN


def test_links() -> None:
    other = replace(FLAT, id=2, external_id="other")
    bare = replace(FLAT, id=3, external_id=None)
    found = results(
        working_set(FLAT, other, bare),
        LinkListing(id=1, external_id="flat"),
        LinkListing(id=1, external_id="new"),
        LinkListing(id=3, external_id="other"),
        UnlinkListing(external_id="other"),
        LinkListing(id=3, external_id="other"),
        UnlinkListing(id=2),
        DeleteListing(external_id="other"),
        DeleteListing(id=3),
    )
    assert [str(getattr(one, "code", None) or one.verb) for one in found] == [
        *("linked", Code.ALREADY_LINKED, Code.EXTERNAL_ID_TAKEN, "unlinked"),
        *("linked", "not_linked", "deleted", Code.LISTING_UNKNOWN),
    ]
    assert found[0].change is None
    assert found[3].former == "other"
    assert found[6].listing.id == 3


@pytest.mark.parametrize("atomic", [False, True])
def test_of_a_photo_that_is_gone_nothing_is_saved(atomic: bool) -> None:
    working = working_set(FLAT, photos=(*PHOTOS, media(14)))
    results(working, putting(files=(FileRef(id=11), FileRef(id=14))))
    decide(
        working,
        Request(caller=Caller(1, 1), operations=(DeleteMedia(id=14),), atomic=atomic),
        1000,
    )
    saved = dict(effect_rows(working.effects, 1000))
    assert "save_listing_media" not in saved
    assert [row[5] for row in saved["update_listing"]] == ["[11]"]


def test_a_precondition() -> None:
    for operation in (
        replace(putting(), if_match=("4",)),
        UnlinkListing(id=1, if_match=("4",)),
        DeleteListing(id=1, if_match=("4",)),
        LinkListing(id=1, external_id="flat", if_match=("4",)),
    ):
        [refused] = results(working_set(FLAT), operation)
        assert (refused.code, refused.etag) == (Code.PRECONDITION_FAILED, "5")
        [taken] = results(working_set(FLAT), replace(operation, if_match=("5",)))
        assert isinstance(taken, ListingOutcome)


def test_the_month_is_used_up() -> None:
    working = working_set(FLAT, monthly=1)
    made, refused, updated = results(
        working,
        PutListing(external_id="a"),
        PutListing(external_id="b"),
        PutListing(external_id="a", patch=ListingPatch(form={"kept": 1})),
    )
    assert made.verb == "created"
    assert refused.code == Code.LISTINGS_LIMITED
    assert updated.verb == "updated"
