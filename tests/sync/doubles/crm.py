"""A CRM with a JSON API of its own, which pages in whatever way a test wants."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from tests.sync.doubles.site import Asked, Said

TOKEN = "crm-t0ken"


def agents(count: int) -> list[dict[str, Any]]:
    return [
        {"id": n, "name": f"Ana {n}", "contact": {"phone": f"069 2{n:05}"}} for n in range(count)
    ]


@dataclass
class CrmDouble:
    """`largest` is what it cuts pages to, whatever size is asked for."""

    paging: Literal["url", "page", "offset", "cursor", "link"]
    agents: list[dict[str, Any]]
    largest: int = 4
    base: str = ""
    total: int | None = None
    instead: dict[int, Said] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Said:
        self.asked.append(asked)
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Said({"error": "token expired"}, 401)
        if len(self.asked) in self.instead:
            return self.instead[len(self.asked)]
        size = min(int(asked.query.get("limit", self.largest)), self.largest)
        start = self._start(asked, size)
        found = self.agents[start : start + size]
        more = start + size < len(self.agents)
        meta: dict[str, Any] = {"total": len(self.agents) if self.total is None else self.total}
        headers = {}
        if more and self.paging == "url":
            meta["next"] = f"{self.base}/agents?offset={start + size}"
        if self.paging == "cursor":
            meta["cursor"] = f"c{start + size}" if more else None
        if more and self.paging == "link":
            first = f'<{self.base}/agents?offset=0>; rel="first"'
            headers["Link"] = f'{first}, <{self.base}/agents?offset={start + size}>; rel="next"'
        return Said({"data": {"agents": found}, "meta": meta}, headers=headers)

    def _start(self, asked: Asked, size: int) -> int:
        if self.paging == "page":
            return (int(asked.query["page"]) - 1) * size
        if self.paging == "cursor":
            return int(asked.query.get("after", "c0")[1:])
        return int(asked.query.get("offset", 0))
