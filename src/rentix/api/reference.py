"""GET /openapi.json and the reference page."""

from __future__ import annotations

from rentix.api.call import Call, Reply


async def get_openapi(_: Call) -> Reply:
    """The description of the API (OpenAPI 3.1)."""
    return Reply(body=b"{}")


async def get_docs(_: Call) -> Reply:
    """The reference page."""
    return Reply(body=b"", content_type=b"text/html; charset=utf-8")
