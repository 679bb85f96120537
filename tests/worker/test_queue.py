"""The queue of imports: in turn between agencies, held by one at a time, never lost."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from rentix.media.blobs.disk import DiskBlobs
from rentix.media.blobs.keys import blob_key
from rentix.model import Agency, Picture, Task, Variant
from rentix.operations import (
    Answer,
    Caller,
    FinishAvatar,
    MediaOutcome,
    Outcome,
    Patch,
    PutUser,
    Request,
    Result,
)
from rentix.rules.phones import read_phones
from rentix.store import MediaQueue, Store
from rentix.store.agencies import create_agency
from rentix.wiring import Pictures, make_imports, now_ms, write_now
from rentix.worker.sweeping import EVERY_MS, Sweeper, sweep
from rentix.writer import commit
from tests.service import Clock, operated

PHONE = read_phones("+37369123456", "MD").phone
PICTURE = Picture("image/jpeg", 1000, (Variant("f.webp", "128", 10),), "LE")


def new_agency(store: Store) -> int:
    agency_id: int = operated(store, create_agency, Agency(id=0, name="Casa"), 0)
    return agency_id


def put(store: Store, agency_id: int, external_id: str, url: str = "http://a/1.jpg") -> Outcome:
    patch = Patch(name="Ana", phone=PHONE, avatar=url)
    operation = PutUser(external_id=external_id, patch=patch)
    outcome = write(store, agency_id, operation)
    assert isinstance(outcome, Outcome), outcome
    return outcome


def write(store: Store, agency_id: int, operation: PutUser | FinishAvatar) -> Result:
    request = Request(caller=Caller(agency_id), operations=(operation,))
    [answer] = commit(store, [request], 1)
    assert isinstance(answer, Answer), answer
    [outcome] = answer.results
    return outcome


def finish(store: Store, task: Task, error: str | None = None) -> MediaOutcome:
    end = FinishAvatar(
        media_id=task.id,
        token=task.token,
        picture=None if error else PICTURE,
        error=error,
    )
    outcome = write(store, task.agency_id, end)
    assert isinstance(outcome, MediaOutcome), outcome
    return outcome


@pytest.fixture
def agency_id(store: Store) -> int:
    return new_agency(store)


def test_agencies_take_turns(store: Store) -> None:
    busy, quiet = new_agency(store), new_agency(store)
    for number in range(5):
        put(store, busy, str(number))
    put(store, quiet, "a")
    taken = [task.agency_id for task in store.queue.take(2, 10, 100)]
    assert sorted(taken) == [busy, quiet]
    put(store, quiet, "b")
    put(store, quiet, "c")
    assert {task.agency_id for task in store.queue.take(2, 10, 100)} == {busy, quiet}


def test_nobody_takes_what_is_held_until_the_hold_has_passed(store: Store, agency_id: int) -> None:
    put(store, agency_id, "a")
    [first] = store.queue.take(9, 10, 100)
    assert store.queue.take(9, 99, 200) == []
    [second] = store.queue.take(9, 100, 200)
    assert (second.id, second.holds) == (first.id, 2)
    assert second.token != first.token


def test_a_hold_can_be_kept_and_not_once_it_is_lost(store: Store, agency_id: int) -> None:
    put(store, agency_id, "a")
    [first] = store.queue.take(9, 10, 100)
    assert store.queue.keep(first, 150)
    assert store.queue.take(9, 120, 200) == []
    [second] = store.queue.take(9, 150, 200)
    assert not store.queue.keep(first, 300)
    assert store.queue.keep(second, 300)


def test_who_lost_its_hold_finishes_nothing(store: Store, agency_id: int) -> None:
    user = put(store, agency_id, "a").user
    [first] = store.queue.take(9, 10, 100)
    [second] = store.queue.take(9, 100, 200)
    assert finish(store, first, "it failed").verb == "unchanged"
    assert finish(store, second).verb == "finished"
    assert finish(store, second, "it failed").verb == "unchanged"
    [stored] = store.find_users([(agency_id, user.id)])
    assert stored is not None
    assert stored.avatar is not None
    assert stored.avatar.variants == PICTURE.variants
    assert stored.avatar_import is None
    assert store.queue.counts() == {"success": 1}


def test_what_is_postponed_waits_and_counts(store: Store, agency_id: int) -> None:
    put(store, agency_id, "a")
    [task] = store.queue.take(9, 10, 100)
    store.queue.postpone(task, 500, "the server is busy")
    job = store.job(agency_id, task.id, 500)
    assert job is not None
    assert (job.status, job.error, job.ahead) == ("pending", "the server is busy", 0)
    put(store, agency_id, "b")
    early, late = (store.job(agency_id, task.id, now_ms) for now_ms in (499, 500))
    assert early is not None
    assert late is not None
    assert (early.ahead, late.ahead) == (None, 1)  # in the order in which they are taken
    [other] = store.queue.take(9, 10, 100)
    finish(store, other)
    assert store.queue.take(9, 499, 600) == []
    [again] = store.queue.take(9, 500, 600)
    assert (again.tries, again.crashes, again.holds) == (1, 0, 1)
    store.queue.postpone(again, 700, "decoding it broke off", crashed=True)
    [again] = store.queue.take(9, 700, 800)
    assert (again.tries, again.crashes, again.holds) == (1, 1, 1)


def test_what_is_given_back_counts_for_nothing(store: Store, agency_id: int) -> None:
    put(store, agency_id, "a")
    [task] = store.queue.take(9, 10, 100)
    store.queue.give_back(task, 50)
    assert store.queue.take(9, 49, 100) == []
    [again] = store.queue.take(9, 50, 100)
    assert (again.holds, again.tries, again.crashes) == (1, 0, 0)


def test_a_picture_that_is_no_longer_wanted_is_not_taken(store: Store, agency_id: int) -> None:
    put(store, agency_id, "a")
    [held] = store.queue.take(9, 10, 100)
    put(store, agency_id, "a", "http://a/2.jpg")
    assert finish(store, held).verb == "unchanged"
    [task] = store.queue.take(9, 200, 300)
    assert task.url == "http://a/2.jpg"
    assert store.queue.take(9, 200, 300) == []


def test_holds_and_due_times_go_by_the_clock_of_the_database(store: Store, tmp_path: Path) -> None:
    """Workers' own clocks may differ: one would take what another still works on."""
    before_ms = now_ms()
    assert before_ms - 1 <= store.queue.now_ms() <= now_ms() + 1
    blobs = DiskBlobs(tmp_path / "blobs")
    pool = make_imports(store, blobs, Pictures(at_once=1), partial(write_now, store))
    assert pool._clock == store.queue.now_ms


