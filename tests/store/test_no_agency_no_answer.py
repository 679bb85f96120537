"""No question about tenants' data without an agency, and no answer for another one."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest

from rentix.decide.working_set import Lookup
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
    assert store.job(theirs.agency_id, job)
    assert store.users(theirs.agency_id, UserFilter(), 0, 10)
    for agency_id in (tenant.agency_id, 0, -1):
        assert store.find_users([(agency_id, user_id), (agency_id, "same")]) == [None, None]
        assert store.users(agency_id, UserFilter(), 0, 10) == []
        assert store.changes(agency_id, 0, 10) == []
        assert store.job(agency_id, job) is None
    assert store.find_users([]) == []


def test_a_batch_reads_what_it_claimed(service: Service, tenant: Tenant, theirs: Tenant) -> None:
    user_id = theirs.create("same")
    lookup = Lookup({(theirs.agency_id, user_id)}, set(), set(), {theirs.agency_id})

    def found(*claimed: int) -> bool:
        with service.store.batch(claimed) as batch:
            try:
                return batch.load(lookup, 0).user(theirs.agency_id, user_id) is not None
            except StoreError:  # SQLite refuses; on PostgreSQL the row is not there
                return False

    assert found(theirs.agency_id)
    assert not found(tenant.agency_id)
    assert not found()
