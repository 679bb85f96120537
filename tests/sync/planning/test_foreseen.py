"""A planned outcome equals the applied one: field by field, as the change log has it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from rentix.model import Change
from rentix.sync.plan import Item, Plan
from tests.service import Tenant
from tests.sync.planning.crm import apply, plan_of, populate, random_roster

AGENTS = 40
ROUNDS = 25
UNKNOWN_BEFORE = {"avatarPicture", "listings"}
"""What only the portal knows: files of pictures, and listings that pass from hand to hand."""


def logged(changes: list[Change]) -> dict[str, tuple[object, object]]:
    """Return what changes of one agent come to, by field."""
    fields: dict[str, tuple[object, object]] = {}
    for change in changes:
        fields |= {name: tuple(pair) for name, pair in change.fields.items()}  # type: ignore[misc]
    return {name: pair for name, pair in fields.items() if name not in UNKNOWN_BEFORE}


def foreseen(item: Item) -> dict[str, tuple[object, object]]:
    """Return what a plan says of an agent, by field."""
    return {change.field: (change.old, change.new) for change in item.fields}


def check_applied(plan: Plan, endings: dict[int, int], changes: list[Change]) -> None:
    """Compare every item with what the log says of its user, and the log with the items."""
    left = {change.subject_id for change in changes}
    for number, user_id in endings.items():
        of_user = [change for change in changes if change.subject_id == user_id]
        assert logged(of_user) == foreseen(plan.items[number]), plan.items[number]
        left.discard(user_id)
    assert not left


@pytest.mark.slow
@pytest.mark.parametrize("absent", ["keep", "deactivate", "unlink"])
def test_a_planned_outcome_is_the_applied_one(
    new_tenant: Callable[..., Tenant], tmp_path: Path, absent: str
) -> None:
    cases = writes = 0
    for seed in range(ROUNDS // 3 + 1):
        random = Random(f"{absent} {seed}")  # noqa: S311 - not a secret
        tenant = new_tenant(locale=random.choice(("ro", "ru")))
        populate(tenant, random, AGENTS)
        rows = random_roster(random, tenant, AGENTS)
        before = len(tenant.changes())
        plan = plan_of(tenant, rows, absent=absent)
        account = apply(tenant, plan, tmp_path)
        assert account.stopped is None
        assert account.summary == {"applied": len(plan.writes), "skipped": 0, "failed": 0}
        applied = {number: ending.user_id or 0 for number, ending in account.endings.items()}
        check_applied(plan, applied, tenant.changes()[before:])
        again = plan_of(tenant, rows, absent=absent)
        assert again.writes == ()
        assert plan_of(tenant, rows, absent=absent).digest == again.digest
        cases += len(rows)
        writes += len(plan.writes)
    assert cases > 334  # a third of a thousand in each of three ways
    assert writes > 100
