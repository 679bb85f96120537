"""What a plan says of an agent, and why."""

from __future__ import annotations

from typing import Any

import pytest

from rentix.rules.steering import Terms
from rentix.sync.config import CapsConfig, SyncConfig
from rentix.sync.plan import Item, Planner
from rentix.sync.plan.making import Entry
from rentix.sync.records import Rejection
from tests.service import Tenant
from tests.sync.planning.crm import leave, plan_of, record

MOBILE, OFFICE = "+37369123456", "+37322123456"


def only(tenant: Tenant, *rows: Entry, **sync: Any) -> Item:
    """Return the one item of a plan."""
    [item] = plan_of(tenant, rows, **sync).items
    return item


def test_what_is_stored_in_another_spelling_is_unchanged(tenant: Tenant) -> None:
    tenant.create("a", name="Ana Rusu", phone="069 123 456", description={"ru": "Дома"})
    for row in (
        record(2, "a", name="Ana  Rusu ", phone="0 (69) 123-456"),
        record(2, "a", name="Ana Rusu", phone=MOBILE, description={"ru": "Дома", "en": None}),
    ):
        plan = plan_of(tenant, [row])
        assert plan.items == ()
        assert plan.summary["unchanged"] == 1


def test_an_update_has_every_field_with_old_and_new(tenant: Tenant) -> None:
    user_id = tenant.create("a", name="Ana", description="Case")
    item = only(tenant, record(7, "a", name="Ana Rusu", description={"ru": "Дома"}))
    assert (item.action, item.user_id, item.line) == ("update", user_id, 7)
    assert [(c.field, c.old, c.new) for c in item.fields] == [
        ("name", "Ana", "Ana Rusu"),
        ("description.ru", None, "Дома"),
    ]
    assert item.if_match == tenant.get(f"/users/{user_id}").json()["etag"]


def test_what_the_portal_would_refuse_is_skipped_with_its_words(tenant: Tenant) -> None:
    item = only(tenant, record(2, "a", name="Ana", phone="12"))
    assert (item.action, item.code) == ("skip", "phone_invalid")
    item = only(tenant, record(2, "a", name="Ana", phone=MOBILE, instagram="https://x.example/a"))
    assert (item.action, item.code) == ("skip", "social_invalid")
    assert "instagram" in item.reason


def test_who_was_let_go_by_the_crm_comes_back_and_by_a_person_stays(tenant: Tenant) -> None:
    row = record(2, "a", name="Ana Rusu", phone=MOBILE)
    user_id = tenant.create("a", name="Ana Rusu", phone=MOBILE)
    leave(tenant, user_id, by_crm=True)
    item = only(tenant, row)
    assert (item.action, item.code) == ("update", "returned")
    tenant.http.post(f"/users/{user_id}/reactivate", json={})
    leave(tenant, user_id, by_crm=False)
    plan = plan_of(tenant, [row])
    assert plan.writes == ()
    assert plan.warnings["status_held"][0] == 1


def limits_of(tenant: Tenant, rows: list[Entry], **sync: Any) -> dict[str, tuple[int, int]]:
    """Return the limits that stop a plan, with how many there are and may be."""
    fired = plan_of(tenant, rows, **sync).limits
    return {limit.limit: (limit.count, limit.allowed) for limit in fired}


@pytest.fixture
def ten(tenant: Tenant) -> Tenant:
    """Give an agency ten linked agents with everything that can be lost."""
    for n in range(10):
        tenant.create(
            str(n),
            phone=f"+3736912345{n}",
            description="Case",
            avatar={"url": f"https://pictures.example/{n}.jpg"},
        )
    return tenant


def rows(**fields: Any) -> list[Entry]:
    """Return a row for each of the ten."""
    return [record(n + 2, str(n), **fields) for n in range(10)]


@pytest.mark.slow
def test_a_limit_stops_each_kind_of_loss(ten: Tenant) -> None:
    assert limits_of(ten, rows(description="Vile")) == {}
    assert limits_of(ten, rows(description=None)) == {"clear": (10, 5)}
    assert limits_of(ten, rows(avatar=None)) == {"avatar": (10, 5)}
    moved: list[Entry] = [record(n + 2, str(n), phone=f"+3736954321{n}") for n in range(10)]
    assert limits_of(ten, moved) == {"phone": (10, 5)}
    few = rows()[:2]
    assert limits_of(ten, few) == {"shrink": (8, 3)}
    assert limits_of(ten, few, absent="unlink") == {"unlink": (8, 3), "shrink": (8, 3)}
    assert limits_of(ten, few, absent="deactivate") == {"deactivate": (8, 3), "shrink": (8, 3)}
    assert limits_of(ten, rows()[:7], absent="deactivate") == {}
    assert limits_of(ten, [])["empty"] == (0, 1)
    broken: list[Entry] = [Rejection(20, None, "broken", "row_broken")]
    assert limits_of(ten, [*rows(), *broken]) == {"unreadable": (1, 0)}


def test_a_digest_names_what_a_plan_says(ten: Tenant) -> None:
    first, again = plan_of(ten, rows(description=None)), plan_of(ten, rows(description=None))
    assert first.digest == again.digest
    assert first.id != again.id
    ten.put(externalId="0", name="Somebody Else")
    assert plan_of(ten, rows(description=None)).digest != first.digest


def test_progress_is_told_for_long_sources(tenant: Tenant) -> None:
    told: list[int] = []
    planner = Planner(Terms("MD", "ro"), SyncConfig(), CapsConfig(), on_progress=told.append)
    planner.read_source(record(n, str(n), name="A", phone=MOBILE) for n in range(2500))
    assert told == [1000, 2000]
