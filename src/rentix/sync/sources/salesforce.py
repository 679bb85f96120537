"""Salesforce's brokers or users: one SOQL query, in pages that Salesforce cuts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from rentix.client import SetupError
from rentix.client.answers import Answer
from rentix.sync.sources.addresses import check_safe
from rentix.sync.sources.api import Api, items_at, later, member, quiet_json, read_json
from rentix.sync.sources.paged import Page, Rules
from rentix.sync.sources.reading import Reading

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.]*")
_FIELDS: Final = {
    "Broker__c": ("Name", "Phone__c", "Mobile_Phone__c", "Email__c", "Picture__c", "Title__c"),
    "User": ("Name", "Phone", "MobilePhone", "Email", "FullPhotoUrl", "Title"),
}
_WHERE: Final = {"User": "IsActive = true AND UserType = 'Standard'"}


@dataclass(frozen=True, slots=True)
class Salesforce:
    """Records of one object. `url` is My Domain: `https://COMPANY.my.salesforce.com`.

    Without `fields` they are those that Broker__c or User has; `Id` always comes.
    """

    url: str
    object: str = "Broker__c"
    fields: tuple[str, ...] = ()
    where: str | None = None
    api_version: str = "v62.0"
    client_id_env: str = "SALESFORCE_CLIENT_ID"
    client_secret_env: str = "SALESFORCE_CLIENT_SECRET"  # noqa: S105 - a name

    rules: ClassVar = Rules("Id")

    def title(self) -> str:
        """What plans and errors call the source."""
        return f"Salesforce {self.object} ({self.url})"

    def query(self) -> str:
        """Return the SOQL; raise SetupError for names that are none."""
        fields = self.fields or _FIELDS.get(self.object, ())
        if not fields:
            raise SetupError(
                f'[source] fields is needed for {self.object}, such as ["Name", "Phone__c"]'
            )
        for name in (self.object, *fields):
            if not _NAME.fullmatch(name):
                raise SetupError(f"[source] {name!r} is no name of an object or a field")
        chosen = ", ".join(dict.fromkeys(("Id", *fields)))
        where = self.where or _WHERE.get(self.object)
        condition = f" WHERE {where}" if where else ""
        return f"SELECT {chosen} FROM {self.object}{condition} ORDER BY Id"  # noqa: S608 - names are checked

    def pages(self, reading: Reading) -> Iterator[Page]:
        """Yield the records, as many at a time as Salesforce likes."""
        check_safe(self.url, "[source] url")
        query = self.query()
        with Api("Salesforce", self.url, reading, signs=_signs) as api:
            self._sign_in(api, reading)
            place: str | None = f"/services/data/{self.api_version}/query"
            asked: dict[str, str] | None = {"q": query}
            while place is not None:
                answer = api.get(place, asked)
                if _code(answer) == "INVALID_SESSION_ID":
                    self._sign_in(api, reading)  # sessions end in the midst of long readings
                    answer = api.get(place, asked)
                said = read_json(answer, "Salesforce")
                self._check(answer)
                yield _page(said)
                place, asked = _next(said), None

    def _sign_in(self, api: Api, reading: Reading) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": reading.secret(self.client_id_env, "the consumer key"),
            "client_secret": reading.secret(self.client_secret_env, "the consumer secret"),
        }
        said = quiet_json(answer := api.post_form("/services/oauth2/token", form))
        token = member(said, "access_token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            why = str(member(said, "error") or answer.status)[:60]
            raise SetupError(
                f"Salesforce gives no token for {self.client_id_env} and {self.client_secret_env} "
                f"({why}): look at the External Client App: its key and secret, that the client "
                "credentials flow is on, and that it runs as a user"
            )
        api.headers["Authorization"] = f"Bearer {token}"

    def _check(self, answer: Answer) -> None:
        if answer.status == 200:  # noqa: PLR2004 - OK
            return
        code = _code(answer) or str(answer.status)
        hints = {
            "INVALID_SESSION_ID": "the token is refused as soon as it is made; may the user use "
            "the API?",
            "REQUEST_LIMIT_EXCEEDED": "the day's calls of the API are spent; try again tomorrow, "
            "or buy more",
            "INVALID_FIELD": f"{self.object} has no such field, or the user may not see it: look "
            "at [source] fields and where",
            "INVALID_TYPE": f"there is no object {self.object}, or the user may not see it",
            "MALFORMED_QUERY": "[source] where is no condition of SOQL",
            "INVALID_QUERY_LOCATOR": "the rest of the answer has expired; try again",
        }
        raise SetupError(f"Salesforce refuses with {code}: {hints.get(code, 'nothing was read')}")


def _page(said: object) -> Page:
    total = member(said, "totalSize")
    if not isinstance(total, int):
        raise SetupError("Salesforce does not say how many records there are (totalSize)")
    items = items_at(said, "Salesforce", "records")
    # Of a record's address within Salesforce a roster has no use.
    rows = [{name: v for name, v in item.items() if name != "attributes"} for item in items]
    return Page(rows, total)


def _next(said: object) -> str | None:
    if member(said, "done") is True:
        return None
    found = member(said, "nextRecordsUrl")
    if not isinstance(found, str):
        raise SetupError("Salesforce says that there are more records, and not where")
    return found


def _code(answer: Answer) -> str | None:
    said = quiet_json(answer) if answer.status >= 400 else None  # noqa: PLR2004 - refusals
    found = member(said[0], "errorCode") if isinstance(said, list) and said else None
    return found if isinstance(found, str) else None


def _signs(answer: Answer) -> Answer:
    # Two limits have one code: too many at once passes, the day's does not before tomorrow.
    if _code(answer) == "REQUEST_LIMIT_EXCEEDED" and b"oncurrent" in answer.body:
        return later(answer)
    return answer
