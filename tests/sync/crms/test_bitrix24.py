"""Bitrix24: its pages, its ways to say "later" and "no", and a webhook that nobody gets to see."""

from __future__ import annotations

import json
import logging
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rentix.client import SetupError
from rentix.sync.sources import HalfRead
from rentix.sync.sources.bitrix24 import Bitrix24
from tests.sync.doubles.bitrix24 import WEBHOOK_PATH, Bitrix24Double, employee, page, refusal
from tests.sync.doubles.site import Reader, Said, rows, serving


@pytest.fixture
def portal(reader: Reader) -> Iterator[Bitrix24Double]:
    double = Bitrix24Double([employee(n) for n in range(1, 121)])
    with serving(double) as url:
        reader.secrets["BITRIX24_WEBHOOK"] = f"{url}{WEBHOOK_PATH}/"
        yield double


def test_every_page_is_read_and_kept_for_its_owner(portal: Bitrix24Double, reader: Reader) -> None:
    source = reader.read(Bitrix24())
    assert [row["ID"] for row in rows(source)] == [str(n) for n in range(1, 121)]
    assert [asked.query["start"] for asked in portal.asked] == ["0", "50", "100"]
    assert source.form == "Bitrix24, 120 agents"
    (name,) = reader.left()
    kept = reader.folder / "cache" / name
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


def test_two_requests_a_second_are_the_most(portal: Bitrix24Double, reader: Reader) -> None:
    reader.read(Bitrix24())
    assert len(reader.sleeps) == 2
    assert all(0 < pause <= 1 for pause in reader.sleeps)


@pytest.mark.parametrize("filters", [True, False], ids=["filtered", "by an old portal"])
def test_only_active_employees_are_agents(
    portal: Bitrix24Double, reader: Reader, *, filters: bool
) -> None:
    portal.filters = filters
    portal.users += [
        employee(200, ACTIVE=False),
        employee(201, USER_TYPE="extranet"),
        employee(202, USER_TYPE="email"),
    ]
    assert len(rows(reader.read(Bitrix24()))) == 120


def test_what_nobody_has_filled_in_is_a_column_all_the_same(
    portal: Bitrix24Double, reader: Reader
) -> None:
    assert {"PERSONAL_MOBILE", "PERSONAL_PHOTO"} <= set(reader.read(Bitrix24()).columns)


def test_a_portal_that_is_busy_is_asked_again(portal: Bitrix24Double, reader: Reader) -> None:
    until = int(time.time()) + 40
    portal.instead = {
        2: lambda: refusal(503, "QUERY_LIMIT_EXCEEDED"),
        3: lambda: refusal(429, "OPERATION_TIME_LIMIT", time={"operating_reset_at": until}),
        4: lambda: Said(b"<html>502</html>", 502),
        5: lambda: Said({"result": []}, cut=True),
    }
    assert len(rows(reader.read(Bitrix24()))) == 120
    assert [wait.reason for wait in reader.waits][:3] == ["Bitrix24 is busy"] * 3
    assert reader.waits[1].seconds >= 35, "as long as the portal says"


def test_a_portal_that_stays_busy_midway_is_half_a_roster(
    portal: Bitrix24Double, reader: Reader
) -> None:
    portal.instead = {n: lambda: refusal(503, "QUERY_LIMIT_EXCEEDED") for n in range(3, 100)}
    with pytest.raises(HalfRead, match="after 100 agents: Bitrix24 is still busy"):
        reader.read(Bitrix24())
    assert reader.left() == []


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (401, "expired_token", "make a new one under Developer resources"),
        (401, "NO_AUTH_FOUND", "BITRIX24_WEBHOOK any more"),
        (401, "INVALID_CREDENTIALS", "make a new one"),
        (403, "insufficient_scope", "user_basic"),
        (400, "ERROR_CORE", "refuses with 400 ERROR_CORE"),
    ],
)
@pytest.mark.parametrize("request_number", [1, 2])
def test_a_refusal_says_what_to_do(
    portal: Bitrix24Double,
    reader: Reader,
    request_number: int,
    status: int,
    code: str,
    said: str,
) -> None:
    portal.instead = {request_number: lambda: refusal(status, code)}
    with pytest.raises(SetupError, match=said) as caught:
        reader.read(Bitrix24())
    assert isinstance(caught.value, HalfRead) == (request_number > 1)
    assert reader.left() == []


