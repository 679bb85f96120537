"""Listings as tests send them, and the checks that they share."""

from __future__ import annotations

from typing import Any

import httpx2

from tests.service import Tenant

COMPLETE: dict[str, Any] = {
    "announcementType": "sale",
    "propertyType": "residential",
    "propertySecondaryType": "apartment",
    "announcementValue": 65000,
    "announcementCurrency": "EUR",
    "propertyAddress": "Chișinău, str. Ismail 12",
}
PHOTOS = [{"url": f"https://crm.example/{n}.jpg"} for n in "123"]
READ = {
    *("id", "externalId", "publicUrl", "createdAt", "updatedAt", "lastSyncedAt", "formData"),
    *("user", "files", "contact", "etag"),
}


def put(tenant: Tenant, query: str = "", /, **body: Any) -> httpx2.Response:
    """Send PUT /listings."""
    return tenant.http.put(f"/listings{query}", json=body)


def bulk(tenant: Tenant, *operations: Any, query: str = "", **body: Any) -> httpx2.Response:
    """Send POST /listings/bulk."""
    return tenant.http.post(f"/listings/bulk{query}", json={"operations": operations, **body})


def ok(answer: httpx2.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def create(tenant: Tenant, external_id: str, **fields: Any) -> int:
    """Create a listing and return its id."""
    return int(ok(put(tenant, externalId=external_id, **fields))["id"])


def read(tenant: Tenant, listing: int | str) -> Any:
    """Read a listing by either id."""
    path = listing if isinstance(listing, int) else f"external/{listing}"
    return ok(tenant.get(f"/listings/{path}"))


def contact(tenant: Tenant, listing: int | str) -> tuple[str, str]:
    """Whom a visitor sees, and why."""
    shown = read(tenant, listing)["contact"]
    return shown["name"], shown["reason"]


def status(tenant: Tenant, listing: int | str) -> str:
    found: str = read(tenant, listing)["formData"]["announcementStatus"]
    return found


def warned(body: Any) -> list[tuple[str, str]]:
    """The fields and codes of an answer's warnings."""
    return [(warning["field"], warning["code"]) for warning in body.get("warnings", [])]


def faults(answer: httpx2.Response, code: int = 400) -> list[tuple[str, str]]:
    """Check that it is refused; the pointers and codes of its faults."""
    assert answer.status_code == code, answer.text
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["details"]]
