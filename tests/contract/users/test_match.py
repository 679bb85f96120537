"""POST /users/match: the rule of `rentix match`, over the API, read-only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rentix.api import matching
from tests.service import Tenant

ANDREI, ION = "+37369123456", "+37379500500"


def match(tenant: Tenant, *agents: dict[str, Any]) -> dict[str, Any]:
    answer = tenant.http.post("/users/match", json={"agents": agents})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def verdicts(tenant: Tenant, *agents: dict[str, Any]) -> list[str]:
    return [result["verdict"] for result in match(tenant, *agents)["results"]]


def test_each_agent_gets_a_verdict_with_its_reasons(tenant: Tenant) -> None:
    andrei = tenant.register("Андрей Чебан", ANDREI)
    namesake = tenant.register("Ion Popa", ION)
    certain, doubtful, nobody = match(
        tenant,
        {
            "externalId": "c1",
            "name": "Ceban Andrei",
            "phone": "069 123 456",
            "email": "a@b.example",
        },
        {"name": "Popa Ion", "phone": None},
        {"name": "Vera Lungu"},
    )["results"]
    assert (certain["index"], certain["verdict"], certain["userId"]) == (0, "auto", andrei)
    assert certain["score"] == 100
    assert (doubtful["verdict"], doubtful["userId"]) == ("review", None)
    assert [each["userId"] for each in doubtful["candidates"]] == [namesake]
    assert (nobody["verdict"], nobody["candidates"]) == ("none", [])


def test_a_candidates_phone_is_printed_as_in_their_profile(tenant: Tenant) -> None:
    user_id = tenant.register("Elena Rusu", "+37360123404")
    [result] = match(tenant, {"name": "Rusu Elena", "phone": "060 123 404"})["results"]
    [candidate] = result["candidates"]
    assert candidate["phone"] == "+373 601 23 404"
    assert candidate["phone"] == tenant.get(f"/users/{user_id}").json()["phone"]


def test_it_stores_nothing(tenant: Tenant) -> None:
    user_id = tenant.register("Andrei Ceban", ANDREI)
    before = len(tenant.changes())
    match(tenant, {"externalId": "c1", "name": "Andrei Ceban", "phone": ANDREI})
    assert len(tenant.changes()) == before
    assert tenant.get(f"/users/{user_id}").json()["externalId"] is None


def test_a_user_who_is_linked_is_no_candidate_and_an_id_in_use_has_its_user(
    tenant: Tenant,
) -> None:
    held = tenant.create("c9", name="Andrei Ceban", phone=ANDREI)
    other, same = match(
        tenant,
        {"externalId": "c1", "name": "Andrei Ceban", "phone": ANDREI},
        {"externalId": "c9", "name": "Andrei Ceban", "phone": ANDREI},
    )["results"]
    assert other["verdict"] == same["verdict"] == "none"
    assert same["reasons"] == [f"user {held} has this externalId already"]


@pytest.mark.parametrize("second", ["registered", "linked", "agent"])
def test_a_number_of_several_is_never_certain(tenant: Tenant, second: str) -> None:
    tenant.register("Andrei Ceban", ANDREI)
    agents = [{"name": "Andrei Ceban", "phone": ANDREI}]
    if second == "registered":
        tenant.register("Ana Rusu", ANDREI)
    elif second == "linked":
        tenant.create("c9", name="Ana Rusu", phone=ANDREI)
    else:
        agents.append({"name": "Ana Rusu", "phone": ANDREI})
    assert verdicts(tenant, *agents)[0] == "review"


def test_an_external_id_of_two_agents_is_linked_to_neither(tenant: Tenant) -> None:
    tenant.register("Andrei Ceban", ANDREI)
    tenant.register("Ion Popa", ION)
    agents = [
        {"externalId": "c1", "name": "Andrei Ceban", "phone": ANDREI},
        {"externalId": "c1", "name": "Ion Popa", "phone": ION},
    ]
    assert verdicts(tenant, *agents) == ["review", "review"]


def test_other_agencies_users_are_nobody(new_tenant: Callable[..., Tenant]) -> None:
    new_tenant().register("Andrei Ceban", ANDREI)
    assert verdicts(new_tenant(), {"name": "Andrei Ceban", "phone": ANDREI}) == ["none"]


def test_beyond_what_is_compared_by_name_numbers_still_count(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "USERS_MAX", 2)
    for number in range(3):
        tenant.register("Vera Lungu", f"+3736900000{number}")
    tenant.register("Ion Popa", ION)
    tenant.register("Andrei Ceban", ANDREI)
    answer = match(tenant, {"name": "Andrei Ceban", "phone": ANDREI}, {"name": "Ion Popa"})
    assert answer["partial"] is True
    assert [result["verdict"] for result in answer["results"]] == ["auto", "none"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/agents"),
        ({"agents": []}, "/agents"),
        ({"agents": [{"name": "A"}] * 101}, "/agents"),
        ({"agents": [{"phone": ANDREI}]}, "/agents/0/name"),
        ({"agents": [{"name": "A", "phone": 69}]}, "/agents/0/phone"),
        ({"agents": ["A"]}, "/agents/0"),
    ],
)
def test_a_faulty_body_is_refused(tenant: Tenant, body: dict[str, Any], pointer: str) -> None:
    answer = tenant.http.post("/users/match", json=body)
    assert answer.status_code == 400
    assert answer.json()["details"][0]["pointer"] == pointer


def test_what_is_unknown_is_ignored_and_named(tenant: Tenant) -> None:
    body = {"agents": [{"name": "A", "fax": "1"}], "dry": True}
    answer = tenant.http.post("/users/match", json=body).json()
    assert [note["field"] for note in answer["warnings"]] == ["dry", "agents.fax"]


def test_it_counts_as_a_bulk_and_needs_the_right_to_read(
    new_tenant: Callable[..., Tenant],
) -> None:
    tenant = new_tenant(bulk_per_minute=1)
    body = {"agents": [{"name": "A"}]}
    statuses = [tenant.http.post("/users/match", json=body).status_code for _ in range(2)]
    assert statuses == [200, 429]
