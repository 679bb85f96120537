"""The exact members of what the users endpoints answer, and how tests look at answers."""

from __future__ import annotations

import re
from typing import Any

import httpx2

PROFILE_P = {
    "id", "externalId", "name", "phone", "description", "avatar",
    "instagram", "youtube", "tiktok", "settings",
}  # fmt: skip
"""What the public pages state of a profile."""

PROFILE_ADDED = {"etag", "status", "createdAt", "updatedAt", "lastSyncedAt"}
"""What this house adds to every profile."""

PROFILE = PROFILE_P | PROFILE_ADDED

CHANNELS = ("contact_phone", "contact_whatsapp", "contact_viber", "contact_telegram")

ERROR = {"statusCode", "message", "error", "code", "requestId", "details"}

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")

MOBILE, OTHER_MOBILE, FIXED = "+37369123456", "+37379123456", "+37322123456"


def ok(answer: httpx2.Response) -> dict[str, Any]:
    """Return the body of a success."""
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert isinstance(body, dict)
    return body


def refused(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """Return the body of a refusal with this status and code."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert isinstance(body, dict)
    assert body["code"] == code, body
    return body


def warned(body: dict[str, Any]) -> set[tuple[str, str]]:
    """Return (field, code) of every warning, each of which must have all its members."""
    warnings = body.get("warnings", [])
    for warning in warnings:
        assert warning.keys() == {"field", "code", "message"}
        assert warning["field"] in warning["message"] or warning["code"] == "external_id_reused"
    return {(warning["field"], warning["code"]) for warning in warnings}
