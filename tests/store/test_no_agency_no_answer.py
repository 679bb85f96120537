"""No question about tenants' data without an agency, and no answer for another one."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest

from rentix.decide.lookup import Lookup
from rentix.store import Reads, StoreError, UserFilter
from tests.service import Service, Tenant

OF_THE_OPERATOR = {"find_keys"}
"""Asked before the agency is known: a key tells whose it is."""


@pytest.fixture
def theirs(new_tenant: Callable[..., Tenant]) -> Tenant:
    return new_tenant()


def test_every_question_begins_with_the_agency() -> None:
    questions = dict(inspect.getmembers(Reads, inspect.isfunction))
    asked = {
        name: list(inspect.signature(question).parameters.values())[1]
        for name, question in questions.items()
        if not name.startswith("_") and name not in OF_THE_OPERATOR
    }
    assert len(asked) >= 5
    for name, first in asked.items():
        assert first.default is first.empty, name
        assert (first.name, first.annotation) in (
            ("agency_id", "int"),
            ("wanted", "Sequence[UserKey]"),  # pairs of an agency and a key
        ), name


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
    for agency_id in (tenant.agency_id, 0, -1):
        assert store.find_users([(agency_id, user_id), (agency_id, "same")]) == [None, None]
        assert store.users(agency_id, UserFilter(), 0, 10) == []
        assert store.changes(agency_id, 0, 10) == []
        assert store.job(agency_id, job, 1) is None
        assert store.media(agency_id, job) is None
        assert store.media(agency_id, "same") is None
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
