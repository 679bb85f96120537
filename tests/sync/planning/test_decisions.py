"""What a plan decides about one agent, and why: every action, on a real portal."""

from __future__ import annotations

from pathlib import Path

import pytest

from rentix.sync.plan import Item, Plan
from rentix.sync.records import Rejection, Skipped
from tests.service import Tenant
from tests.sync.planning.crm import apply, plan_of, record

PHONE = "+37369123456"


def decided(plan: Plan) -> list[tuple[str, str, str | None]]:
    """Return each item's action, code and external id."""
    return [(item.action, item.code, item.external_id) for item in plan.items]


def only(plan: Plan) -> Item:
    [item] = plan.items
    return item


@pytest.fixture
def ana(tenant: Tenant) -> int:
    """Give an agent whom the CRM has sent."""
    answer = tenant.put(externalId="a", name="Ana Rusu", phone=PHONE)
    user_id: int = answer.json()["id"]
    return user_id


@pytest.mark.parametrize(("absent", "action"), [("deactivate", "deactivate"), ("unlink", "unlink")])
def test_who_is_absent_leaves_only_if_the_configuration_says_so(
    tenant: Tenant, ana: int, absent: str, action: str
) -> None:
    rows = [record(2, "b", name="Ion Popa", phone="069 200 200")]
    assert [item.action for item in plan_of(tenant, rows).items] == ["create"]
    _, left = plan_of(tenant, rows, absent=absent).items
    assert (left.action, left.code, left.user_id) == (action, "absent", ana)
    assert left.if_match == str(tenant.get(f"/users/{ana}").json()["etag"])


def test_a_row_that_cannot_be_told_apart_may_be_anybody(tenant: Tenant, ana: int) -> None:
    rows = [Rejection(2, None, "the row is broken", "row_broken")]
    skip, held = plan_of(tenant, rows, absent="deactivate").items
    assert (skip.action, held.action, held.user_id) == ("skip", "conflict", ana)
    assert "1 of its rows cannot be told apart and may be this one" in held.reason


@pytest.mark.parametrize(
    "row",
    [
        Rejection(2, "a", "the phone is a formula", "cell_error"),
        Skipped(2, "a", "Stare is 'concediat'"),
        record(2, "a", name=""),
    ],
)
def test_who_is_in_the_source_in_any_form_is_not_absent(
    tenant: Tenant, ana: int, row: Rejection | Skipped
) -> None:
    assert [item.action for item in plan_of(tenant, [row], absent="deactivate").items] == ["skip"]
    assert tenant.get(f"/users/{ana}").json()["status"] == "active"


def test_rows_that_contradict_each_other_are_left_to_a_person(tenant: Tenant, ana: int) -> None:
    rows = [record(line, "a", name=name) for line, name in ((2, "Ana"), (3, "Anna"), (4, "Anya"))]
    plan = plan_of(tenant, rows, absent="deactivate")
    assert decided(plan) == [
        ("conflict", "external_id_repeated", "a"),
        ("skip", "external_id_repeated", "a"),
    ]
    assert "lines 2 and 3 give this externalId different values" in plan.items[0].reason
    assert plan_of(tenant, [record(2, "a", name="Ana"), record(3, "a", name="Ana")]).summary[
        "update"
    ], "the same row twice is one"


def test_the_same_person_is_linked_and_another_name_is_for_a_person_to_decide(
    tenant: Tenant,
) -> None:
    user = tenant.register("Ана Русу", PHONE)
    same = only(plan_of(tenant, [record(2, "a", name="Rusu Ana", phone=PHONE)]))
    assert (same.action, same.code, same.user_id) == ("link", "same_person", user)
    other = [record(2, "a", name="Ion Popa", phone=PHONE)]
    conflict = only(plan_of(tenant, other))
    assert (conflict.action, conflict.code, conflict.user_id) == (
        "conflict",
        "phone_of_another",
        user,
    )
    assert only(plan_of(tenant, other, link="never")).action == "create"


def test_a_number_of_several_links_nobody_and_the_name_with_it_is_for_a_person_to_decide(
    tenant: Tenant,
) -> None:
    first = tenant.register("Ana Rusu", PHONE)
    rows = [record(line, f"n{line}", name="Ana Rusu", phone=PHONE) for line in (2, 3)]
    plan = plan_of(tenant, rows)
    assert decided(plan) == [("conflict", "phone_of_several", f"n{line}") for line in (2, 3)]
    second = tenant.register("Ana Rusu", PHONE)
    held = only(plan_of(tenant, rows[:1]))
    assert (held.action, held.user_id) == ("conflict", first)
    for words in (
        "the same number, but 2 users have it; the same name",
        f"(or user {second})",
        "nobody is linked or created until you decide",
        f"rentix match, or POST /users/{first}/link",
        'put "n2" into [sync] new',
    ):
        assert words in held.reason


@pytest.mark.parametrize("name", ["Ana Rusu", "Русу Ана", "A. Rusu", "Ana Rusu Ilinicna"])
def test_a_places_number_with_the_name_is_for_a_person_to_decide(tenant: Tenant, name: str) -> None:
    tenant.register("Ana Rusu", "+37322212121")
    held = only(plan_of(tenant, [record(2, "n", name=name, phone="022 212 121")]))
    assert (held.action, held.code) == ("conflict", "phone_of_several")


def test_a_colleague_with_the_offices_number_is_somebody_new(tenant: Tenant) -> None:
    for name in ("Ana Rusu", "Ion Popa"):
        tenant.register(name, PHONE)
    rows = [record(2, "n", name="Vera Popa", phone=PHONE)]
    assert only(plan_of(tenant, rows)).action == "create"


@pytest.mark.slow
@pytest.mark.parametrize("phones", [[PHONE], [PHONE, PHONE]])
def test_who_is_said_to_be_new_is_created(
    tenant: Tenant, tmp_path: Path, phones: list[str]
) -> None:
    for phone in phones:
        tenant.register("Ana Rusu", phone)
    rows = [
        record(2, "n", name="A. Rusu", phone=PHONE),
        record(3, "o", name="A. Rusu", phone=PHONE),
    ]
    before = len(tenant.changes())
    assert apply(tenant, plan_of(tenant, rows), tmp_path).summary["applied"] == 0
    assert len(tenant.changes()) == before, "nobody is created before somebody has decided"
    plan = plan_of(tenant, rows, new=("n",))
    assert [item.action for item in plan.items] == ["create", "conflict"]
    assert apply(tenant, plan, tmp_path).summary["applied"] == 1
    assert tenant.get("/users/external/n").json()["name"] == "A. Rusu"


def test_who_is_named_by_the_portals_id_is_that_user_or_nobody(tenant: Tenant, ana: int) -> None:
    user = tenant.register("Ion Popa", "+37369200200")
    by_id = only(plan_of(tenant, [record(2, "i", user, name="Else", phone=PHONE)]))
    assert (by_id.action, by_id.user_id) == ("link", user)
    taken = only(plan_of(tenant, [record(2, "a", user, name="Ana Rusu")]))
    assert (taken.action, taken.code, taken.user_id) == ("conflict", "external_id_taken", ana)
    linked = only(plan_of(tenant, [record(2, "x", ana, name="Ana Rusu", phone=PHONE)]))
    assert (linked.action, linked.code) == ("conflict", "already_linked")
