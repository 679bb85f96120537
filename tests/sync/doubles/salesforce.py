"""A Salesforce org: tokens of the client credentials flow, and SOQL in pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tests.sync.doubles.site import Asked, Said

CLIENT = ("3MVG9.consumer.key", "consumerSecret1")
FIELDS = ("Id", "Name", "Phone__c", "Mobile_Phone__c", "Email__c", "Picture__c", "Title__c")
_QUERY = re.compile(r"SELECT (.+) FROM (\w+)(?: WHERE (.+))? ORDER BY Id")


def broker(number: int, **more: Any) -> dict[str, Any]:
    return {
        "Id": f"a01{number:015}",
        "Name": f"Ana Ursu {number}",
        "Phone__c": None,
        "Mobile_Phone__c": f"617-555-{number:04}",
        "Email__c": f"ana{number}@agency.example",
        "Picture__c": None,
        "Title__c": "Broker",
    } | more


def refusal(status: int, code: str, message: str = "…") -> Said:
    return Said([{"message": message, "errorCode": code}], status)


@dataclass
class SalesforceDouble:
    """`ends` are the numbers of queries before which the session ends."""

    brokers: list[dict[str, Any]]
    page: int = 3
    ends: tuple[int, ...] = ()
    instead: dict[int, Said] = field(default_factory=dict)
    tokens: int = 0
    queries: list[str] = field(default_factory=list)
    valid: bool = False
    soql: str = ""

    def __call__(self, asked: Asked) -> Said:
        if asked.path == "/services/oauth2/token":
            return self._token(asked)
        self.queries.append(asked.query.get("q", asked.path))
        number = len(self.queries)
        if number in self.ends:
            self.valid = False
        if asked.headers.get("authorization") != f"Bearer 00D!token{self.tokens}" or not self.valid:
            return refusal(401, "INVALID_SESSION_ID", "Session expired or invalid")
        if number in self.instead:
            return self.instead[number]
        if asked.path.endswith("/query"):
            self.soql = asked.query["q"]
            return self._answer(0)
        return self._answer(int(asked.path.rpartition("-")[2]))

    def _token(self, asked: Asked) -> Said:
        if (asked.form.get("client_id"), asked.form.get("client_secret")) != CLIENT:
            return Said({"error": "invalid_client", "error_description": "invalid client"}, 400)
        assert asked.method == "POST"
        assert asked.form["grant_type"] == "client_credentials"
        self.tokens, self.valid = self.tokens + 1, True
        said = {"access_token": f"00D!token{self.tokens}", "instance_url": "https://elsewhere"}
        return Said(said | {"token_type": "Bearer"})

    def _answer(self, start: int) -> Said:
        query = _QUERY.fullmatch(self.soql)
        assert query is not None
        names = query[1].split(", ")
        if unknown := [name for name in names if name not in FIELDS]:
            return refusal(400, "INVALID_FIELD", f"No such column '{unknown[0]}'")
        found = self.brokers[start : start + self.page]
        end = start + len(found)
        done = end >= len(self.brokers)
        said: dict[str, Any] = {"totalSize": len(self.brokers), "done": done}
        if not done:
            said["nextRecordsUrl"] = f"/services/data/v62.0/query/01gRO0000016PIAYA2-{end}"
        said["records"] = [
            {"attributes": {"type": query[2], "url": "/x"}} | {name: each[name] for name in names}
            for each in found
        ]
        return Said(said)
