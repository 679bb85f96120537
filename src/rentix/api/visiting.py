"""The pages that visitors see: asked for each time, rendered when what they show has changed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

from rentix.api.call import Call, Reply
from rentix.api.files import FILES_PATH
from rentix.api.locales import wished_locales
from rentix.api.showing import show
from rentix.api.throttles import Throttle
from rentix.errors import Code, Problem
from rentix.model import LOCALES, AgentView, ListingState
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

_PAGE = re.compile(rb"/(?:announcement|agents)/")
_ID = re.compile(r"[0-9]{1,19}")
_CHOSEN = re.compile(rb"(?:^|&)locale=([a-z]{2})(?:&|$)")
_PAGED = re.compile(rb"(?:^|&)page=([^&]*)")
_PAGE_NUMBER = re.compile(rb"[1-9][0-9]{0,5}")


class Visits:
    """Looks at the store for each visit, and keeps the pages that were made of what it saw."""

    def __init__(self, store: Reads, kept: Kept, *, at_once: bool, per_minute: int) -> None:
        self._store = store
        self._at_once = at_once
        self._kept = kept
        self._throttle = Throttle(per_minute) if per_minute else None

    def admit(self, address: str, now_ms: int) -> None:
        """Count a visit of an address.

        Raises:
            Problem: 429, when this minute's are used up.
        """
        if self._throttle and (wait_s := self._throttle.count(address, now_ms)):
            message = f"too many pages are asked for from this address; wait {wait_s} s"
            raise Problem(Code.RATE_LIMITED, message, retry_after_s=wait_s)

    async def listing(self, call: Call) -> Reply:
        """The reply to a visit of a listing."""
        number = _read_number(call)
        state = await self._state(number) if number is not None else None
        if number is None or state is None:
            return _say_missing(call)
        visit = _visit(call, state.locale)
        key = (listing_page, number, visit)
        page = self._kept.find(key, state)
        if page is None:
            made = await asyncio.to_thread(self._make_listing, number, visit)
            if made is None:
                return _say_missing(call)
            state, page = made
            self._kept.keep(key, state, page)
        return show(page, call)

    async def _state(self, number: int) -> ListingState | None:
        look = self._store.public_listing_state
        return look(number) if self._at_once else await asyncio.to_thread(look, number)

    def _make_listing(self, number: int, visit: Visit) -> tuple[ListingState, Page] | None:
        """A page as of now, and of what; in a thread, for it takes milliseconds."""
        view = self._store.public_listing(number)
        return (view.state, listing_page(view, visit)) if view else None

    async def agent(self, call: Call) -> Reply:
        """The reply to a visit of a page of an agent."""
        page = _read_page(call)
        return await self._agent(call, agent_page, page) if page else _say_missing(call)

    async def vcard(self, call: Call) -> Reply:
        """The reply to who wants an agent for an address book: no listing is looked at."""
        return await self._agent(call, vcard_page, None)

    async def _agent(
        self, call: Call, make: Callable[[AgentView, Visit], Page], paged: int | None
    ) -> Reply:
        number = _read_number(call)
        view = None
        if number is not None:
            view = await asyncio.to_thread(self._store.public_agent, number, paged)
        if view is None or (view.page > 1 and not view.listings):
            return _say_missing(call)
        visit = _visit(call, view.agency.locale)
        key, material = (make, number, paged, visit), made_of(view)
        page = self._kept.find(key, material)
        if page is None:
            page = await asyncio.to_thread(make, view, visit)
            self._kept.keep(key, material, page)
        return show(page, call)


async def show_listing(call: Call) -> Reply:
    """The page of a listing."""
    return await call.portal.visits.listing(call)


async def show_agent(call: Call) -> Reply:
    """The page of an agent."""
    return await call.portal.visits.agent(call)


async def show_vcard(call: Call) -> Reply:
    """An agent for an address book."""
    return await call.portal.visits.vcard(call)


async def get_style(call: Call) -> Reply:
    """The stylesheet of the pages."""
    if call.names["name"] != style_name():
        return _say_missing(call)
    return show(stylesheet(), call)


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


def _read_page(call: Call) -> int | None:
    """The number of a page: 1 when none is named, None when what is named is no number of one."""
    named = _PAGED.search(call.raw_query)
    if named is None:
        return 1
    return int(named[1]) if _PAGE_NUMBER.fullmatch(named[1]) else None


def _visit(call: Call, locale: str | None) -> Visit:
    """The language that the address names, else the browser's, else the agency's."""
    site = Site(call.portal.public_url or "", FILES_PATH)
    chosen = _CHOSEN.search(call.raw_query)
    if chosen and chosen[1].decode() in LOCALES:
        return Visit(site, chosen[1].decode(), chosen=True)
    wishes = wished_locales(call)
    known = locale if locale in LOCALES else LOCALES[0]
    return Visit(site, wishes[0] if wishes else known)


def _say_missing(call: Call) -> Reply:
    page = missing_page(_visit(call, None))
    return Reply(404, page.body, page.headers, page.content_type)
