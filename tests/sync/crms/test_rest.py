"""Any JSON API: five rules for the next page, and what breaks them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from rentix.client import SetupError
from rentix.sync.sources import HalfRead
from rentix.sync.sources.rest import Rest
from tests.sync.doubles.crm import TOKEN, CrmDouble, agents
from tests.sync.doubles.site import Reader, Said, rows, serving

RULES: dict[str, dict[str, Any]] = {
    "url": {"next": "meta.next"},
    "page": {"page_param": "page", "size_param": "limit", "size": 50},
    "offset": {"offset_param": "offset", "size_param": "limit", "size": 50},
    "cursor": {"cursor_param": "after", "cursor": "meta.cursor"},
    "link": {},
}
Open = Callable[..., CrmDouble]


@pytest.fixture
def crm(reader: Reader) -> Iterator[Open]:
    reader.secrets["CRM_TOKEN"] = TOKEN
    with ExitStack() as stack:

        def serve(paging: str, count: int = 10) -> CrmDouble:
            double = CrmDouble(paging, agents(count))  # type: ignore[arg-type]
            double.base = stack.enter_context(serving(double))
            return double

        yield serve


def source(double: CrmDouble, **members: Any) -> Rest:
    rule = RULES[double.paging]
    given = {"items": "data.agents", "token_env": "CRM_TOKEN"} | rule | members
    return Rest(f"{double.base}/agents", **given)


@pytest.mark.parametrize("paging", RULES)
@pytest.mark.parametrize("count", [1, 4, 10])
def test_all_pages_are_read_by_each_rule(
    crm: Open, reader: Reader, paging: str, count: int
) -> None:
    double = crm(paging, count)
    found = rows(reader.read(source(double, total="meta.total")))
    assert [row["id"] for row in found] == list(range(count)), "pages may be shorter than asked for"
    assert found[0]["contact"] == {"phone": "069 200000"}


@pytest.mark.parametrize("paging", RULES)
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Said({"error": "token expired"}, 401), "the token in CRM_TOKEN"),
        (Said({"data": {"people": []}, "meta": {}}), "no array of agents at 'data.agents'"),
        (Said({"error": "boom"}, 500), "answers 500"),
        (Said(b'{"data": {"agents": [{"id"', 200), "not JSON"),
    ],
)
def test_a_page_that_fails_midway_is_half_a_roster(
    crm: Open, reader: Reader, paging: str, answer: Said, said: str
) -> None:
    double = crm(paging)
    double.instead = {2: answer}
    with pytest.raises(HalfRead, match=f"after 4 agents: .*{said}"):
        reader.read(source(double))
    assert reader.left() == []


@pytest.mark.slow
@pytest.mark.parametrize("paging", RULES)
def test_a_total_that_is_not_reached_is_half_a_roster(
    crm: Open, reader: Reader, paging: str
) -> None:
    double = crm(paging)
    double.total = 11
    with pytest.raises(HalfRead, match="10 agents came, and it says there are 11"):
        reader.read(source(double, total="meta.total"))


def test_an_api_that_knows_no_such_parameter_is_not_read_for_ever(
    crm: Open, reader: Reader
) -> None:
    double = crm("offset")
    with pytest.raises(HalfRead, match="a page came twice"):
        reader.read(source(double, offset_param="skip"))
    assert len(double.asked) == 2


def test_a_cursor_that_stands_still_is_not_followed_for_ever(crm: Open, reader: Reader) -> None:
    double = crm("cursor")
    still = Said({"data": {"agents": agents(8)[4:]}, "meta": {"cursor": "c4"}})
    double.instead = {2: still, 3: still, 4: still}
    with pytest.raises(HalfRead, match="a page came twice"):
        reader.read(source(double))


@pytest.mark.parametrize(
    "place", ["https://evil.example/x", "http://127.0.0.1:1/x", "//evil.example/"]
)
def test_no_other_site_is_sent_the_token(crm: Open, reader: Reader, place: str) -> None:
    double = crm("url")
    double.instead = {1: Said({"data": {"agents": agents(1)}, "meta": {"next": place}})}
    with pytest.raises(HalfRead, match="another site than the one that the secret is for"):
        reader.read(source(double))
    assert len(double.asked) == 1


def test_a_redirect_is_not_followed(crm: Open, reader: Reader) -> None:
    double = crm("url")
    double.instead = {1: Said({}, 302, {"Location": "/elsewhere"})}
    with pytest.raises(SetupError, match="sends us elsewhere"):
        reader.read(source(double))
    assert len(double.asked) == 1


def test_retry_after_is_heeded(crm: Open, reader: Reader) -> None:
    double = crm("page")
    double.instead = {2: Said({}, 429, {"Retry-After": "20"})}
    assert len(rows(reader.read(source(double)))) == 10
    assert [wait.seconds >= 20 for wait in reader.waits] == [True]


def test_a_token_is_not_sent_in_clear(reader: Reader) -> None:
    reader.secrets["CRM_TOKEN"] = TOKEN
    with pytest.raises(SetupError, match="must begin with https"):
        reader.read(Rest("http://crm.example/agents", token_env="CRM_TOKEN"))


def test_pages_may_be_counted_from_zero(crm: Open, reader: Reader) -> None:
    double = crm("page")
    double.instead = {1: Said({"data": {"agents": agents(4)}})}
    double.agents = double.agents[4:]
    assert len(rows(reader.read(source(double, first_page=0)))) == 10
    assert [asked.query["page"] for asked in double.asked] == ["0", "1", "2", "3"]


def test_an_array_by_itself_and_another_header(crm: Open, reader: Reader) -> None:
    double = crm("link")
    double.instead = {1: Said(agents(3))}
    kind = source(double, items="", token_header="authorization", token_prefix="Bearer")
    assert len(rows(reader.read(kind))) == 3


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"next": "a", "page_param": "p"}, "takes one of"),
        ({"cursor_param": "p"}, "go together"),
        ({"cursor": "p"}, "go together"),
        ({"token_header": "X Y"}, "name of a header"),
    ],
)
def test_members_that_do_not_go_together(members: dict[str, Any], said: str) -> None:
    assert said in str(Rest("https://x.example", **members).check())
