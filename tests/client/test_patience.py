"""When the client tries again, how long it waits, and when it gives up."""

from __future__ import annotations

import socket
from dataclasses import replace
from email.utils import formatdate

import pytest

from rentix.client import (
    ApiError,
    ConnectionFailed,
    Patience,
    PayloadTooLarge,
    Rentix,
    UnreadableAnswer,
    upsert_user,
)
from rentix.client.answers import Answer, retry_after_s, shown_budget
from rentix.client.calls import bulk_users
from rentix.client.retries import Retries
from rentix.wire.shapes import PutShape
from tests.client.conftest import Opens, Sleeps
from tests.client.fake_portal import KEY, FakePortal, Fault, refused

USER = {"externalId": "1", "name": "Ana", "phone": "069 123 456"}


def put(client: Rentix) -> PutShape:
    """Create the user, or send it again."""
    return client.users.put(external_id="1", name="Ana", phone="069 123 456")


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        Fault(503),
        Fault(502),
        Fault(504),
        refused(429, "Too many", "rate_limited"),
        Fault(drop=True),
    ],
    ids=["503", "502", "504", "429", "dropped"],
)
def test_what_passes_is_tried_again(client: Rentix, portal: FakePortal, fault: Fault) -> None:
    portal.faults.extend([fault, fault])
    assert put(client).created is True
    assert len(portal.requests) == 3


def test_a_write_whose_answer_was_lost_has_one_effect(client: Rentix, portal: FakePortal) -> None:
    portal.faults.append(Fault(drop=True, after=True))
    assert put(client).created is True
    assert len(portal.keys) == 2
    assert len(set(portal.keys)) == 1


def test_a_500_is_final(client: Rentix, portal: FakePortal) -> None:
    portal.faults.append(refused(500, "Internal server error", "internal"))
    with pytest.raises(ApiError, match="500 Internal"):
        put(client)
    assert len(portal.requests) == 1


def test_a_write_without_a_key_is_sent_once(client: Rentix, portal: FakePortal) -> None:
    portal.faults.append(Fault(503))
    with pytest.raises(ApiError, match="503"):
        client.send(replace(bulk_users([USER], "key"), idempotency_key=None))
    assert len(portal.requests) == 1


def test_retry_after_is_waited_out(client: Rentix, portal: FakePortal, sleeps: Sleeps) -> None:
    portal.faults.append(refused(429, "Too many", "rate_limited", Retry_After="37"))
    put(client)
    assert len(sleeps.taken) == 1
    assert 37 <= sleeps.taken[0] <= 37.5
    assert sleeps.told[0].reason == "the service said 429"


def test_a_wait_beyond_the_budget_ends_the_call(client: Rentix, portal: FakePortal) -> None:
    portal.faults.append(refused(503, "Down", "unavailable", Retry_After="3600"))
    with pytest.raises(ApiError, match="503 Down"):
        put(client)
    assert len(portal.requests) == 1


def test_attempts_are_bounded(client: Rentix, portal: FakePortal, sleeps: Sleeps) -> None:
    portal.faults.extend([Fault(drop=True)] * 100)
    with pytest.raises(ConnectionFailed) as caught:
        put(client)
    assert caught.value.reached
    assert len(portal.requests) == Patience().attempts
    assert sum(sleeps.taken) < Patience().wait_budget_s


def test_nothing_has_reached_a_service_that_is_not_there(sleeps: Sleeps) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with (
        Rentix(KEY, f"http://127.0.0.1:{port}", clock=sleeps.clock) as client,
        pytest.raises(ConnectionFailed, match=f"no answer from http://127.0.0.1:{port}") as caught,
    ):
        client.agency.get()
    assert not caught.value.reached


def test_back_off_grows_with_full_jitter_up_to_a_ceiling() -> None:
    patience = Patience(attempts=1000, wait_budget_s=1e9, first_wait_s=1, longest_wait_s=8)
    runs = [
        [retries.wait_after(None) or 0.0 for _ in range(6)]
        for retries in (Retries(patience, repeatable=True) for _ in range(400))
    ]
    highest = [max(column) for column in zip(*runs, strict=True)]
    lowest = [min(column) for column in zip(*runs, strict=True)]
    assert all(
        ceiling * 0.9 < top <= ceiling
        for top, ceiling in zip(highest, (1, 2, 4, 8, 8, 8), strict=True)
    )
    assert all(bottom < 0.5 for bottom in lowest)


