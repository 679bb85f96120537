"""Templates and the stylesheet, and the headers that pages are sent with."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from rentix.public.kept import Page
from rentix.public.texts import LANGUAGES, TEXTS
from rentix.public.visit import Visit

STYLES_PATH = "/assets/"

_POLICY = (
    b"default-src 'none'; img-src 'self' data:; style-src 'self'; "
    b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HTML = b"text/html; charset=utf-8"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__ or ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["languages"] = LANGUAGES
    return environment


@cache
def stylesheet() -> Page:
    """The stylesheet. Its name changes with it, so whoever has it need never ask again."""
    body = files(__package__).joinpath("style.css").read_bytes()
    etag = sha256(body).hexdigest()[:16]
    headers = [
        (b"etag", b'"%s"' % etag.encode()),
        (b"cache-control", b"public, max-age=31536000, immutable"),
    ]
    return Page(body, etag, b"text/css; charset=utf-8", headers)


def style_name() -> str:
    """The file name of the stylesheet."""
    return f"{stylesheet().etag}.css"


def render(template: str, visit: Visit, **values: Any) -> Page:
    """A page of a template."""
    html = (
        _environment()
        .get_template(template)
        .render(
            visit=visit,
            t=TEXTS[visit.locale],
            style=visit.plain_link(STYLES_PATH + style_name()),
            **values,
        )
    )
    return make_page(html.encode(), _HTML, [(b"content-security-policy", _POLICY)])


def make_page(body: bytes, content_type: bytes, headers: list[tuple[bytes, bytes]]) -> Page:
    """A page that may be kept by whoever asks each time whether it is still so."""
    etag = sha256(body).hexdigest()[:16]
    return Page(
        body,
        etag,
        content_type,
        [
            (b"etag", b'"%s"' % etag.encode()),
            (b"cache-control", b"public, no-cache"),
            (b"vary", b"accept-language"),
            (b"referrer-policy", b"strict-origin-when-cross-origin"),
            *headers,
        ],
    )
