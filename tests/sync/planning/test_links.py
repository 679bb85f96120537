"""A plan links by the rule of `rentix match`, and asks where the rule would."""

from __future__ import annotations

import pytest

from rentix.model import Phone
from rentix.rules.matching import phones_in
from rentix.sync.records import Record, Skipped
from tests.service import Tenant
from tests.sync.planning.crm import plan_of, record

PHONE, OTHER = "+37369123456", "+37379500500"


def test_the_same_mobile_and_name_are_linked(tenant: Tenant) -> None:
    user_id = tenant.register("Андрей Чебан", PHONE)
    (item,) = plan_of(tenant, [record(2, "c1", name="Ceban Andrei", phone="069 123 456")]).items
    assert (item.action, item.user_id) == ("link", user_id)
    assert "nobody else's" in item.reason


def test_a_second_number_of_the_agent_counts(tenant: Tenant) -> None:
    tenant.register("Andrei Ceban", PHONE)
    (item,) = plan_of(
        tenant, [record(2, "c1", name="Andrei Ceban", phone=f"{OTHER}, {PHONE}")]
    ).items
    assert item.action == "link"


@pytest.mark.parametrize("name", ["Ion Popa", "A. Ceban", "Andreea Ceban", "Ceban"])
def test_the_same_mobile_under_another_name_is_a_conflict(tenant: Tenant, name: str) -> None:
    tenant.register("Andrei Ceban", PHONE)
    (item,) = plan_of(tenant, [record(2, "c1", name=name, phone=PHONE)]).items
    assert (item.action, item.code) == ("conflict", "phone_of_another")
    assert "rentix match" in item.reason


def test_a_number_that_a_linked_user_has_too_links_nobody(tenant: Tenant) -> None:
    tenant.create("c9", name="Ana Rusu", phone=PHONE)
    tenant.register("Andrei Ceban", PHONE)
    (item,) = plan_of(tenant, [record(2, "c1", name="Andrei Ceban", phone=PHONE)]).items
    assert (item.action, item.code) == ("conflict", "phone_of_several")


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(Skipped(3, "c2", "left", "Vera Lungu", f"022 1, {PHONE}"), id="by a rule"),
        pytest.param(Skipped(3, None, "left", None, PHONE), id="by a rule, without an id"),
        pytest.param(record(3, "c2", name="  ", phone=PHONE), id="the portal would refuse it"),
    ],
)
def test_a_number_of_a_row_that_is_skipped_is_shared_all_the_same(
    tenant: Tenant, row: Skipped | Record
) -> None:
    tenant.register("Andrei Ceban", PHONE)
    first, second = plan_of(tenant, [record(2, "c1", name="Andrei Ceban", phone=PHONE), row]).items
    assert (first.action, first.code) == ("conflict", "phone_of_several")
    assert "2 agents of the CRM have it" in first.reason
    assert second.action == "skip"


def test_another_row_of_the_same_agent_shares_nothing(tenant: Tenant) -> None:
    tenant.register("Andrei Ceban", PHONE)
    ours = record(2, "c1", name="Andrei Ceban", phone=PHONE)
    before = [Skipped(line, "c1", "of last year", "Andrei Ceban", PHONE) for line in (3, 4)]
    link, *_ = plan_of(tenant, [ours, *before]).items
    assert link.action == "link"
    others = [Skipped(line, "c2", "of last year", "Andrei Ceban", PHONE) for line in (3, 4)]
    held, *_ = plan_of(tenant, [ours, *others]).items
    assert "2 agents of the CRM have it" in held.reason, "the other is counted once"


def test_numbers_of_rows_that_contradict_each_other_are_shared(tenant: Tenant) -> None:
    tenant.register("Andrei Ceban", PHONE)
    rows = [record(2, "c1", name="Vera", phone=OTHER), record(3, "c1", name="Vera", phone=PHONE)]
    *_, ours = plan_of(tenant, [*rows, record(4, "c2", name="Andrei Ceban", phone=PHONE)]).items
    assert (ours.action, ours.code) == ("conflict", "phone_of_several")


def test_nobody_is_linked_where_the_configuration_says_never(tenant: Tenant) -> None:
    tenant.register("Andrei Ceban", PHONE)
    rows = [record(2, "c1", name="Andrei Ceban", phone=PHONE)]
    assert [item.action for item in plan_of(tenant, rows, link="never").items] == ["create"]


def test_a_user_whom_the_source_names_by_id_is_no_other_agents(tenant: Tenant) -> None:
    user_id = tenant.register("Andrei Ceban", PHONE)
    rows = [
        record(2, "c1", user_id, name="Ion Popa", phone=OTHER),
        record(3, "c2", name="Andrei Ceban", phone=PHONE),
    ]
    named, other = plan_of(tenant, rows).items
    assert (named.action, named.user_id) == ("link", user_id)
    assert other.action == "create"


def test_a_user_whom_two_agents_claim_by_id_is_neither(tenant: Tenant) -> None:
    user_id = tenant.register("Andrei Ceban", PHONE)
    rows = [record(line, f"c{line}", user_id, name="Andrei Ceban") for line in (2, 3)]
    for item in plan_of(tenant, rows).items:
        assert (item.action, item.user_id) == ("conflict", user_id)
        assert "2 agents" in item.reason


def test_each_agents_numbers_are_read_once(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str | None] = []

    def count(text: str | None, region: str) -> tuple[Phone, ...]:
        read.append(text)
        return phones_in(text, region)

    monkeypatch.setattr("rentix.sync.plan.linking.phones_in", count)
    tenant.create("c1", name="Ana Rusu", phone=OTHER)
    rows = [
        record(2, "c1", name="Ana Ursu", phone=OTHER),
        record(3, "c2", name="Ion Popa", phone=PHONE),
    ]
    assert [item.action for item in plan_of(tenant, rows).items] == ["update", "create"]
    assert read == [OTHER, PHONE]
