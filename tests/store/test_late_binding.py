"""Listings that name an agent whom nobody knows yet: shown from the commit that makes one known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rentix.model import Listing
from rentix.operations import (
    BindListings,
    DeactivateUser,
    LinkUser,
    ListingPatch,
    Patch,
    PutListing,
    PutUser,
    ReactivateUser,
    RegisterUser,
    UnlinkUser,
)
from rentix.store import Binding, ListingFilter, Store
from tests.store.conftest import Watch
from tests.store.desk import PHONE, Desk


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


def create(desk: Desk, external_id: str) -> int:
    return desk.put_user(external_id).id


def link(desk: Desk, external_id: str) -> int:
    assert PHONE is not None
    user_id: int = desk.do(RegisterUser(name="Elena", phone=PHONE)).user.id
    desk.do(LinkUser(id=user_id, external_id=external_id))
    return user_id


def bind(desk: Desk, binding: Binding) -> list[int]:
    """Write a binding down as far as it goes; how many listings each time."""
    written: list[int] = []
    while True:
        outcome = desk.do(
            BindListings(
                external_id=binding.external_id, user_id=binding.user_id, version=binding.version
            )
        )
        if outcome.done:
            return written
        written.append(len(outcome.shift.listings))


def ids_of(desk: Desk, user_id: int, status: str | None = None) -> list[int]:
    wanted = ListingFilter(user_id=user_id, status=status)
    return [one.listing.id for one in desk.store.listings(desk.agency_id, wanted, 0, 100)]


def wait_for(desk: Desk, external_id: str, count: int) -> list[Listing]:
    """Make many listings that wait for one agent."""
    puts = [
        PutListing(external_id=f"of {external_id} {n}", patch=waiting(external_id))
        for n in range(count)
    ]
    return [
        result.listing
        for first in range(0, count, 500)
        for result in desk.ask(*puts[first : first + 500])
    ]


def waiting(external_id: str) -> ListingPatch:
    return ListingPatch(external_user_id=external_id)


@pytest.mark.parametrize("arrive", [create, link])
def test_the_agent_is_shown_from_the_very_commit(
    desk: Desk, arrive: Callable[[Desk, str], int]
) -> None:
    public = desk.put_public("flat", external_user_id="ana")
    hidden = desk.put("draft", external_user_id="ana")
    other = desk.put_public("other", external_user_id="ion")
    assert desk.agent(public.id) is None
    user_id = arrive(desk, "ana")
    assert desk.agent(public.id) == desk.agent(hidden.id) == user_id
    assert desk.agent(other.id) is None
    assert ids_of(desk, user_id) == [public.id, hidden.id]
    assert ids_of(desk, user_id, "draft") == [hidden.id]
    seen = desk.store.public_listing(public.id)
    assert seen
    assert seen.agent
    assert seen.agent.id == user_id
    card = desk.store.public_agent(user_id, 1)
    assert card
    assert [view.listing.id for view in card.listings] == [public.id]
    assert card.total == 1
    [by_id, by_external] = desk.store.find_listings(
        [(desk.agency_id, public.id), (desk.agency_id, "flat")]
    )
    assert by_id == by_external == desk.view(public.id)


@pytest.mark.slow
def test_ten_thousand_listings_cost_that_commit_nothing(desk: Desk, watch: Watch) -> None:
    [one] = wait_for(desk, "ion", 1)
    many = wait_for(desk, "ana", 10_000)
    with watch() as for_one:
        desk.put_user("ion")
    with watch() as for_many:
        ana = desk.put_user("ana")
    assert len(for_many) == len(for_one)
    assert desk.agent(one.id) is not None
    views = desk.store.listings(desk.agency_id, ListingFilter(user_id=ana.id), 0, 20_000)
    assert len(views) == 10_000
    before = {listing.id: (listing.version, listing.agent_version) for listing in many}
    after = {one.listing.id: (one.listing.version, one.listing.agent_version) for one in views}
    assert after == before, "none of them was written"


def test_they_are_written_down_in_chunks(desk: Desk) -> None:
    listings = wait_for(desk, "ana", 1_100)
    ana = desk.put_user("ana")
    [binding] = desk.bindings()
    assert (binding.user_id, binding.external_id, binding.version) == (ana.id, "ana", ana.version)
    assert bind(desk, binding) == [500, 500, 100]
    assert desk.bindings() == []
    assert {desk.agent(listing.id) for listing in listings[::100]} == {ana.id}
    stored = [desk.listing(listing.id) for listing in (listings[0], listings[-1])]
    assert [one.version for one in stored] == [listings[0].version, listings[-1].version]
    assert [one.agent_version for one in stored] == [ana.version + 1, ana.version + 3]


def test_nobody_who_waits_is_no_binding(desk: Desk) -> None:
    desk.put("flat", external_user_id="ion")
    desk.put_user("ana")
    assert desk.bindings() == []


def test_unlinked_before_it_is_written_down_the_agent_stays(desk: Desk) -> None:
    listing = desk.put("flat", external_user_id="ana")
    ana = desk.put_user("ana")
    desk.do(UnlinkUser(id=ana.id))
    assert desk.agent(listing.id) == ana.id
    [binding] = desk.bindings()
    assert bind(desk, binding) == [1]
    assert desk.agent(listing.id) == ana.id
    assert desk.put("flat", external_user_id="ana").user_id == ana.id, "it holds the user"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_agents_in_turn_get_those_that_waited_for_them(
    desk: Desk, order: tuple[int, int]
) -> None:
    early = desk.put("early", external_user_id="ana")
    first = desk.put_user("ana").id
    desk.do(UnlinkUser(id=first))
    late = desk.put("late", external_user_id="ana")
    assert desk.agent(late.id) is None
    second = desk.put_user("ana").id
    assert (desk.agent(early.id), desk.agent(late.id)) == (first, second)
    assert (ids_of(desk, first), ids_of(desk, second)) == ([early.id], [late.id])
    bindings = desk.bindings()
    assert [binding.user_id for binding in bindings] == [first, second]
    assert [bind(desk, bindings[place]) for place in order] == [[1], [1]]
    assert (desk.agent(early.id), desk.agent(late.id)) == (first, second)


def test_both_may_be_written_down_in_one_batch(desk: Desk) -> None:
    early = desk.put("early", external_user_id="ana")
    first = desk.put_user("ana").id
    desk.do(UnlinkUser(id=first))
    late = desk.put("late", external_user_id="ana")
    second = desk.put_user("ana").id
    operations = [
        BindListings(external_id="ana", user_id=one.user_id, version=one.version)
        for one in desk.bindings()
    ]
    outcomes = desk.ask(*operations, *operations)
    assert [outcome.shift.listings for outcome in outcomes] == [(early.id,), (late.id,), (), ()]
    assert not any(outcome.done for outcome in outcomes), "more may wait than were loaded"
    assert (desk.agent(early.id), desk.agent(late.id)) == (first, second)


def test_what_a_batch_gave_to_another_is_not_written_over(desk: Desk) -> None:
    listings = wait_for(desk, "ana", 3)
    ana, ion = desk.put_user("ana"), desk.put_user("ion")
    [binding] = desk.bindings()
    operation = BindListings(external_id="ana", user_id=ana.id, version=binding.version)
    renamed = PutListing(id=listings[0].id, patch=ListingPatch(user_id=ion.id))
    _, outcome = desk.ask(renamed, operation)
    assert outcome.shift.listings == (listings[1].id, listings[2].id)
    assert [desk.agent(listing.id) for listing in listings] == [ion.id, ana.id, ana.id]


@pytest.mark.parametrize("atomic", [False, True])
def test_a_batch_in_which_they_wait_and_are_met(desk: Desk, atomic: bool) -> None:
    stored = desk.put("stored", external_user_id="ana")
    put = PutListing(external_id="new", patch=waiting("ana"))
    ana = PutUser(external_id="ana", patch=Patch(name="Ana", phone=PHONE))
    results = desk.commit(desk.request([put, ana], atomic=atomic))
    user_id = results[1].user.id
    assert desk.agent(results[0].listing.id) == desk.agent(stored.id) == user_id


def test_a_change_of_one_writes_its_agent_down(desk: Desk) -> None:
    listing = desk.put("flat", external_user_id="ana")
    ana = desk.put_user("ana")
    desk.put("flat", form={"announcementValue": 1})
    [binding] = desk.bindings()
    assert bind(desk, binding) == []
    assert desk.agent(listing.id) == ana.id


def test_who_is_met_and_leaves_takes_along_those_that_waited(desk: Desk) -> None:
    listings = wait_for(desk, "ana", 3)
    ion = desk.put_user("ion")
    leave = DeactivateUser(external_id="ana", successor_id=ion.id)
    met, left = desk.ask(PutUser(external_id="ana", patch=Patch(name="Ana", phone=PHONE)), leave)
    assert left.shift.listings == tuple(listing.id for listing in listings)
    assert {desk.agent(listing.id) for listing in listings} == {ion.id}
    desk.come_back(met.user.id)
    assert {desk.agent(listing.id) for listing in listings} == {met.user.id}


def test_an_agent_is_met_by_a_link_and_leaves_under_that_name(desk: Desk) -> None:
    stored = desk.put("flat", external_user_id="ana")
    assert PHONE is not None
    elena = desk.do(RegisterUser(name="Elena", phone=PHONE)).user
    held = desk.put("held", user_id=elena.id)
    _, left = desk.ask(LinkUser(id=elena.id, external_id="ana"), DeactivateUser(external_id="ana"))
    assert left.shift.listings == (stored.id, held.id)
    assert desk.agent(stored.id) is desk.agent(held.id) is None


def test_one_that_left_returned_and_is_written_down_at_once_has_the_returns_version(
    desk: Desk,
) -> None:
    flat = desk.put("flat", external_user_id="ana")
    ana = desk.put_user("ana")
    [binding] = desk.bindings()
    _, back, bound = desk.ask(
        DeactivateUser(id=ana.id),
        ReactivateUser(id=ana.id),
        BindListings(external_id="ana", user_id=ana.id, version=binding.version),
    )
    assert bound.shift.listings == (flat.id,)
    assert desk.listing(flat.id).version == back.shift.version
    assert desk.agent(flat.id) == ana.id
