"""Agents who leave and return: whose their listings are then, in many batches and in one."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from rentix.errors import Problem
from rentix.model import Listing
from rentix.operations import (
    DeactivateUser,
    DeleteListing,
    ListingPatch,
    Operation,
    Patch,
    PutListing,
    PutUser,
    ReactivateUser,
    UnlinkUser,
)
from rentix.store import Store
from tests.store.desk import PHONE, Desk

Ids = dict[str, int]


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


@pytest.fixture
def ids(desk: Desk) -> Ids:
    """Give three agents and two listings of the first, with their external ids."""
    return settle(desk)


def settle(desk: Desk) -> Ids:
    ids = {name: desk.put_user(name).id for name in ("ana", "ion", "eva")}
    ids["flat"] = desk.put("flat", external_user_id="ana").id
    ids["house"] = desk.put("house", user_id=ids["ana"]).id
    return ids


def agents(desk: Desk, ids: Ids) -> list[int | None]:
    return [desk.agent(ids["flat"]), desk.agent(ids["house"])]


@pytest.mark.parametrize("successor", ["ion", None])
def test_all_listings_go_in_the_one_commit(desk: Desk, ids: Ids, successor: str | None) -> None:
    to = ids[successor] if successor else None
    before = desk.store.changes(desk.agency_id, 0, 100)
    left = desk.leave(ids["ana"], to)
    assert left.shift.listings == (ids["flat"], ids["house"])
    assert agents(desk, ids) == [to, to]
    listings = [desk.listing(ids[name]) for name in ("flat", "house")]
    [user] = desk.store.find_users([(desk.agency_id, ids["ana"])])
    assert user
    assert {user.version} == {one.version for one in listings} == {left.change.seq}
    assert {one.moved_version for one in listings} == {user.version}
    assert len(desk.store.changes(desk.agency_id, 0, 100)) == len(before) + 1


def test_who_left_leaves_again_what_they_were_given_since(desk: Desk, ids: Ids) -> None:
    desk.leave(ids["ana"], ids["ion"])
    room = desk.put("room", user_id=ids["ana"])
    assert desk.leave(ids["ana"], ids["eva"]).shift.listings == (room.id,)
    assert desk.agent(room.id) == ids["eva"]
    assert desk.leave(ids["ana"]).change is None
    assert desk.come_back(ids["ana"]).shift.listings == (ids["flat"], ids["house"], room.id)
    assert {*agents(desk, ids), desk.agent(room.id)} == {ids["ana"]}


def test_returns_undo_leavings_in_turn(desk: Desk, ids: Ids) -> None:
    desk.leave(ids["ana"], ids["ion"])
    desk.leave(ids["ion"], ids["eva"])
    assert agents(desk, ids) == [ids["eva"]] * 2
    desk.come_back(ids["ion"])
    assert agents(desk, ids) == [ids["ion"]] * 2
    assert desk.listing(ids["flat"]).is_moved, "it is where the first one has left it"
    back = desk.come_back(ids["ana"])
    assert (back.shift.listings, back.shift.changed) == ((ids["flat"], ids["house"]), ())
    assert agents(desk, ids) == [ids["ana"]] * 2


def test_who_returns_first_finds_what_was_passed_on_since_changed(desk: Desk, ids: Ids) -> None:
    desk.leave(ids["ana"], ids["ion"])
    desk.leave(ids["ion"], ids["eva"])
    back = desk.come_back(ids["ana"])
    changed = ((ids["flat"], ids["eva"]), (ids["house"], ids["eva"]))
    assert (back.shift.listings, back.shift.changed) == ((), changed)
    assert desk.come_back(ids["ion"]).shift.listings == (ids["flat"], ids["house"])
    assert agents(desk, ids) == [ids["ion"]] * 2


def test_a_listing_that_waited_is_as_it_was_after_a_return(desk: Desk, ids: Ids) -> None:
    room = desk.put("room", external_user_id="leo")
    leo = desk.put_user("leo")
    desk.leave(leo.id)
    assert desk.agent(room.id) is None
    desk.come_back(leo.id)
    assert desk.agent(room.id) == leo.id
    desk.leave(leo.id, ids["ana"])
    assert desk.agent(room.id) == ids["ana"]


def test_after_the_time_for_undoing_nothing_comes_back(desk: Desk, ids: Ids) -> None:
    desk.leave(ids["ana"], ids["ion"], undo_ms=1000)
    desk.now_ms += 1001
    back = desk.come_back(ids["ana"])
    assert back.shift.listings == ()
    assert back.shift.changed == ()
    assert back.shift.late == ((ids["flat"], ids["ion"]), (ids["house"], ids["ion"]))
    assert agents(desk, ids) == [ids["ion"]] * 2
    desk.leave(ids["ana"], undo_ms=1000)
    assert desk.come_back(ids["ana"]).shift.late == (), "the first leaving is over"


def test_what_stayed_with_the_agency_names_nobody_when_who_left_it_is_back(
    desk: Desk, ids: Ids
) -> None:
    desk.leave(ids["ana"], undo_ms=1000)
    desk.put("flat", user_id=ids["eva"])
    desk.now_ms += 1001
    back = desk.come_back(ids["ana"])
    assert back.shift.settled == (ids["house"],)
    house = desk.listing(ids["house"])
    assert (house.user_id, house.external_user_id, house.is_moved) == (None, None, False)
    assert house.version == back.change.seq
    assert desk.agent(ids["flat"]) == ids["eva"]
    desk.do(UnlinkUser(id=ids["ana"]))
    desk.put_user("ana")
    assert desk.agent(ids["house"]) is None, "it waits for nobody"


def test_a_second_leaver_in_between_is_the_one_who_counts(desk: Desk, ids: Ids) -> None:
    desk.leave(ids["ana"], ids["ion"], undo_ms=1000)
    desk.leave(ids["ion"], undo_ms=9000)
    desk.now_ms += 1001
    assert desk.come_back(ids["ana"]).shift.settled == ()
    assert desk.listing(ids["flat"]).is_moved, "it is where the second one has left it"
    desk.come_back(ids["ion"])
    assert agents(desk, ids) == [ids["ion"]] * 2


def test_to_the_last_moment_everything_does(desk: Desk, ids: Ids) -> None:
    desk.leave(ids["ana"], ids["ion"], undo_ms=1000)
    desk.now_ms += 1000
    desk.come_back(ids["ana"])
    assert agents(desk, ids) == [ids["ana"]] * 2


def test_what_was_given_to_others_or_removed_meanwhile_stays_so(desk: Desk, ids: Ids) -> None:
    room = desk.put("room", user_id=ids["ana"])
    desk.leave(ids["ana"], ids["ion"])
    desk.put("flat", user_id=ids["eva"])
    desk.do(DeleteListing(id=room.id))
    desk.put("house", form={"announcementValue": 1})  # no change of hands
    back = desk.come_back(ids["ana"])
    assert (back.shift.listings, back.shift.changed) == (
        (ids["house"],),
        ((ids["flat"], ids["eva"]),),
    )
    assert agents(desk, ids) == [ids["eva"], ids["ana"]]


def test_the_crm_goes_on_naming_who_left(desk: Desk, ids: Ids) -> None:
    desk.leave(ids["ana"])
    before = desk.listing(ids["flat"])
    assert desk.put("flat", external_user_id="ana") == before
    assert desk.put("house", user_id=ids["ana"]).user_id is None
    desk.come_back(ids["ana"])
    assert agents(desk, ids) == [ids["ana"]] * 2


def test_passed_on_to_nobody_and_named_anew_it_waits(desk: Desk, ids: Ids) -> None:
    desk.leave(ids["ana"])
    desk.put("flat", external_user_id="leo")
    leo = desk.put_user("leo")
    assert desk.agent(ids["flat"]) == leo.id
    assert desk.come_back(ids["ana"]).shift.changed == ((ids["flat"], leo.id),)


def operations(ids: Ids) -> dict[str, Operation]:
    return {
        "ana leaves": DeactivateUser(id=ids["ana"], successor_id=ids["ion"]),
        "ana leaves to nobody": DeactivateUser(external_id="ana"),
        "ion leaves": DeactivateUser(external_id="ion", successor_external_id="eva"),
        "ana returns": ReactivateUser(id=ids["ana"]),
        "ana is sent again": PutUser(external_id="ana", patch=Patch(name="Ana Rusu")),
        "ion returns": ReactivateUser(id=ids["ion"]),
        "flat goes to eva": PutListing(external_id="flat", patch=ListingPatch(user_id=ids["eva"])),
        "house goes to ana": PutListing(
            id=ids["house"], patch=ListingPatch(external_user_id="ana")
        ),
        "house waits": PutListing(id=ids["house"], patch=ListingPatch(external_user_id="leo")),
        "a room for ana": PutListing(
            external_id="room", patch=ListingPatch(external_user_id="ana")
        ),
        "leo comes": PutUser(external_id="leo", patch=Patch(name="Leo", phone=PHONE)),
        "leo leaves": DeactivateUser(external_id="leo", successor_id=ids["ion"]),
        "flat is removed": DeleteListing(external_id="flat"),
        "flat has a price": PutListing(
            external_id="flat", patch=ListingPatch(form={"announcementValue": 1})
        ),
    }


def each_in_a_batch(desk: Desk, asked: Sequence[Operation]) -> list[Any]:
    return [result for operation in asked for result in desk.ask(operation)]


def all_in_a_batch(desk: Desk, asked: Sequence[Operation]) -> list[Any]:
    return desk.commit(*(desk.request([operation]) for operation in asked))


def all_in_a_request(desk: Desk, asked: Sequence[Operation]) -> list[Any]:
    return desk.ask(*asked)


def each_atomic(desk: Desk, asked: Sequence[Operation]) -> list[Any]:
    return desk.commit(*(desk.request([operation], atomic=True) for operation in asked))


def all_atomic(desk: Desk, asked: Sequence[Operation]) -> list[Any]:
    return desk.commit(desk.request(asked, atomic=True))


Way = Callable[[Desk, Sequence[Operation]], list[Any]]


def after(store: Store, way: Way, names: Sequence[str]) -> Any:
    """Do what is named, then let everybody return; give what was told and what is stored."""
    desk = Desk(store)
    ids = settle(desk)
    known = {ids[name]: name for name in ("ana", "ion", "eva")}

    def told(listing: Listing | None) -> object:
        if listing is None:
            return None
        agent = known.get(listing.user_id or 0, listing.user_id and "leo")
        since = (listing.agent_version, listing.moved_version, listing.version)
        return (listing.external_id, agent, listing.external_user_id, listing.form, *since)

    def stored() -> list[object]:
        keys = [(desk.agency_id, name) for name in ("flat", "house", "room")]
        return [told(view.listing if view else None) for view in desk.store.find_listings(keys)]

    asked = operations(ids)
    results = way(desk, [asked[name] for name in names])
    refused = [isinstance(result, Problem) for result in results]
    states = [stored()]
    for name in ("ana", "ion"):
        desk.come_back(ids[name])
        states.append(stored())
    return refused, states


CHOSEN = random.Random(20_261_128)  # noqa: S311 - a trace, not a secret
TRACES = [
    ["ana leaves", "ion leaves", "ana returns", "ion returns"],
    ["ana leaves", "ion leaves", "ion returns", "ana is sent again"],
    ["a room for ana", "ana leaves", "house goes to ana", "ana leaves to nobody"],
    ["house waits", "leo comes", "leo leaves", "ion leaves"],
    *(
        CHOSEN.choices([*operations(dict.fromkeys(("ana", "ion", "eva", "house"), 1))], k=7)
        for _ in range(40)
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize("way", [all_in_a_batch, all_in_a_request, each_atomic, all_atomic])
def test_one_batch_is_as_many(store: Store, way: Way) -> None:
    compared = 0
    for names in TRACES:
        apart = after(store, each_in_a_batch, names)
        if way is all_atomic and any(apart[0]):
            continue
        assert after(store, way, names) == apart, names
        compared += 1
    assert compared > 5
