"""A Bitrix24 portal with an inbound webhook: `user.get` as its REST answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.sync.doubles.site import Asked, Said

WEBHOOK_PATH = "/rest/7/s3cretS3cret"
PAGE = 50


def employee(number: int, **more: Any) -> dict[str, Any]:
    """Return a user in the shape of `user.get`; empty members are left out, as it does."""
    return {
        "ID": str(number),
        "ACTIVE": True,
        "NAME": "Ana",
        "LAST_NAME": f"Ursu {number}",
        "EMAIL": f"ana{number}@agency.example",
        "TIMESTAMP_X": {},
        "IS_ONLINE": "N",
        "UF_DEPARTMENT": [1],
        "USER_TYPE": "employee",
    } | more


def refusal(status: int, code: str, **more: Any) -> Said:
    return Said({"error": code, "error_description": "…"} | more, status)


@dataclass
class Bitrix24Double:
    """Pages of fifty, with `start`, `next` and `total`.

    `instead` may answer a request in place of the portal, by the number of the request.
    """

    users: list[dict[str, Any]]
    instead: dict[int, Callable[[], Said]] = field(default_factory=dict)
    filters: bool = True
    asked: list[Asked] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Said:
        self.asked.append(asked)
        if special := self.instead.get(len(self.asked)):
            return special()
        if asked.path != f"{WEBHOOK_PATH}/user.get.json":
            return refusal(401, "NO_AUTH_FOUND")
        found = [user for user in self.users if self._fits(user, asked)]
        found.sort(key=lambda user: int(user["ID"]))
        return Said(page(found, int(asked.query.get("start", 0))))

    def _fits(self, user: dict[str, Any], asked: Asked) -> bool:
        if not self.filters:
            return True
        active = asked.query.get("filter[ACTIVE]")
        kind = asked.query.get("filter[USER_TYPE]", user["USER_TYPE"])
        return user["USER_TYPE"] == kind and (active != "true" or user["ACTIVE"])


def page(users: list[dict[str, Any]], start: int) -> dict[str, Any]:
    said: dict[str, Any] = {"result": users[start : start + PAGE], "total": len(users)}
    if start + PAGE < len(users):
        said["next"] = start + PAGE
    return said | {"time": {"start": 1721913235.4, "duration": 0.05, "operating": 0}}
