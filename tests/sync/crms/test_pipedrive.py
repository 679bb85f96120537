"""Pipedrive: its one page, its budget, its token."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rentix.client import SetupError
from rentix.sync.sources import HalfRead
from rentix.sync.sources.pipedrive import Pipedrive
from tests.sync.doubles.pipedrive import TOKEN, PipedriveDouble, user
from tests.sync.doubles.site import Reader, Said, rows, serving


@pytest.fixture
def company(reader: Reader) -> Iterator[PipedriveDouble]:
    double = PipedriveDouble([user(n) for n in range(7)])
    reader.secrets["PIPEDRIVE_TOKEN"] = TOKEN
    with serving(double) as url:
        reader.secrets["url"] = url
        yield double


def read(reader: Reader) -> list[object]:
    return [row["id"] for row in rows(reader.read(Pipedrive(reader.secrets["url"])))]


def test_all_active_users_are_read(company: PipedriveDouble, reader: Reader) -> None:
    company.users[3]["active_flag"] = False
    assert read(reader) == [11884360 + n for n in (0, 1, 2, 4, 5, 6)]


def test_pages_are_followed_if_there_are_any(company: PipedriveDouble, reader: Reader) -> None:
    company.page = 3
    assert len(read(reader)) == 7
    assert [asked.query.get("start") for asked in company.asked] == [None, "3", "6"]


def test_a_spent_budget_is_waited_for(company: PipedriveDouble, reader: Reader) -> None:
    company.busy = 2
    assert len(read(reader)) == 7
    assert [wait.seconds >= 2 for wait in reader.waits] == [True, True]


def test_one_that_stays_spent_stops_the_run(company: PipedriveDouble, reader: Reader) -> None:
    company.busy = 1000
    with pytest.raises(SetupError, match="budget is spent"):
        read(reader)


def test_an_unknown_token_says_where_another_is(company: PipedriveDouble, reader: Reader) -> None:
    reader.secrets["PIPEDRIVE_TOKEN"] = "0ldT0ken"
    with pytest.raises(SetupError, match="PIPEDRIVE_TOKEN: copy it again") as caught:
        read(reader)
    assert "0ldT0ken" not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Said({"success": False, "error": "x"}), "after 3 agents: Pipedrive refuses with 200"),
        (Said({"success": True, "users": []}), "no array of agents at 'data'"),
        (Said({"success": True, "data": [{"name": "Ana"}]}), "an agent has no id"),
        (Said({"success": False}, 403), "may not use the API"),
        (Said({"success": False}, 401), "does not know the token"),
    ],
)
def test_a_page_that_fails_midway_is_half_a_roster(
    company: PipedriveDouble, reader: Reader, answer: Said, said: str
) -> None:
    company.page, company.instead = 3, {2: answer}
    with pytest.raises(HalfRead, match=said):
        read(reader)
    assert reader.left() == []


def test_recorded_users_are_read(company: PipedriveDouble, reader: Reader, test_data: Path) -> None:
    path = test_data / "crm_payloads/pipedrive/users_persons_recorded.jsonl"
    lines = map(json.loads, path.read_text("utf-8").splitlines())
    company.users = [line["data"] for line in lines if line["stream"] == "users"]
    assert read(reader) == [11884360, 18276123, 18276134]
