"""A Pipedrive company: `/api/v1/users` as it answers, with its budget."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.sync.doubles.site import Asked, Said

TOKEN = "0123456789abcdef0123456789abcdef01234567"


def user(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": 11884360 + number,
        "name": f"Ana Ursu {number}",
        "default_currency": "EUR",
        "locale": "ro_MD",
        "email": f"ana{number}@agency.example",
        "phone": None,
        "active_flag": True,
        "is_admin": 0,
        "role_id": 1,
        "icon_url": None,
        "is_you": False,
    } | more


@dataclass
class PipedriveDouble:
    """All users at once; `page` cuts them as other lists of Pipedrive are cut.

    `busy` is how many requests are refused for the budget before one is answered.
    """

    users: list[dict[str, Any]]
    page: int | None = None
    busy: int = 0
    instead: dict[int, Said] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Said:
        self.asked.append(asked)
        if asked.headers.get("x-api-token") != TOKEN:
            said = {"success": False, "error": "unauthorized access", "errorCode": 401}
            return Said(said, 401)
        if len(self.asked) <= self.busy:
            budget = {"x-ratelimit-limit": "20", "x-ratelimit-remaining": "0"}
            refused = {"success": False, "error": "request over limit", "errorCode": 429}
            return Said(refused, 429, budget | {"x-ratelimit-reset": "2"})
        if len(self.asked) in self.instead:
            return self.instead[len(self.asked)]
        if asked.path != "/api/v1/users":
            return Said({"success": False, "error": "Unknown method ."}, 404)
        start = int(asked.query.get("start", 0))
        end = len(self.users) if self.page is None else start + self.page
        more: dict[str, Any] = {"more_items_in_collection": end < len(self.users)}
        if end < len(self.users):
            more["next_start"] = end
        additional = {} if self.page is None else {"pagination": {"start": start} | more}
        data = self.users[start:end]
        return Said({"success": True, "data": data, "additional_data": additional})
