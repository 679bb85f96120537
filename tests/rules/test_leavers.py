"""Contract 6a: what is said of an agent who leaves or returns."""

from __future__ import annotations

from typing import Any

import pytest

from rentix.errors import Problem
from rentix.rules.leavers import read_deactivate, read_reactivate
from rentix.rules.steering import Terms

TERMS = Terms("MD", "ro")
DAY_MS = 24 * 3600 * 1000


def test_an_agent_leaves_for_thirty_days_unless_told_otherwise() -> None:
    leaving = read_deactivate({}, 7, TERMS)
    assert (leaving.id, leaving.successor_id, leaving.undo_ms) == (7, None, 30 * DAY_MS)
    assert read_deactivate({"undoDays": 0}, 7, TERMS).undo_ms == 0
    assert read_deactivate({"undoDays": 365}, 7, TERMS).undo_ms == 365 * DAY_MS


def test_a_successor_is_named_by_either_id() -> None:
    assert read_deactivate({"successorUserId": 8}, 7, TERMS).successor_id == 8
    leaving = read_deactivate({"successorExternalId": "a", "successorUserId": None}, 7, TERMS)
    assert (leaving.successor_id, leaving.successor_external_id) == (None, "a")


def test_in_a_bulk_the_leaver_is_named_as_well() -> None:
    leaving = read_deactivate({"externalId": "b", "successorUserId": 8}, None, TERMS)
    assert (leaving.id, leaving.external_id, leaving.successor_id) == (None, "b", 8)


@pytest.mark.parametrize(
    ("raw", "user_id", "pointer"),
    [
        ({"successorUserId": 8, "successorExternalId": "a"}, 7, "successorExternalId"),
        ({"undoDays": 366}, 7, "undoDays"),
        ({"undoDays": -1}, 7, "undoDays"),
        ({"undoDays": "30"}, 7, "undoDays"),
        ({"successorUserId": "8"}, 7, "successorUserId"),
        ({}, None, "externalId"),
        ({"id": 1, "externalId": "a"}, None, "id"),
    ],
)
def test_what_cannot_be_told_is_refused(
    raw: dict[str, Any], user_id: int | None, pointer: str
) -> None:
    with pytest.raises(Problem) as refused:
        read_deactivate(raw, user_id, TERMS)
    assert [fault.path for fault in refused.value.faults] == [(pointer,)]


def test_an_agent_returns() -> None:
    coming = read_reactivate({"ifMatch": "4", "why": "hired"}, 7, TERMS)
    assert (coming.id, coming.if_match) == (7, ("4",))
    assert [note.code for note in coming.notes] == ["unknown_field"]
