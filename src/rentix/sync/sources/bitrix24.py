"""Bitrix24's employees, by an incoming webhook: `user.get`, fifty at a time."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from rentix.client import SetupError
from rentix.client.answers import Answer
from rentix.sync.sources.addresses import check_safe
from rentix.sync.sources.api import Api, items_at, later, member, quiet_json, read_json
from rentix.sync.sources.paged import Page, Rules
from rentix.sync.sources.reading import Reading

_WEBHOOK: Final = re.compile(r"(https?://[^/?#@\s]+/rest/\d+/[A-Za-z0-9]+)/?")
_ASKED: Final = {
    "sort": "ID",
    "order": "ASC",
    "filter[ACTIVE]": "true",
    "filter[USER_TYPE]": "employee",
}
_BUSY: Final = ("QUERY_LIMIT_EXCEEDED", "OPERATION_TIME_LIMIT", "OVERLOAD_LIMIT")
_PAUSE_S: Final = 0.5  # two requests a second is what every tariff allows


@dataclass(frozen=True, slots=True)
class Bitrix24:
    """Active employees of a portal; `webhook_env` holds the address of an incoming webhook."""

    webhook_env: str = "BITRIX24_WEBHOOK"

    rules: ClassVar = Rules(
        "ID",
        # Bitrix24 leaves out what an employee has not filled in.
        ("NAME", "LAST_NAME", "SECOND_NAME", "EMAIL", "PERSONAL_MOBILE", "PERSONAL_PHONE",
         "WORK_PHONE", "WORK_POSITION", "PERSONAL_PHOTO"),
    )  # fmt: skip

    def title(self) -> str:
        """What plans and errors call the source."""
        return "Bitrix24"

    def pages(self, reading: Reading) -> Iterator[Page]:
        """Yield fifty employees at a time."""
        webhook = self._webhook(reading)
        with Api("Bitrix24", webhook, reading, signs=_signs, pause_s=_PAUSE_S) as api:
            start: int | None = 0
            while start is not None:
                answer = api.get(f"{webhook}/user.get.json", {**_ASKED, "start": str(start)})
                said = read_json(answer, "Bitrix24")
                self._check(answer, said)
                items = items_at(said, "Bitrix24", "result")
                ours = [item for item in items if _is_active_employee(item)]
                total = member(said, "total")
                if not isinstance(total, int):
                    raise SetupError("Bitrix24 does not say how many employees there are (total)")
                yield Page(ours, total, dropped=len(items) - len(ours))
                start = _next(start, member(said, "next"))

    def _webhook(self, reading: Reading) -> str:
        found = _WEBHOOK.fullmatch(reading.secret(self.webhook_env, "the address of a webhook"))
        if found is None:
            raise SetupError(
                f"the environment variable {self.webhook_env} does not hold the address of an "
                "incoming webhook, https://PORTAL/rest/USER/SECRET/; copy it from Bitrix24 again"
            )
        check_safe(found[1], f"the webhook in {self.webhook_env}")
        return found[1]

    def _check(self, answer: Answer, said: object) -> None:
        code = str(member(said, "error") or "")
        if answer.status == 200 and not code:  # noqa: PLR2004 - OK
            return
        word = code.casefold()
        if word in ("expired_token", "no_auth_found", "invalid_credentials", "invalid_token"):
            raise SetupError(
                f"Bitrix24 does not know the webhook in {self.webhook_env} any more ({code}): make "
                "a new one under Developer resources, Other, Inbound webhook, and set the variable"
            )
        if word == "insufficient_scope":
            raise SetupError(
                f"the webhook in {self.webhook_env} may not read users ({code}): give it the "
                "permission user_basic, Users (basic)"
            )
        if code.upper() in _BUSY:
            raise SetupError(f"Bitrix24 is still busy after some minutes ({code}); try again later")
        raise SetupError(f"Bitrix24 refuses with {answer.status} {code[:60]}")


def _is_active_employee(item: dict[str, object]) -> bool:
    # Asked for already; an old portal that knows no such filter answers with everybody.
    return item.get("USER_TYPE", "employee") == "employee" and item.get("ACTIVE", True) in (
        True, "Y", "1", 1,
    )  # fmt: skip


def _next(start: int, said: Any) -> int | None:
    if said is None:
        return None
    if not isinstance(said, int) or said <= start:
        raise SetupError(f"Bitrix24 names a next page ({said!r}) that is none")
    return said


def _signs(answer: Answer) -> Answer:
    said = quiet_json(answer)
    if str(member(said, "error") or "").upper() not in _BUSY:
        return answer
    reset_s = member(member(said, "time"), "operating_reset_at")
    return later(answer, reset_s - time.time() if isinstance(reset_s, int | float) else 0)