def test_a_spent_budget_is_waited_for(client: Rentix, portal: FakePortal, sleeps: Sleeps) -> None:
    portal.headers = {
        "X-RateLimit-Limit": "30",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(int(sleeps.now_s) + 41),
    }
    client.users.bulk([USER])
    put(client)
    assert sleeps.taken == [], "the bulk budget is not the budget of single requests"
    client.users.bulk([USER])
    assert sleeps.taken == [41]
    assert sleeps.told[0].reason == "rate budget spent"


@pytest.mark.parametrize("remaining", ["1", None])
def test_no_budget_shown_or_some_left_is_no_reason_to_wait(
    client: Rentix, portal: FakePortal, sleeps: Sleeps, remaining: str | None
) -> None:
    if remaining:
        portal.headers = {"X-RateLimit-Remaining": remaining, "X-RateLimit-Reset": "9999999999"}
    client.users.bulk([USER])
    client.users.bulk([USER])
    assert sleeps.taken == []


def test_a_reset_that_nobody_can_mean_is_not_waited_for(
    client: Rentix, portal: FakePortal, sleeps: Sleeps
) -> None:
    portal.headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "99999999999"}
    client.users.bulk([USER])
    client.users.bulk([USER])
    assert sleeps.taken == [120]


def test_a_wrong_clock_here_does_not_matter_when_the_service_says_its_time() -> None:
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1020"}
    answer = Answer(200, headers | {"date": formatdate(1000, usegmt=True)}, b"")
    assert ends_in(answer, unix_s=5_000_000) == 20
    assert ends_in(Answer(200, headers, b""), unix_s=1005) == 15


def ends_in(answer: Answer, unix_s: float) -> float:
    """Seconds until the budget that an answer shows is full again."""
    shown = shown_budget(answer, unix_s)
    assert shown is not None
    return shown.ends_in_s


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [("12", 12), ("0", 0), ("-5", 0), ("soon", 0), ("²", 0), (formatdate(1030, usegmt=True), 30)],
)
def test_retry_after_is_a_number_or_a_date(asked: str, seconds: float) -> None:
    headers = {"retry-after": asked, "date": formatdate(1000, usegmt=True)}
    assert retry_after_s(Answer(503, headers, b"")) == seconds


def test_a_service_that_says_nothing_is_not_waited_for_forever(opens: Opens) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        crm = opens(KEY, url, timeout_s=0.05, patience=Patience(attempts=1))
        with pytest.raises(ConnectionFailed, match="no answer in time") as caught:
            crm.agency.get()
    assert caught.value.reached


@pytest.mark.slow
def test_a_proxy_that_takes_less_than_the_service_gets_halves(
    opens: Opens, portal: FakePortal
) -> None:
    portal.max_bytes = 1000
    crm = opens(KEY, portal.url)
    people = [upsert_user(external_id=f"{n}", name="Ana", phone="069 123 456") for n in range(20)]
    long = upsert_user(external_id="long", name="Ana", phone="069 123 456", description="x" * 1000)
    results = list(crm.users.bulk_each([*people, long], idempotency_key="k"))
    assert [result.success for result in results] == [True] * 20 + [False]
    assert isinstance(results[20].error, PayloadTooLarge)
    assert {type(result.item) for result in results} == {dict}
    assert len(set(portal.keys)) == len(portal.keys), "each half has a key of its own"


def test_the_end_in_the_middle_of_a_bulk_keeps_what_came(
    opens: Opens, portal: FakePortal, sleeps: Sleeps
) -> None:
    crm = opens(KEY, portal.url, patience=Patience(attempts=1))
    people = [upsert_user(external_id=f"{n}", name="Ana", phone="069 123 456") for n in range(150)]
    portal.faults.extend([None, Fault(drop=True)])
    with pytest.raises(ConnectionFailed) as caught:
        crm.users.bulk(people)
    assert [result.index for result in caught.value.results] == list(range(100))


def test_what_answers_for_other_operations_is_unreadable(opens: Opens, portal: FakePortal) -> None:
    said = b'{"results": [], "summary": {"total": 0, "succeeded": 0, "failed": 0}}'
    portal.faults.append(Fault(200, body=said))
    with pytest.raises(UnreadableAnswer, match="one result for each"):
        opens(KEY, portal.url).users.bulk([USER])
