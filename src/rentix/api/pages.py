"""The public documents, made once from the routes table: OpenAPI, and the page for people."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from rentix.api.openapi import describe
from rentix.api.reference_page import content_security, render_page
from rentix.api.routes import ROUTES

if TYPE_CHECKING:
    from rentix.api.call import Headers


class Page(msgspec.Struct, frozen=True):
    """A document as bytes, and the headers that it is sent with."""

    body: bytes
    etag: str
    content_type: bytes
    headers: Headers


class Pages(msgspec.Struct, frozen=True):
    """`GET /openapi.json` and `GET /docs`."""

    openapi: Page
    docs: Page


def make_pages() -> Pages:
    """Both documents of the API as it is."""
    document = describe(ROUTES)
    # Public and without secrets: an editor or a viewer on another site may read it.
    shared = [(b"access-control-allow-origin", b"*")]
    guarded = [(b"content-security-policy", content_security().encode())]
    return Pages(
        _page(msgspec.json.encode(document), b"application/json", shared),
        _page(render_page(document).encode(), b"text/html; charset=utf-8", guarded),
    )


def _page(body: bytes, content_type: bytes, headers: Headers) -> Page:
    etag = sha256(body).hexdigest()[:16]
    cached = (b"cache-control", b"public, no-cache")
    return Page(body, etag, content_type, [(b"etag", b'"%s"' % etag.encode()), cached, *headers])