def test_a_roster_that_changes_meanwhile_is_read_once_more(
    portal: Bitrix24Double, reader: Reader
) -> None:
    def join() -> Said:
        portal.users.append(employee(500))
        return Said(page(portal.users, 50))

    portal.instead = {2: join}
    assert len(rows(reader.read(Bitrix24()))) == 121
    assert [asked.query["start"] for asked in portal.asked] == ["0", "50", "0", "50", "100"]


def test_one_that_never_fits_together_is_refused(portal: Bitrix24Double, reader: Reader) -> None:
    def lose() -> Said:
        said = page(portal.users, 100)
        return Said(said | {"result": said["result"][:-1]})

    portal.instead = {3: lose, 6: lose}
    with pytest.raises(HalfRead, match="119 agents came, and it says there are 120"):
        reader.read(Bitrix24())
    assert reader.left() == []


def test_an_agent_who_comes_twice_hides_another(portal: Bitrix24Double, reader: Reader) -> None:
    def shifted() -> Said:
        return Said(page([employee(0), *portal.users[:-1]], 50))

    portal.instead = {2: shifted, 5: shifted}
    with pytest.raises(HalfRead, match="ID 50 came twice"):
        reader.read(Bitrix24())


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"result": {"users": []}, "total": 0}, "no array of agents at 'result'"),
        ({"result": [{"id": 1, "NAME": "Ana"}], "total": 1}, "an agent has no ID; it has: id, NA"),
        ({"result": [{"ID": "1"}]}, "does not say how many"),
        ({"result": [{"ID": "1"}], "total": 2, "next": 0}, "names a next page"),
        ({"result": [], "total": 0}, "holds no agents"),
        (b"<html>Sign in</html>", "not JSON"),
    ],
)
def test_another_form_than_was_known_is_refused(
    portal: Bitrix24Double, reader: Reader, body: object, said: str
) -> None:
    portal.instead = {1: lambda: Said(body)}
    with pytest.raises(SetupError, match=said):
        reader.read(Bitrix24())
    assert reader.left() == []


def test_the_webhook_is_nowhere(
    portal: Bitrix24Double, reader: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    reader.read(Bitrix24())
    for answer in (
        refusal(401, "expired_token"),
        Said(b"no JSON"),
        Said({}, 302, {"Location": "/x"}),
    ):
        portal.instead = {len(portal.asked) + 1: lambda answer=answer: answer}  # type: ignore[misc]
        with pytest.raises(SetupError) as caught:
            reader.read(Bitrix24())
        assert "s3cret" not in str(caught.value)
    assert "s3cret" not in caplog.text
    assert "s3cret" not in repr(Bitrix24()) + Bitrix24().title()


@pytest.mark.parametrize(
    ("webhook", "said"),
    [
        ("", "BITRIX24_WEBHOOK is empty; it must hold the address of a webhook"),
        ("s3cretS3cret", "does not hold the address of an incoming webhook"),
        ("http://portal.example/rest/7/s3cret/", "must begin with https"),
        ("https://portal.example/rest/7/s3crеt/", "cannot have; copy it again"),
    ],
)
def test_a_variable_that_holds_something_else(reader: Reader, webhook: str, said: str) -> None:
    reader.secrets["BITRIX24_WEBHOOK"] = webhook
    with pytest.raises(SetupError, match=said) as caught:
        reader.read(Bitrix24())
    assert "s3cr" not in str(caught.value)


def test_a_recorded_answer_is_read(portal: Bitrix24Double, reader: Reader, test_data: Path) -> None:
    recorded = json.loads((test_data / "crm_payloads/bitrix24/user-get.0.json").read_text("utf-8"))
    portal.instead = {1: lambda: Said(recorded)}
    assert [row["LAST_NAME"] for row in rows(reader.read(Bitrix24()))] == ["Валеев", "Иванов"]
