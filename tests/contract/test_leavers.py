"""Contract 6a: who leaves, who takes over, and who returns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from rentix.operations import (
    Caller,
    DeactivateUser,
    DeleteListing,
    Outcome,
    ReactivateUser,
    Request,
)
from rentix.writer import commit
from tests.contract.listings.shapes import contact, create, faults, ok, put, read, warned
from tests.service import Tenant

DAY_MS = 24 * 3600 * 1000
AGENCY = "Casa Test"


def leave(tenant: Tenant, user_id: int, query: str = "", /, **body: Any) -> httpx2.Response:
    return tenant.http.post(f"/users/{user_id}/deactivate{query}", json=body)


def come_back(tenant: Tenant, user_id: int, query: str = "") -> Any:
    return ok(tenant.http.post(f"/users/{user_id}/reactivate{query}", json={}))


@pytest.fixture
def ana(tenant: Tenant) -> int:
    """Give an agent with two listings."""
    user_id = tenant.create("ana", name="Ana Rusu")
    create(tenant, "a", userId=user_id)
    create(tenant, "b", externalUserId="ana")
    return user_id


@pytest.fixture
def ion(tenant: Tenant) -> int:
    return tenant.create("ion", name="Ion Lupu", phone="+37369200300")


@pytest.mark.parametrize("by", ["successorUserId", "successorExternalId"])
def test_listings_go_to_the_successor(tenant: Tenant, ana: int, ion: int, by: str) -> None:
    """`{successorUserId? | successorExternalId?, undoDays?}` → `{id, deactivated: true,
    movedListings}`.
    """
    named: dict[str, Any] = {by: ion if by == "successorUserId" else "ion"}
    answer = leave(tenant, ana, **named)
    body = ok(answer)
    assert body == {"id": ana, "deactivated": True, "movedListings": 2, "etag": body["etag"]}
    assert answer.headers["ETag"] == f'"{body["etag"]}"'
    for listing in ("a", "b"):
        assert read(tenant, listing)["user"]["id"] == ion
        assert contact(tenant, listing) == ("Ion Lupu", "linked")
    assert ok(tenant.get(f"/users/{ana}"))["status"] == "inactive"
    assert ok(tenant.get(f"/listings?userId={ana}"))["items"] == []
    assert len(ok(tenant.get(f"/listings?userId={ion}"))["items"]) == 2


def test_without_a_successor_the_agency_is_shown(tenant: Tenant, ana: int) -> None:
    """Its listings … fall back to the agency."""
    assert ok(leave(tenant, ana))["movedListings"] == 2
    for listing in ("a", "b"):
        assert contact(tenant, listing) == (AGENCY, "agent_inactive")


def test_no_body_says_as_much_as_an_empty_one(tenant: Tenant, ana: int) -> None:
    assert ok(tenant.http.post(f"/users/{ana}/deactivate"))["movedListings"] == 2
    assert ok(tenant.http.post(f"/users/{ana}/reactivate"))["restoredListings"] == 2


def test_it_is_one_change(tenant: Tenant, ana: int, ion: int) -> None:
    """In one commit, with one record that names the listings."""
    before = len(tenant.changes())
    ok(leave(tenant, ana, successorUserId=ion))
    [change] = tenant.changes()[before:]
    assert (change.subject, change.subject_id) == ("user", ana)
    assert change.fields["status"] == ("active", "inactive")
    assert change.fields["successor"] == (None, ion)
    listings, _ = change.fields["listings"]
    assert isinstance(listings, list | tuple)
    assert len(listings) == 2


@pytest.mark.parametrize("by", ["successorUserId", "successorExternalId"])
def test_a_successor_named_too_late_is_told_of(tenant: Tenant, ana: int, ion: int, by: str) -> None:
    """Nothing submitted is dropped in silence; what the warning advises works."""
    named: dict[str, Any] = {by: ion if by == "successorUserId" else "ion"}
    ok(leave(tenant, ana))
    ok(put(tenant, externalId="b", userId=None))
    body = ok(leave(tenant, ana, **named))
    assert (body["movedListings"], warned(body)) == (0, [(by, "successor_unused")])
    [warning] = body["warnings"]
    assert f"listings {read(tenant, 'a')['id']};" in warning["message"]
    assert f"POST /api/v1/users/{ana}/reactivate" in warning["message"]
    come_back(tenant, ana)
    assert "warnings" not in ok(leave(tenant, ana, **named))
    assert contact(tenant, "a") == ("Ion Lupu", "linked")
    assert "warnings" not in ok(leave(tenant, ana, **named))  # said twice, it is done all the same


def test_a_successor_named_too_late_gets_what_was_given_since(
    tenant: Tenant, ana: int, ion: int
) -> None:
    ok(leave(tenant, ana, undoDays=1))
    create(tenant, "c", userId=ana)
    tenant.service.clock.ahead_ms += 2 * DAY_MS
    try:
        body = ok(leave(tenant, ana, successorUserId=ion, undoDays=0))
    finally:
        tenant.service.clock.ahead_ms -= 2 * DAY_MS
    assert (body["movedListings"], contact(tenant, "c")) == (1, ("Ion Lupu", "linked"))
    [warning] = body["warnings"]
    assert warning["code"] == "successor_unused"
    assert "reactivate" not in warning["message"]  # it is too late for that
    assert "PUT /api/v1/listings" in warning["message"]


def test_who_has_left_cannot_leave_again(tenant: Tenant, ana: int) -> None:
    first = ok(leave(tenant, ana))
    again = ok(leave(tenant, ana))
    assert (again["movedListings"], again["etag"]) == (0, first["etag"])


@pytest.mark.slow
@pytest.mark.parametrize("successor", ["self", "inactive", "unknown", "foreign"])
def test_who_cannot_be_a_successor(
    tenant: Tenant, new_tenant: Callable[..., Tenant], ana: int, ion: int, successor: str
) -> None:
    ok(leave(tenant, ion))
    named = {
        "self": ana,
        "inactive": ion,
        "unknown": 999999999,
        "foreign": new_tenant().create("x"),
    }[successor]
    answer = leave(tenant, ana, successorUserId=named)
    assert faults(answer) == [("/successorUserId", "successor_invalid")]
    assert contact(tenant, "a") == ("Ana Rusu", "linked")


def test_at_most_one_successor(tenant: Tenant, ana: int, ion: int) -> None:
    answer = leave(tenant, ana, successorUserId=ion, successorExternalId="ion")
    assert faults(answer) == [("/successorExternalId", "exclusive")]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"undoDays": -1}, "out_of_range"),
        ({"undoDays": "30"}, "type_invalid"),
        ({"successorExternalId": ""}, "too_short"),
    ],
)
def test_bad_values(tenant: Tenant, ana: int, body: dict[str, Any], code: str) -> None:
    assert [found for _, found in faults(leave(tenant, ana, **body))] == [code]


def test_a_dry_run_moves_nothing(tenant: Tenant, ana: int, ion: int) -> None:
    body = ok(leave(tenant, ana, "?dryRun=true", successorUserId=ion))
    assert (body["movedListings"], body["dryRun"], body["etag"]) == (2, True, "unstored")
    assert contact(tenant, "a") == ("Ana Rusu", "linked")
    ok(leave(tenant, ana))
    assert come_back(tenant, ana, "?dryRun=true")["restoredListings"] == 2
    assert ok(tenant.get(f"/users/{ana}"))["status"] == "inactive"


def test_a_precondition(tenant: Tenant, ana: int) -> None:
    assert leave(tenant, ana, ifMatch="0").status_code == 412
    etag = ok(tenant.get(f"/users/{ana}"))["etag"]
    assert ok(leave(tenant, ana, ifMatch=etag))["deactivated"] is True


def test_the_same_request_is_one(tenant: Tenant, ana: int) -> None:
    def send() -> httpx2.Response:
        headers = {"Idempotency-Key": "k"}
        return tenant.http.post(f"/users/{ana}/deactivate", json={}, headers=headers)

    first, again = send(), send()
    assert ok(first) == ok(again)
    assert again.headers["Idempotency-Replayed"] == "true"


def test_reactivate_restores(tenant: Tenant, ana: int, ion: int) -> None:
    """Restores the former links except those changed since, which it lists."""
    create(tenant, "c", userId=ana)
    create(tenant, "d", userId=ana)
    ok(leave(tenant, ana, successorUserId=ion))
    ok(put(tenant, externalId="b", userId=None))
    third = tenant.create("eva", name="Eva Pop", phone="+37369200400")
    changed = create(tenant, "c", userId=third)
    ok(tenant.http.delete("/listings/external/d"))
    body = come_back(tenant, ana)
    loose = read(tenant, "b")["id"]
    assert (body["id"], body["reactivated"], body["restoredListings"]) == (ana, True, 1)
    since = {item["id"]: item["userId"] for item in body["changedSince"]}
    assert since == {loose: None, changed: third}
    assert contact(tenant, "a") == ("Ana Rusu", "linked")
    assert contact(tenant, "b") == (AGENCY, "no_agent_given")
    assert contact(tenant, "c") == ("Eva Pop", "linked")
    assert ok(tenant.get(f"/users/{ana}"))["status"] == "active"


def test_what_is_deleted_in_the_same_commit_is_gone_as_well(tenant: Tenant, ana: int) -> None:
    listing_id = read(tenant, "a")["id"]
    operations = (
        DeactivateUser(id=ana, undo_ms=DAY_MS),
        DeleteListing(id=listing_id),
        ReactivateUser(id=ana),
    )
    asked = Request(caller=Caller(tenant.agency_id), operations=operations)
    [answer] = commit(tenant.service.store, [asked], tenant.service.clock())
    assert not isinstance(answer, Exception), answer
    returned = answer.results[-1]
    assert isinstance(returned, Outcome)
    assert returned.shift is not None
    assert (len(returned.shift.listings), returned.shift.changed) == (1, ())


def test_leavings_are_undone_in_turn(tenant: Tenant, ana: int, ion: int) -> None:
    """Undo restores exactly, though the successor left as well."""
    ok(leave(tenant, ana, successorUserId=ion))
    ok(leave(tenant, ion))
    assert contact(tenant, "a") == (AGENCY, "agent_inactive")
    assert come_back(tenant, ion)["restoredListings"] == 2
    assert contact(tenant, "a") == ("Ion Lupu", "linked")
    assert come_back(tenant, ana)["restoredListings"] == 2
    assert contact(tenant, "a") == ("Ana Rusu", "linked")


def test_who_is_active_stays_as_they_are(tenant: Tenant, ana: int) -> None:
    before = ok(tenant.get(f"/users/{ana}"))["etag"]
    body = come_back(tenant, ana)
    assert (body["restoredListings"], body["changedSince"], body["etag"]) == (0, [], before)


def test_other_changes_of_a_listing_do_not_hinder_its_return(
    tenant: Tenant, ana: int, ion: int
) -> None:
    ok(leave(tenant, ana, successorUserId=ion))
    ok(put(tenant, externalId="a", announcementValue=5))
    assert come_back(tenant, ana)["restoredListings"] == 2


@pytest.mark.parametrize(("days", "restored"), [(29, 2), (31, 0)])
def test_after_the_time_for_undoing_nothing_comes_back(
    tenant: Tenant, ana: int, ion: int, days: int, restored: int
) -> None:
    """`undoDays?` (30)."""
    ok(leave(tenant, ana, successorUserId=ion))
    tenant.service.clock.ahead_ms += days * DAY_MS
    try:
        body = come_back(tenant, ana)
    finally:
        tenant.service.clock.ahead_ms -= days * DAY_MS
    assert (body["restoredListings"], body["changedSince"]) == (restored, [])
    kept = body.get("undoEnded", [])
    assert [listing["userId"] for listing in kept] == [ion] * (2 - restored)
    assert warned(body) == ([] if restored else [("id", "undo_ended")])


def test_a_put_after_the_time_for_undoing_says_so(tenant: Tenant, ana: int, ion: int) -> None:
    """The true reason, with the day on which the time was over; what changed hands has its own."""
    ok(leave(tenant, ana, successorUserId=ion, undoDays=1))
    changed = create(tenant, "b", userId=None)
    tenant.service.clock.ahead_ms += 2 * DAY_MS
    try:
        body = ok(tenant.put(externalId="ana", name="Ana Rusu"))
    finally:
        tenant.service.clock.ahead_ms -= 2 * DAY_MS
    said = {warning["code"]: warning["message"] for warning in body["warnings"]}
    assert said.keys() == {"reactivated", "listings_changed_since", "undo_ended"}
    assert "no listings were given back" in said["reactivated"]
    assert said["listings_changed_since"].endswith(f"since: listings {changed}")
    assert f": listings {read(tenant, 'a')['id']};" in said["undo_ended"]
    assert "undoDays" in said["undo_ended"]


@pytest.mark.parametrize(
    ("days", "shown"),
    [(29, ("Ana Rusu", "linked")), (31, (AGENCY, "no_agent_given"))],
    ids=["in time", "late"],
)
def test_nothing_says_of_who_is_back_that_they_have_left(
    tenant: Tenant, ana: int, ion: int, days: int, shown: tuple[str, str]
) -> None:
    """What the agency keeps names no agent any more, until the CRM names one."""
    for name in "cd":
        create(tenant, name, externalUserId="ana")
    ok(leave(tenant, ana))
    ok(put(tenant, externalId="c", userId=ion))
    ok(put(tenant, externalId="d", userId=None))
    before = read(tenant, "b")["etag"]
    tenant.service.clock.ahead_ms += days * DAY_MS
    try:
        come_back(tenant, ana)
    finally:
        tenant.service.clock.ahead_ms -= days * DAY_MS
    assert (contact(tenant, "a"), contact(tenant, "b")) == (shown, shown)
    assert read(tenant, "b")["etag"] != before
    assert contact(tenant, "c") == ("Ion Lupu", "linked")
    assert contact(tenant, "d") == (AGENCY, "no_agent_given")
    ok(put(tenant, externalId="b", externalUserId="ana"))
    assert contact(tenant, "b") == ("Ana Rusu", "linked")


def test_the_crm_goes_on_naming_the_leaver(tenant: Tenant, ana: int, ion: int) -> None:
    """What was passed on stays with the successor; the warning says so."""
    ok(leave(tenant, ana, successorUserId=ion))
    body = ok(put(tenant, externalId="b", externalUserId="ana"))
    assert (body["unchanged"], warned(body)) == (True, [("externalUserId", "agent_left")])
    assert read(tenant, "b")["user"]["id"] == ion
    assert come_back(tenant, ana)["restoredListings"] == 2


def test_sent_again_by_the_crm_who_left_returns(tenant: Tenant, ana: int, ion: int) -> None:
    """A CRM that sends the agent again with the same external id reactivates what a CRM key
    deactivated.
    """
    ok(leave(tenant, ana, successorUserId=ion))
    body = ok(tenant.put(externalId="ana", name="Ana Rusu"))
    assert body["updated"] is True
    assert warned(body) == [("status", "reactivated")]
    [warning] = body["warnings"]
    assert warning["message"].endswith("is active again; 2 listings were given back")
    assert ok(tenant.get(f"/users/{ana}"))["status"] == "active"
    assert contact(tenant, "a") == ("Ana Rusu", "linked")


def test_whom_a_person_deactivated_stays_so(tenant: Tenant, ana: int) -> None:
    """What a person deactivated stays (`held`, warning) unless `reactivate: true`."""
    by_hand = DeactivateUser(id=ana, undo_ms=30 * DAY_MS)
    tenant.service.commit(Request(caller=Caller(tenant.agency_id), operations=(by_hand,)))
    body = ok(tenant.put("?receipt=true", externalId="ana", name="Ana Lupu"))
    assert ("status", "status_held") in warned(body)
    assert body["fields"]["held"] == {"status": "portal"}
    assert ok(tenant.get(f"/users/{ana}"))["status"] == "inactive"
    assert ok(tenant.get(f"/users/{ana}"))["name"] == "Ana Lupu"
    ok(tenant.put(externalId="ana", reactivate=True))
    assert ok(tenant.get(f"/users/{ana}"))["status"] == "active"
    assert contact(tenant, "a") == ("Ana Lupu", "linked")


def test_sent_again_by_id_who_left_stays_away(tenant: Tenant, ana: int) -> None:
    """It is the external id that brings back whom a CRM let go; the warning says what else does."""
    ok(leave(tenant, ana))
    body = ok(tenant.put("?receipt=true", id=ana, name="Ana Lupu"))
    (warning,) = body["warnings"]
    assert (warning["field"], warning["code"]) == ("status", "status_held")
    assert "reactivate true" in warning["message"]
    assert body["fields"]["held"] == {"status": "crm"}
    assert ok(tenant.get(f"/users/{ana}"))["status"] == "inactive"
    assert warned(ok(tenant.put(id=ana, reactivate=True))) == [("status", "reactivated")]
    assert contact(tenant, "a") == ("Ana Lupu", "linked")


def test_bulk(tenant: Tenant, ana: int, ion: int) -> None:
    """`op: deactivate` `{id | externalId, …}`."""
    body = ok(
        tenant.bulk(
            {"op": "deactivate", "externalId": "ana", "successorUserId": ion},
            {"op": "deactivate", "id": 999999999},
            {"op": "deactivate"},
        )
    )
    done, unknown, nameless = body["results"]
    assert (done["id"], done["deactivated"], done["movedListings"]) == (ana, True, 2)
    assert (unknown["error"]["code"], nameless["error"]["code"]) == ("user_unknown", "exclusive")


def test_a_user_of_another_agency(new_tenant: Callable[..., Tenant]) -> None:
    mine, other = new_tenant(), new_tenant()
    theirs = other.create("a")
    for action in ("deactivate", "reactivate"):
        hidden, missing = (
            mine.http.post(f"/users/{user_id}/{action}", json={}) for user_id in (theirs, 999999999)
        )
        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert hidden.json()["code"] == missing.json()["code"] == "user_unknown"
    assert ok(other.get(f"/users/{theirs}"))["status"] == "active"


def test_the_list_of_users_by_status(tenant: Tenant, ana: int, ion: int) -> None:
    ok(leave(tenant, ana))
    inactive = ok(tenant.get("/users?status=inactive"))["items"]
    assert [user["id"] for user in inactive] == [ana]
