"""The pages that visitors see: asked for each time, rendered when what they show has changed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import TypeVar

from rentix.api.call import Call, Reply
from rentix.api.etags import is_current
from rentix.api.files import FILES_PATH
from rentix.api.locales import wished_locales
from rentix.model import LOCALES, Agency, AgentView, ListingView
from rentix.public.kept import Kept, Page
from rentix.public.pages import (
    agent_page,
    listing_page,
    made_of,
    missing_page,
    trouble_page,
    vcard_page,
)
from rentix.public.rendering import style_name, stylesheet
from rentix.public.visit import Site, Visit
from rentix.store import Reads
from rentix.wire.bodies import MAX_ID

View = TypeVar("View", ListingView, AgentView)

_PAGE = re.compile(rb"/(?:announcement|agents)/")
_ID = re.compile(r"[0-9]{1,19}")
_CHOSEN = re.compile(rb"(?:^|&)locale=([a-z]{2})(?:&|$)")


class Visits:
    """Looks at the store for each visit, and keeps the pages that were made of what it saw."""

    def __init__(self, store: Reads, *, at_once: bool) -> None:
        self._store = store
        self._at_once = at_once
        self._kept = Kept()

    async def listing(self, call: Call) -> Reply:
        """The reply to a visit of a listing."""
        number = _read_number(call)
        view = None
        if number is not None and self._at_once:
            view = self._store.public_listing(number)
        elif number is not None:
            view = await asyncio.to_thread(self._store.public_listing, number)
        return await self._reply(call, view, listing_page)

    async def agent(self, call: Call, make: Callable[[AgentView, Visit], Page]) -> Reply:
        """The reply to a visit of an agent, as a page or a vCard."""
        number = _read_number(call)
        view = None
        if number is not None:
            view = await asyncio.to_thread(self._store.public_agent, number)
        return await self._reply(call, view, make)

    async def _reply(
        self, call: Call, view: View | None, make: Callable[[View, Visit], Page]
    ) -> Reply:
        if view is None:
            return _say_missing(call)
        visit = _visit(call, view.agency)
        key, material = (make, call.names["id"], visit), made_of(view)
        kept = self._kept.find(key, material)
        if kept is None:
            # In a thread: a page takes milliseconds, and everybody else would wait for it.
            kept = await asyncio.to_thread(make, view, visit)
            self._kept.keep(key, material, kept)
        return _show(kept, call)


async def show_listing(call: Call) -> Reply:
    """The page of a listing."""
    return await call.portal.visits.listing(call)


async def show_agent(call: Call) -> Reply:
    """The page of an agent."""
    return await call.portal.visits.agent(call, agent_page)


async def show_vcard(call: Call) -> Reply:
    """An agent for an address book."""
    return await call.portal.visits.agent(call, vcard_page)


async def get_style(call: Call) -> Reply:
    """The stylesheet of the pages."""
    if call.names["name"] != style_name():
        return _say_missing(call)
    return _show(stylesheet(), call)


def excuse(call: Call, refusal: Reply) -> Reply:
    """A refusal as a page, for somebody with a browser at the address of one; else as it is."""
    if not _PAGE.match(call.path) or b"text/html" not in call.headers.get(b"accept", b"").lower():
        return refusal
    page = trouble_page(_visit(call, None), refusal.status)
    kept = [line for line in page.headers if line[0] not in (b"etag", b"cache-control")]
    headers = [*refusal.headers, *kept, (b"cache-control", b"no-store")]
    return Reply(refusal.status, page.body, headers, page.content_type)


def _read_number(call: Call) -> int | None:
    text = call.names["id"]
    return int(text) if _ID.fullmatch(text) and int(text) <= MAX_ID else None


def _visit(call: Call, agency: Agency | None) -> Visit:
    """The language that the address names, else the browser's, else the agency's."""
    site = Site(call.portal.public_url or "", FILES_PATH)
    chosen = _CHOSEN.search(call.raw_query)
    if chosen and chosen[1].decode() in LOCALES:
        return Visit(site, chosen[1].decode(), chosen=True)
    wishes = wished_locales(call)
    known = agency.locale if agency and agency.locale in LOCALES else LOCALES[0]
    return Visit(site, wishes[0] if wishes else known)


def _say_missing(call: Call) -> Reply:
    page = missing_page(_visit(call, None))
    return Reply(404, page.body, page.headers, page.content_type)


def _show(page: Page, call: Call) -> Reply:
    if is_current(page.etag, call.headers):
        return Reply(304, headers=page.headers)
    return Reply(200, page.body, page.headers, page.content_type)