def test_one_of_all_sweeps_once_an_hour(store: Store, tmp_path: Path) -> None:
    blobs, clock = DiskBlobs(tmp_path / "blobs"), Clock()
    here, there = (Sweeper(blobs, store.queue, clock) for _ in range(2))
    blobs.put(blob_key(b"left over"), b"left over")
    assert here.turn() == 0  # it is too young
    assert (here.turn(), there.turn()) == (None, None)
    clock.ahead_ms += EVERY_MS
    assert (there.turn(), here.turn()) == (1, None)


def test_the_same_bytes_stored_again_while_a_sweep_looks_stay(store: Store, tmp_path: Path) -> None:
    """A deleted picture's files are those of another one that has the same bytes."""
    blobs, picture = DiskBlobs(tmp_path / "blobs"), b"the same"
    key = blob_key(picture)
    blobs.put(key, picture)
    for path in (tmp_path / "blobs").rglob("*"):
        if path.is_file():
            os.utime(path, (1, 1))
    unnamed = store.queue.files_in_use()

    class Meanwhile:
        def files_in_use(self) -> set[str]:
            blobs.put(key, picture)  # an import that is about to name it
            return unnamed

    assert [found.key for found in blobs.listed(now_ms() - EVERY_MS)] == [key]
    list(sweep(blobs, cast("MediaQueue", Meanwhile()), now_ms() - EVERY_MS))
    assert blobs.get(key).data == picture


def test_files_of_pictures_are_in_use(store: Store, agency_id: int) -> None:
    put(store, agency_id, "a")
    [task] = store.queue.take(9, 10, 100)
    assert store.queue.files_in_use() == set()
    finish(store, task)
    assert store.queue.files_in_use() == {"f.webp"}
