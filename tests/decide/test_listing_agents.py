"""Whom a listing names, and what comes of it."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from rentix.errors import Code
from rentix.model import (
    Listing,
)
from tests.decide.flat import (
    FLAT,
    OF_ANA,
    PASSED_ON,
    PASSED_TO_NOBODY,
    UNLINKED,
    WAITING,
    codes,
    put,
    told,
)

AGENTS: dict[str, tuple[Listing, dict[str, Any], tuple[int | None, str | None], str]] = {
    "by id": (FLAT, {"user_id": 21}, (21, None), ""),
    "by external id": (FLAT, {"external_user_id": "ana"}, (21, "ana"), ""),
    "by both": (FLAT, {"user_id": 21, "external_user_id": "ana"}, (21, "ana"), ""),
    "by id, and null": (FLAT, {"user_id": 21, "external_user_id": None}, (21, None), ""),
    "by name, and null": (FLAT, {"user_id": None, "external_user_id": "ana"}, (21, "ana"), ""),
    "nobody has it": (
        *(FLAT, {"external_user_id": "leo"}),
        *((None, "leo"), "external_user_unknown"),
    ),
    "it waits already": (
        *(WAITING, {"external_user_id": "leo"}),
        *((None, "leo"), "external_user_unknown"),
    ),
    "its agent lost the name": (
        *(UNLINKED, {"external_user_id": "former"}),
        *((21, "former"), ""),
    ),
    "inactive": (FLAT, {"user_id": 23}, (23, None), "agent_inactive"),
    "inactive by name": (FLAT, {"external_user_id": "gone"}, (23, "gone"), "agent_inactive"),
    "passed on, and still named": (
        *(PASSED_ON, {"external_user_id": "gone"}),
        *((22, "ana"), "agent_left"),
    ),
    "passed to nobody, and still named": (
        *(PASSED_TO_NOBODY, {"user_id": 23}),
        *((None, "ana"), "agent_left"),
    ),
    "passed on, and another who is inactive": (
        *(replace(PASSED_ON, agent_version=8, moved_version=8), {"user_id": 23}),
        *((23, None), "agent_inactive"),
    ),
    "passed on, and confirmed": (PASSED_ON, {"user_id": 22}, (22, None), ""),
    "passed to nobody, whose name nobody has": (
        *(replace(PASSED_TO_NOBODY, external_user_id="leo"), {"external_user_id": "leo"}),
        *((None, "leo"), "agent_left"),
    ),
    "passed on, and given to another": (PASSED_ON, {"user_id": 21}, (21, None), ""),
    "null": (OF_ANA, {"user_id": None}, (None, None), ""),
    "null by name": (OF_ANA, {"external_user_id": None}, (None, None), ""),
    "null twice": (OF_ANA, {"user_id": None, "external_user_id": None}, (None, None), ""),
    "null, and it waits": (WAITING, {"user_id": None}, (None, None), ""),
    "nothing said": (OF_ANA, {}, (21, "ana"), ""),
}


@pytest.mark.parametrize("name", AGENTS)
def test_an_agent_is_named(name: str) -> None:
    before, patch, after, code = AGENTS[name]
    result = put(before, **patch)
    assert (result.listing.user_id, result.listing.external_user_id) == after
    assert [note[1] for note in told(result)] == ([code] if code else [])
    moves = after != (before.user_id, before.external_user_id)
    assert result.verb == ("updated" if moves else "unchanged")
    assert result.listing.agent_version == (11 if moves else before.agent_version)
    receipt = result.receipt
    submitted = [{"user_id": "userId", "external_user_id": "externalUserId"}[n] for n in patch]
    assert sorted(receipt.applied + receipt.unchanged) == sorted(submitted)


@pytest.mark.parametrize(
    ("patch", "code"),
    [
        ({"user_id": 99}, Code.AGENT_UNKNOWN),
        ({"user_id": 99, "external_user_id": "ana"}, Code.AGENT_UNKNOWN),
        ({"user_id": 22, "external_user_id": "ana"}, Code.AGENTS_DISAGREE),
        ({"user_id": 22, "external_user_id": "leo"}, Code.AGENTS_DISAGREE),
    ],
)
def test_an_agent_that_cannot_be_named(patch: dict[str, Any], code: Code) -> None:
    assert codes(put(**patch)) == [code]


@pytest.mark.parametrize("patch", [{"user_id": None}, {"external_user_id": "leo"}])
def test_what_was_passed_to_nobody_does_not_come_back_once_it_is_said(
    patch: dict[str, Any],
) -> None:
    result = put(PASSED_TO_NOBODY, **patch)
    assert result.verb == "updated"
    assert not result.listing.is_moved
    assert result.listing.waits == ("external_user_id" in patch)


def test_who_it_is_counts_not_how_it_was_said() -> None:
    assert put(OF_ANA, user_id=21).verb == "unchanged"
    assert put(replace(FLAT, user_id=21), external_user_id="ana").verb == "unchanged"


@pytest.mark.parametrize("earlier", [None, "earlier"])
def test_another_name_of_the_same_agent_is_kept_and_changes_nothing(earlier: str | None) -> None:
    result = put(replace(OF_ANA, external_user_id=earlier), external_user_id="ana")
    assert (result.verb, result.stored, result.change) == ("unchanged", True, None)
    assert (result.listing.external_user_id, result.listing.version) == ("ana", OF_ANA.version)
