"""Salesforce: its query in pages, sessions that end midway, and its two limits of one code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rentix.client import SetupError
from rentix.sync.sources import HalfRead
from rentix.sync.sources.salesforce import Salesforce
from tests.sync.doubles.salesforce import CLIENT, SalesforceDouble, broker, refusal
from tests.sync.doubles.site import Reader, Said, rows, serving


@pytest.fixture
def org(reader: Reader) -> Iterator[SalesforceDouble]:
    double = SalesforceDouble([broker(n) for n in range(8)])
    reader.secrets |= {"SALESFORCE_CLIENT_ID": CLIENT[0], "SALESFORCE_CLIENT_SECRET": CLIENT[1]}
    with serving(double) as url:
        reader.secrets["url"] = url
        yield double


def source(reader: Reader, **members: object) -> Salesforce:
    return Salesforce(reader.secrets["url"], **members)  # type: ignore[arg-type]


def test_all_pages_of_the_query_are_read(org: SalesforceDouble, reader: Reader) -> None:
    found = rows(
        reader.read(source(reader, fields=("Name", "Mobile_Phone__c"), where="Name != ''"))
    )
    assert [row["Mobile_Phone__c"] for row in found] == [f"617-555-{n:04}" for n in range(8)]
    assert found[0].keys() == {"Id", "Name", "Mobile_Phone__c"}
    assert org.queries[0] == (
        "SELECT Id, Name, Mobile_Phone__c FROM Broker__c WHERE Name != '' ORDER BY Id"
    )
    assert (len(org.queries), org.tokens) == (3, 1)


def test_users_are_asked_for_as_salesforce_calls_them() -> None:
    assert Salesforce("https://x.example", object="User").query() == (
        "SELECT Id, Name, Phone, MobilePhone, Email, FullPhotoUrl, Title FROM User "
        "WHERE IsActive = true AND UserType = 'Standard' ORDER BY Id"
    )


@pytest.mark.parametrize(
    "members", [{"object": "X__c"}, {"object": "User; DROP"}, {"fields": ("Name FROM User",)}]
)
def test_names_that_are_none_are_refused(
    org: SalesforceDouble, reader: Reader, members: dict[str, object]
) -> None:
    with pytest.raises(SetupError, match=r"\[source\]"):
        reader.read(source(reader, **members))
    assert org.queries == []


def test_a_session_that_ends_midway_is_opened_anew(org: SalesforceDouble, reader: Reader) -> None:
    org.ends = (2, 4)
    assert len(rows(reader.read(source(reader)))) == 8
    assert org.tokens == 3


def test_a_user_without_the_api_is_told_so(org: SalesforceDouble, reader: Reader) -> None:
    org.ends = (1, 2)
    with pytest.raises(SetupError, match="INVALID_SESSION_ID: the token is refused as soon as"):
        reader.read(source(reader))


def test_too_many_at_once_is_waited_for_and_a_spent_day_is_not(
    org: SalesforceDouble, reader: Reader
) -> None:
    code = "REQUEST_LIMIT_EXCEEDED"
    at_once = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
    org.instead = {2: refusal(403, code, at_once)}
    assert len(rows(reader.read(source(reader)))) == 8
    assert len(reader.waits) == 1
    org.instead = {len(org.queries) + 2: refusal(403, code, "TotalRequests Limit exceeded.")}
    with pytest.raises(HalfRead, match=r"after 3 agents: .*try again tomorrow"):
        reader.read(source(reader))
    assert len(reader.waits) == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (refusal(400, "INVALID_QUERY_LOCATOR"), "has expired; try again"),
        (Said({"records": [], "done": True}), "how many records"),
        (Said({"totalSize": 8, "done": False, "records": []}), "and not where"),
        (Said({"totalSize": 8, "done": True, "records": [{"Name": "Ana"}]}), "has no Id"),
        (Said({"totalSize": 9, "done": True, "records": []}), "said 8 agents first, then 9"),
        (Said({"totalSize": 8, "done": True, "records": []}), "3 agents came, and it says .* 8"),
        (
            Said({"totalSize": 8, "done": False, "nextRecordsUrl": "https://e.example/x",
                  "records": []}),
            "sends us to e.example",
        ),
    ],
)  # fmt: skip
def test_a_page_that_fails_midway_is_half_a_roster(
    org: SalesforceDouble, reader: Reader, answer: Said, said: str
) -> None:
    org.instead = {2: answer, 4: answer}
    if "first" in said or "came" in said:
        org.instead = {2: answer, 4: answer, 6: answer}
    with pytest.raises(HalfRead, match=said):
        reader.read(source(reader))
    assert reader.left() == []


def test_a_field_that_is_gone_is_named(org: SalesforceDouble, reader: Reader) -> None:
    with pytest.raises(SetupError, match="INVALID_FIELD: Broker__c has no such field"):
        reader.read(source(reader, fields=("Name", "Old__c")))


def test_a_wrong_secret_is_not_repeated(org: SalesforceDouble, reader: Reader) -> None:
    reader.secrets["SALESFORCE_CLIENT_SECRET"] = "0ldSecret"
    with pytest.raises(SetupError, match=r"SALESFORCE_CLIENT_SECRET \(invalid_client\)") as caught:
        reader.read(source(reader))
    assert "0ldSecret" not in str(caught.value)


def test_recorded_brokers_are_read(org: SalesforceDouble, reader: Reader, test_data: Path) -> None:
    path = test_data / "crm_payloads/salesforce_dreamhouse/brokers-data.json"
    records = json.loads(path.read_text("utf-8"))["records"]
    org.brokers = [broker(n) | each for n, each in enumerate(records)]
    found = rows(reader.read(source(reader)))
    assert [row["Name"] for row in found] == [each["Name"] for each in records]
    assert all(str(row["Picture__c"]).startswith("https://") for row in found)
