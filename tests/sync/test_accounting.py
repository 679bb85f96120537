"""Every row of a roster is in exactly one sum, whatever the service does."""

from __future__ import annotations

from pathlib import Path

import pytest

from rentix.client import ApiError, Clock, ConnectionFailed, Rentix, UnreadableAnswer
from rentix.sync.engine import Sync
from rentix.sync.report import count
from rentix.sync.run import open_roster
from rentix.sync.tally import Tally
from tests.client.fake_portal import KEY, FakePortal, Fault, refused
from tests.sync.conftest import WriteRoster

HEADER = "externalId,name,phone\n"
HURRY = Clock(sleep=lambda _: None)


def run(path: Path, portal: FakePortal, *, interrupt_at: int = 0) -> Tally:
    def tell(line: int, _: Tally) -> None:
        if interrupt_at and line >= interrupt_at:
            raise KeyboardInterrupt

    source, field_map = open_roster(path, None)
    with Rentix(KEY, portal.url, clock=HURRY) as client:
        tally = Sync(source, field_map, client, on_progress=tell).run()
    rows = sum(1 for _ in source.rows())
    assert rows == tally.counted + tally.not_sent + tally.unconfirmed
    return tally


def people(number: int) -> str:
    return HEADER + "".join(f"{n},Ana {n},069 123 {n % 1000:03}\n" for n in range(number))


@pytest.mark.slow
def test_a_second_run_changes_nothing(roster: WriteRoster, portal: FakePortal) -> None:
    path = roster(people(250))
    assert count(run(path, portal)) == {
        "created": 250,
        "updated": 0,
        "unchanged": 0,
        "rejected": 0,
    }
    assert portal.bulk_sizes == [100, 100, 50]
    assert run(path, portal).unchanged == 250


def test_updates_and_warnings_are_counted(roster: WriteRoster, portal: FakePortal) -> None:
    run(roster(people(3)), portal)
    tally = run(roster(HEADER + "1,Eva,022 123 456\n2,Eva,022 123 457\n"), portal)
    assert tally.updated == 2
    assert tally.warnings == {"fixed_line": 2}
    assert tally.examples == {"fixed_line": "a fixed line"}


def test_rows_that_the_service_refuses_are_rejected_with_its_words(
    roster: WriteRoster, portal: FakePortal
) -> None:
    tally = run(roster(HEADER + "1,Ana,\n2,Ion,069123456\n"), portal)
    assert tally.created == 1
    (rejection,) = tally.rejected
    assert (rejection.line, rejection.external_id) == (2, "1")
    assert (rejection.reason, rejection.code) == ("phone is required", "required")


def test_a_bulk_in_which_every_row_fails_goes_on(roster: WriteRoster, portal: FakePortal) -> None:
    path = roster(HEADER + "".join(f"{n},Ana,\n" for n in range(150)) + "x,Ana,069123456\n")
    tally = run(path, portal)
    assert (tally.created, len(tally.rejected), tally.stopped) == (1, 150, None)


def test_an_equal_row_is_unchanged_and_another_is_rejected(
    roster: WriteRoster, portal: FakePortal
) -> None:
    body = "1,Ana,069123456\n1,Ana,069123456\n1,Ion,069123457\n2,Eva,069123458\n"
    tally = run(roster(HEADER + body), portal)
    assert (tally.created, tally.unchanged) == (2, 1)
    assert portal.bulk_sizes == [2]
    assert portal.users["1"]["name"] == "Ana"
    (rejection,) = tally.rejected
    assert (rejection.line, rejection.code) == (4, "external_id_repeated")
    assert "line 2 has this externalId" in rejection.reason


def test_a_row_equal_to_a_rejected_one_is_rejected(roster: WriteRoster, portal: FakePortal) -> None:
    tally = run(roster(HEADER + "1,Ana,\n1,Ana,\n"), portal)
    assert tally.unchanged == 0
    assert [row.line for row in tally.rejected] == [2, 3]
    assert tally.rejected[1].reason == "it repeats line 2, which was rejected"


def test_rejections_are_in_the_order_of_lines(roster: WriteRoster, portal: FakePortal) -> None:
    tally = run(roster(HEADER + "1,Ana,\n,x,\n1,Ana,\nbroken\n3,Ana,\n"), portal)
    assert [row.line for row in tally.rejected] == [2, 3, 4, 5, 6]


def test_large_rows_are_split_by_size(roster: WriteRoster, portal: FakePortal) -> None:
    text = "ș" * 5000
    body = "".join(f"{n},Ana,069123456,{text}\n" for n in range(100))
    tally = run(roster("externalId,name,phone,description\n" + body), portal)
    assert tally.created == 100
    assert len(portal.requests) == 2, "none was refused as too large"


@pytest.mark.slow
def test_a_request_that_is_too_large_after_all_is_halved(
    roster: WriteRoster, portal: FakePortal
) -> None:
    portal.max_bytes = 900
    path = roster(people(40) + "big,Ana,069" + "1" * 1000 + "\n")
    tally = run(path, portal)
    assert tally.created == 40
    assert [(row.line, row.code) for row in tally.rejected] == [(42, "body_too_large")]


def test_lost_answers_have_one_effect(roster: WriteRoster, portal: FakePortal) -> None:
    portal.faults.extend([Fault(drop=True, after=True), Fault(503), Fault(drop=True)])
    tally = run(roster(people(120)), portal)
    assert (tally.created, tally.unchanged) == (120, 0)
    assert portal.bulk_sizes == [100, 20]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "kind", "unconfirmed"),
    [
        (refused(401, "Invalid API key", "key_invalid"), ApiError, 0),
        (refused(403, "Agency is suspended", "agency_suspended"), ApiError, 0),
        (refused(500, "Internal server error", "internal"), ApiError, 100),
        (Fault(200, body=b"<html>"), UnreadableAnswer, 100),
        (
            Fault(200, body=b'{"results":[],"summary":{"total":0,"succeeded":0,"failed":0}}'),
            UnreadableAnswer,
            100,
        ),
        (Fault(drop=True), ConnectionFailed, 100),
    ],
    ids=["401", "403", "500", "garbage", "no results", "lost"],
)
def test_what_stops_a_sync_leaves_an_exact_account(
    roster: WriteRoster,
    portal: FakePortal,
    fault: Fault,
    kind: type[Exception],
    unconfirmed: int,
) -> None:
    repeats = "1,Ana 1,069 123 001\n200,Ana 200,069 123 200\n,x,\n"
    path = roster(people(250) + repeats)
    portal.faults.extend([None, *[fault] * 6])
    tally = run(path, portal)
    assert isinstance(tally.stopped, kind)
    assert tally.created == 100
    assert tally.unconfirmed == unconfirmed
    assert tally.not_sent == 253 - 100 - unconfirmed


def test_ctrl_c_leaves_an_exact_account(roster: WriteRoster, portal: FakePortal) -> None:
    tally = run(roster(people(250)), portal, interrupt_at=150)
    assert isinstance(tally.stopped, KeyboardInterrupt)
    assert (tally.created, tally.not_sent, tally.unconfirmed) == (200, 50, 0)


def test_an_idempotency_key_names_one_request_of_one_run(
    roster: WriteRoster, portal: FakePortal
) -> None:
    path = roster(people(150))
    run(path, portal)
    run(path, portal)
    assert len(set(portal.keys)) == 4
