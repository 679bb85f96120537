"""Pipedrive's users."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from rentix.client import SetupError
from rentix.client.answers import Answer
from rentix.sync.sources.addresses import check_safe
from rentix.sync.sources.api import Api, items_at, later, member, read_json
from rentix.sync.sources.paged import Page, Rules
from rentix.sync.sources.reading import Reading


@dataclass(frozen=True, slots=True)
class Pipedrive:
    """Active users of a company, at `https://COMPANY.pipedrive.com`."""

    url: str
    token_env: str = "PIPEDRIVE_TOKEN"  # noqa: S105 - a name

    rules: ClassVar = Rules("id", ("name", "email", "phone", "icon_url"))

    def title(self) -> str:
        """What plans and errors call the source."""
        return f"Pipedrive ({self.url})"

    def pages(self, reading: Reading) -> Iterator[Page]:
        """Yield all users; the API has them on one page, and says so if it ever has not."""
        check_safe(self.url, "[source] url")
        headers = {"x-api-token": reading.secret(self.token_env, "an API token")}
        with Api("Pipedrive", self.url, reading, headers, signs=_signs) as api:
            start: int | None = 0
            while start is not None:
                answer = api.get("/api/v1/users", {"start": str(start)} if start else None)
                said = read_json(answer, "Pipedrive")
                self._check(answer, said)
                items = items_at(said, "Pipedrive", "data")
                active = [item for item in items if item.get("active_flag") is not False]
                yield Page(active, dropped=len(items) - len(active))
                start = _next(start, said)

    def _check(self, answer: Answer, said: object) -> None:
        if answer.status == 200 and member(said, "success") is True:  # noqa: PLR2004 - OK
            return
        if answer.status == 401:  # noqa: PLR2004 - Unauthorized
            raise SetupError(
                f"Pipedrive does not know the token in {self.token_env}: copy it again from "
                "Personal preferences, API, and set the variable"
            )
        if answer.status == 403:  # noqa: PLR2004 - Forbidden
            raise SetupError(
                f"the user of the token in {self.token_env} may not use the API; "
                "an administrator allows it in the permission set"
            )
        if answer.status == 429:  # noqa: PLR2004 - Too Many Requests
            raise SetupError("Pipedrive's budget is spent; it is full again after midnight UTC")
        raise SetupError(f"Pipedrive refuses with {answer.status}: its answer says no success")


def _next(start: int, said: object) -> int | None:
    paging = member(member(said, "additional_data"), "pagination")
    if member(paging, "more_items_in_collection") is not True:
        return None
    found = member(paging, "next_start")
    if not isinstance(found, int) or found <= start:
        raise SetupError("Pipedrive says that there are more users, and not where")
    return found


def _signs(answer: Answer) -> Answer:
    # Seconds until the short budget is full; the day's budget has a header of its own.
    reset = answer.headers.get("x-ratelimit-reset", "")
    if answer.status == 429 and reset.isdigit():  # noqa: PLR2004 - Too Many Requests
        return later(answer, int(reset))
    return answer
