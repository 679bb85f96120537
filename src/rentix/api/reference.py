"""GET /openapi.json and the reference page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rentix.api.call import Call, Reply
from rentix.api.etags import is_current

if TYPE_CHECKING:
    from rentix.api.pages import Page


async def get_openapi(call: Call) -> Reply:
    """The description of the API (OpenAPI 3.1)."""
    return _show(call.portal.pages.openapi, call)


async def get_docs(call: Call) -> Reply:
    """The reference page, made from the same description."""
    return _show(call.portal.pages.docs, call)


async def lead_to_docs(_: Call) -> Reply:
    """To the reference page, for who opens the service's own address in a browser.

    From where they are: a path that a proxy takes off stays before it.
    """
    return Reply(302, headers=[(b"location", b"./api/v1/docs")])


def _show(page: Page, call: Call) -> Reply:
    if is_current(page.etag, call.headers):
        return Reply(304, headers=[*page.headers])
    return Reply(body=page.body, headers=[*page.headers], content_type=page.content_type)
