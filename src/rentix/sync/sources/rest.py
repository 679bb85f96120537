"""Any CRM that answers with JSON, by its address and its rule for the next page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rentix.client import SetupError
from rentix.client.answers import Answer
from rentix.sync.sources.addresses import check_safe
from rentix.sync.sources.api import Api, items_at, member, read_json
from rentix.sync.sources.paged import Page
from rentix.sync.sources.reading import Reading
from rentix.sync.sources.web import show

_LINK: Final = re.compile(r'<([^>]*)>\s*;[^,]*\brel="?next"?', re.IGNORECASE)

Asked = tuple[str, Mapping[str, str] | None]


@dataclass(frozen=True, slots=True)
class Rest:
    """One list of an API. Paths are dotted; without a rule, a Link header leads to the next page.

    The rules: `next` is where an answer has the next page's address; `page_param` counts pages
    from `first_page`; `offset_param` counts items; `cursor_param` takes what is at `cursor`.
    Counted pages end with an empty one.
    """

    url: str
    items: str = ""
    next: str | None = None
    page_param: str | None = None
    first_page: int = 1
    offset_param: str | None = None
    cursor_param: str | None = None
    cursor: str | None = None
    size_param: str | None = None
    size: int = 100
    total: str | None = None
    token_env: str | None = None
    token_header: str = "Authorization"  # noqa: S105 - a name
    token_prefix: str = "Bearer"  # noqa: S105 - a word

    def title(self) -> str:
        """What plans and errors call the source."""
        return show(self.url)

    def check(self) -> str | None:
        """Return what is wrong with the members together."""
        rules = (self.next, self.page_param, self.offset_param, self.cursor_param)
        if sum(rule is not None for rule in rules) > 1:
            return "[source] takes one of next, page_param, offset_param and cursor_param"
        if (self.cursor_param is None) != (self.cursor is None):
            return (
                "[source] cursor_param and cursor go together: a parameter, and where an answer "
                "has its value"
            )
        if not re.fullmatch(r"[A-Za-z0-9-]+", self.token_header):
            return "[source] token_header must be the name of a header"
        return None

    def pages(self, reading: Reading) -> Iterator[Page]:
        """Yield page after page by the rule."""
        headers = {}
        if self.token_env is not None:
            check_safe(self.url, "[source] url")
            token = reading.secret(self.token_env, "a token")
            headers[self.token_header] = f"{self.token_prefix} {token}".strip()
        name, read = self.title(), 0
        with Api(name, self.url, reading, headers) as api:
            asked: Asked | None = (self.url, self._first())
            while asked is not None:
                answer = api.get(*asked)
                self._check(answer)
                said = read_json(answer, name)
                items = items_at(said, name, self.items)
                read += len(items)
                yield Page(items, self._total(said))
                asked = self._next(answer, said, len(items), read, asked)

    def _first(self) -> dict[str, str]:
        query = {self.size_param: str(self.size)} if self.size_param else {}
        if self.page_param:
            query[self.page_param] = str(self.first_page)
        if self.offset_param:
            query[self.offset_param] = "0"
        return query

    def _next(
        self, answer: Answer, said: object, came: int, read: int, asked: Asked
    ) -> Asked | None:
        before = dict(asked[1] or {})
        if self.page_param:
            number = int(before[self.page_param]) + 1
            return (self.url, {**before, self.page_param: str(number)}) if came else None
        if self.offset_param:
            # A page may be shorter than was asked for and not be the last.
            return (self.url, {**before, self.offset_param: str(read)}) if came else None
        if self.cursor_param:
            found = _follow(said, self.cursor or "")
            return (self.url, {**before, self.cursor_param: found}) if found else None
        if self.next:
            found = _follow(said, self.next)
        else:
            link = _LINK.search(answer.headers.get("link", ""))
            found = link[1] if link else ""
        return (found, None) if found else None

    def _total(self, said: object) -> int | None:
        if self.total is None:
            return None
        found = _follow(said, self.total)
        if not found.isdigit():
            raise SetupError(f"[source] total: {self.title()} has no number at {self.total!r}")
        return int(found)

    def _check(self, answer: Answer) -> None:
        if answer.status == 200:  # noqa: PLR2004 - OK
            return
        if answer.status in (401, 403):
            what = f"the token in {self.token_env}" if self.token_env else "a request without token"
            raise SetupError(
                f"{self.title()} refuses {what} ({answer.status}): it may have expired, or may "
                "not read this; make a new one"
                + ("" if self.token_env else " and name its variable as [source] token_env")
            )
        raise SetupError(f"{self.title()} answers {answer.status} and not with a page")


def _follow(said: Any, path: str) -> str:
    """Return what is at a path as text, "" if nothing is or it is null, false or an object."""
    for step in path.split("."):
        said = member(said, step)
    return str(said) if isinstance(said, str | int) and said is not False else ""
