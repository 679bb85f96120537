"""A page as a reply: whole, or not modified."""

from __future__ import annotations

from rentix.api.call import Call, Reply
from rentix.api.etags import is_current
from rentix.public.kept import Page


def show(page: Page, call: Call) -> Reply:
    """The reply to whoever may have the page already; only who has not gets it unpacked."""
    if is_current(page.etag, call.headers):
        return Reply(304, headers=page.headers)
    return Reply(200, page.unpack(), page.headers, page.content_type)
