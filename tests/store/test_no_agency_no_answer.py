"""No question about tenants' data without an agency, and no answer for another one."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest

from rentix.decide.lookup import Lookup
from rentix.operations import (
    Answer,
    Caller,
    ListingOutcome,
    ListingPatch,
    PutListing,
    Request,
)
from rentix.store import ListingFilter, Reads, StoreError, UserFilter
from rentix.writer import commit
from tests.service import Service, Tenant

OF_NO_AGENCY = {
    "find_keys": "a key tells whose it is",
    "public_listing": "a visitor names a listing, whosever it is; only what is public is shown",
    "public_listing_state": "as public_listing",
    "public_agent": "a visitor names an agent, whosever it is; only who is active is shown",
    "bindings": "a worker writes down what it finds, of all agencies",
    "photo_news": "a worker tells listings of all agencies",
    "version": "it tells that something was committed, and nothing of what",
}
"""Questions that come before an agency is known, and why they may."""


@pytest.fixture
def theirs(new_tenant: Callable[..., Tenant]) -> Tenant:
    return new_tenant()


def test_every_question_begins_with_the_agency() -> None:
    questions = dict(inspect.getmembers(Reads, inspect.isfunction))
    asked = {
        name: list(inspect.signature(question).parameters.values())[1]
        for name, question in questions.items()
        if not name.startswith("_") and name not in OF_NO_AGENCY
    }
    assert len(asked) >= 5
    for name, first in asked.items():
        assert first.default is first.empty, name
        assert (first.name, first.annotation) in (
            ("agency_id", "int"),
            ("wanted", "Sequence[UserKey]"),  # pairs of an agency and a key
        ), name


def make_listing(service: Service, agency_id: int) -> int:
    patch = ListingPatch(external_user_id="same")
    request = Request(
        caller=Caller(agency_id, 1), operations=(PutListing(external_id="same", patch=patch),)
    )
    [answer] = commit(service.store, [request], service.clock())
    assert isinstance(answer, Answer)
    [outcome] = answer.results
    assert isinstance(outcome, ListingOutcome)
    return outcome.listing.id


def test_what_is_another_agencys_is_not_found(
    service: Service, tenant: Tenant, theirs: Tenant
) -> None:
    user_id = theirs.create("same", avatar={"url": "https://casa.example/a.jpg"})
    job = int(theirs.get(f"/users/{user_id}").json()["avatarImport"]["jobId"])
    store = service.store
    assert store.job(theirs.agency_id, job, 1)
    theirs.http.post(f"/media/{job}/link", json={"externalId": "same"}).raise_for_status()
    assert store.media(theirs.agency_id, job) == store.media(theirs.agency_id, "same")
    assert store.users(theirs.agency_id, UserFilter(), 0, 10)
    listing_id = make_listing(service, theirs.agency_id)
    by_id, by_name = store.find_listings([(theirs.agency_id, key) for key in (listing_id, "same")])
    assert by_id == by_name
    assert by_id
    assert store.listings_used(theirs.agency_id, service.clock()) == 1
    for agency_id in (tenant.agency_id, 0, -1):
        assert store.find_users([(agency_id, user_id), (agency_id, "same")]) == [None, None]
        assert store.users(agency_id, UserFilter(), 0, 10) == []
        assert store.changes(agency_id, 0, 10) == []
        assert store.job(agency_id, job, 1) is None
        assert store.media(agency_id, job) is None
        assert store.media(agency_id, "same") is None
        assert store.find_listings([(agency_id, listing_id), (agency_id, "same")]) == [None, None]
        assert store.listings(agency_id, ListingFilter(), 0, 10) == []
        assert store.listings(agency_id, ListingFilter(user_id=user_id), 0, 10) == []
        assert store.listings_used(agency_id, service.clock()) == 0
    assert store.find_users([]) == []


def test_a_batch_reads_what_it_claimed(service: Service, tenant: Tenant, theirs: Tenant) -> None:
    user_id = theirs.create("same")
    by_id, by_external = {(theirs.agency_id, user_id)}, {(theirs.agency_id, "same")}

    def found(lookup: Lookup, *claimed: int) -> bool:
        with service.store.batch(claimed) as batch:
            try:
                return batch.load(lookup, 0).user(theirs.agency_id, user_id) is not None
            except StoreError:  # SQLite refuses; on PostgreSQL the row is not there
                return False

    for lookup in (Lookup(ids=by_id), Lookup(external_ids=by_external)):
        assert found(lookup, theirs.agency_id)
        assert not found(lookup, tenant.agency_id)
        assert not found(lookup)


def test_a_batch_remembers_and_counts_for_what_it_claimed(
    service: Service, tenant: Tenant, theirs: Tenant
) -> None:
    theirs.create("same")
    scope = (theirs.agency_id, "scope")
    for lookup in (Lookup(scopes={scope}), Lookup(agencies={scope[0]})):
        with service.store.batch({tenant.agency_id}) as batch:
            if service.store.shared:
                loaded = batch.load(lookup, 0)
                assert (loaded.memory(*scope), loaded.next_seq(scope[0])) == (None, 1)
            else:
                with pytest.raises(StoreError, match="the agencies that it claimed"):
                    batch.load(lookup, 0)
