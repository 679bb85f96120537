"""Media, decided in one batch: each operation sees what the ones before it did."""

from __future__ import annotations

from itertools import count

import pytest

from rentix.decide.batch import decide
from rentix.decide.lookup import lookup
from rentix.decide.media_set import MediaSet
from rentix.decide.working_set import WorkingSet
from rentix.errors import Code, Problem
from rentix.model import Media, Picture, Variant
from rentix.operations import (
    AwaitMedia,
    Caller,
    DeleteMedia,
    FinishAvatar,
    ImportMedia,
    LinkMedia,
    MediaOutcome,
    Operation,
    Outcome,
    Patch,
    PutUser,
    ReceiveMedia,
    Request,
    Result,
    UnlinkMedia,
)
from rentix.rules.phones import read_phones

PHONE = read_phones("+37369123456", "MD").phone
PICTURE = Picture("image/jpeg", 1000, (Variant("f.webp", "128", 10),), "LE")
URL = "https://crm.example/1.jpg"


def working_set(*media: Media, holds: dict[tuple[int, int], int] | None = None) -> WorkingSet:
    ids = {"user": count(1), "media": count(101), "listing": count(1)}
    return WorkingSet(media=MediaSet(media, holds=holds), new_id=lambda kind: next(ids[kind]))


def run(
    working: WorkingSet, *operations: Operation | Problem, atomic: bool = False
) -> tuple[Result, ...]:
    request = Request(caller=Caller(1, 1), operations=operations, atomic=atomic)
    return decide(working, request, 1000).results


def done(result: Result) -> MediaOutcome:
    assert isinstance(result, MediaOutcome), result
    return result


def put(external_id: str, avatar: int | None) -> PutUser:
    patch = Patch(name="Ana", phone=PHONE, avatar=avatar)
    return PutUser(external_id=external_id, patch=patch)


def test_changes_are_numbered_without_gaps() -> None:
    media = Media(id=7, agency_id=1, url=URL)
    working = working_set(media)
    run(working, put("a", 7), put("b", 7), ImportMedia(url=URL), DeleteMedia(id=7))
    changes = working.effects.changes
    assert [change.seq for change in changes] == list(range(1, 7))
    assert [change.subject for change in changes[2:]] == ["media", "user", "user", "media"]
    versions = [user.version for user in working.effects.users.values()]
    assert versions == [4, 5]
    assert working.next_seq(1) == 7


def test_a_freed_external_id_can_be_given_in_the_same_batch() -> None:
    working = working_set(
        Media(id=7, agency_id=1, url=URL, external_id="a"),
        Media(id=8, agency_id=1, url=URL, external_id="b"),
    )
    results = run(
        working,
        LinkMedia(id=7, external_id="b"),
        UnlinkMedia(id=7),
        UnlinkMedia(id=8),
        LinkMedia(id=7, external_id="b"),
        ImportMedia(url=URL, external_id="a"),
    )
    assert isinstance(results[0], Problem)
    assert done(results[2]).former == "b"
    assert done(results[4]).verb == "queued"
    effects = working.effects.media
    assert effects.moved == {(1, 7), (1, 8)}
    assert [media.external_id for media in effects.linked.values()] == ["b"]


def test_of_what_is_deleted_nothing_else_is_saved() -> None:
    working = working_set(Media(id=7, agency_id=1, url=URL, external_id="a"))
    rename = (UnlinkMedia(id=7), LinkMedia(id=7, external_id="b"))
    results = run(working, put("a", 7), *rename, DeleteMedia(id=7), DeleteMedia(id=7), put("a", 7))
    assert done(results[3]).verb == "deleted"
    assert all(isinstance(result, Problem) for result in results[4:])
    effects = working.effects.media
    assert effects.deleted == {(1, 7)}
    assert {*effects.moved, *effects.linked, *effects.given} == set()
    [user] = working.effects.users.values()
    assert user.avatar_import is None


def test_who_is_given_a_media_before_its_end_shows_it() -> None:
    working = working_set(Media(id=7, agency_id=1, url=URL), holds={(1, 7): 3})
    end = FinishAvatar(media_id=7, token=3, picture=PICTURE)
    given, ended, later = run(working, put("a", 7), end, put("b", 7))
    assert isinstance(given, Outcome)
    assert done(ended).verb == "finished"
    assert isinstance(later, Outcome)
    for user in working.effects.users.values():
        assert user.avatar is not None
        assert (user.avatar.id, user.avatar.variants) == (7, PICTURE.variants)
        assert user.avatar_import is None


def test_a_lost_hold_ends_nothing() -> None:
    working = working_set(Media(id=7, agency_id=1, url=URL), holds={(1, 7): 3})
    [ended] = run(working, FinishAvatar(media_id=7, token=2, error="no"))
    assert done(ended).verb == "unchanged"
    assert working.effects.empty


def test_an_atomic_request_that_fails_leaves_no_media() -> None:
    working = working_set(Media(id=7, agency_id=1, url=URL))
    problem = Problem(Code.TYPE_INVALID, "an operation must be an object")
    results = run(working, ImportMedia(url=URL, external_id="a"), problem, put("a", 7), atomic=True)
    assert all(isinstance(result, Problem) for result in results)
    assert working.effects.empty
    assert working.media.by_external(1, "a") is None


def test_an_atomic_request_that_succeeds_is_seen_and_saved() -> None:
    working = working_set()
    run(working, ImportMedia(url=URL, external_id="a"), atomic=True)
    [known] = run(working, ImportMedia(url=URL, external_id="a"))
    assert (done(known).verb, done(known).media.id) == ("known", 101)
    assert [media.id for media in working.effects.media.born.values()] == [101]


def test_bytes_are_taken_once() -> None:
    working = working_set()
    await_it = AwaitMedia(until_ms=5000, external_id="a")
    first, again, came, twice, known = run(
        working,
        await_it,
        await_it,
        ReceiveMedia(id=101, source="f.upload"),
        ReceiveMedia(id=101, source="g.upload"),
        await_it,
    )
    assert (done(first).verb, done(again).verb) == ("queued", "awaited")
    assert done(came).media.source == "f.upload"
    assert isinstance(twice, Problem)
    assert done(known).verb == "known"


@pytest.mark.parametrize("avatar", [7, "https://crm.example/1.jpg", None])
def test_media_are_loaded_only_where_they_are_named(avatar: int | str | None) -> None:
    patch = Patch(name="Ana", phone=PHONE, avatar=avatar)
    request = Request(caller=Caller(1), operations=(PutUser(external_id="a", patch=patch),))
    assert lookup([request]).named_media == (((1, 7),) if avatar == 7 else ())
