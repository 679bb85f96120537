"""The pages that visitors see: asked for each time, rendered when what they show has changed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

from rentix.api.call import Call, Reply
from rentix.api.files import FILES_PATH
from rentix.api.locales import wished_locales
from rentix.api.showing import show
from rentix.api.throttles import Throttle
from rentix.errors import Code, Problem
from rentix.model import LOCALES
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
from rentix.views import ListingState
from rentix.wire.bodies import MAX_ID

_PAGE = re.compile(rb"/(?:announcement|agents)/")
_ID = re.compile(r"[0-9]{1,19}")
_CHOSEN = re.compile(rb"(?:^|&)locale=([a-z]{2})(?:&|$)")
_PAGED = re.compile(rb"(?:^|&)page=([^&]*)")
_PAGE_NUMBER = re.compile(rb"[1-9][0-9]{0,5}")

Wish = tuple[str | None, bool]
"""A language, if one is wished for, and whether the address itself names it."""
Make = Callable[[Any, Visit], Page]
PageKey = tuple[Make, int, int | None, Wish]
"""What makes a page, of whose id, which page of several, in which language."""
Look = Callable[[Call, PageKey, int | None], Awaitable[Page | None]]


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
        return await self._show(call, listing_page, None, self._look_at_listing)

    async def agent(self, call: Call) -> Reply:
        """The reply to a visit of a page of an agent."""
        paged = _read_page(call)
        if paged is None:
            return _say_missing(call)
        return await self._show(call, agent_page, paged, self._look_at_agent)

    async def vcard(self, call: Call) -> Reply:
        """The reply to who wants an agent for an address book: no listing is looked at."""
        return await self._show(call, vcard_page, None, self._look_at_agent)

    async def _show(self, call: Call, make: Make, paged: int | None, look: Look) -> Reply:
        """The page that is good still, else what comes of a look."""
        number = _read_number(call)
        if number is None:
            return _say_missing(call)
        key, version = (make, number, paged, _wish(call)), self._store.version()
        page = self._kept.find(key, version) or await look(call, key, version)
        return show(page, call) if page else _say_missing(call)

    async def _look_at_listing(self, call: Call, key: PageKey, version: int | None) -> Page | None:
        number = key[1]
        state = await self._state(number)
        page = self._kept.confirm(key, version, state) if state else None
        if page or not state:
            return page
        made = await asyncio.to_thread(self._make_listing, number, _visit(call, state.locale))
        if made is None:
            return None
        state, page = made
        self._kept.keep(key, version, state, page)
        return page

    async def _state(self, number: int) -> ListingState | None:
        look = self._store.public_listing_state
        return look(number) if self._at_once else await asyncio.to_thread(look, number)

    def _make_listing(self, number: int, visit: Visit) -> tuple[ListingState, Page] | None:
        """A page as of now, and of what; in a thread, for it takes milliseconds."""
        view = self._store.public_listing(number)
        return (view.state, listing_page(view, visit)) if view else None

    async def _look_at_agent(self, call: Call, key: PageKey, version: int | None) -> Page | None:
        make, number, paged, _ = key
        view = await asyncio.to_thread(self._store.public_agent, number, paged)
        if view is None or (view.page > 1 and not view.listings):
            return None
        material = made_of(view)
        page = self._kept.confirm(key, version, material)
        if page is None:
            page = await asyncio.to_thread(make, view, _visit(call, view.agency.locale))
            self._kept.keep(key, version, material, page)
        return page


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
    """A visit in the language that is wished for, else in the agency's."""
    wished, chosen = _wish(call)
    known = locale if locale in LOCALES else LOCALES[0]
    return Visit(Site(call.portal.public_url or "", FILES_PATH), wished or known, chosen=chosen)


def _wish(call: Call) -> Wish:
    """The language that the address names, else the browser's."""
    chosen = _CHOSEN.search(call.raw_query)
    if chosen and chosen[1].decode() in LOCALES:
        return chosen[1].decode(), True
    wishes = wished_locales(call)
    return (wishes[0] if wishes else None), False


def _say_missing(call: Call) -> Reply:
    page = missing_page(_visit(call, None))
    return Reply(404, page.body, page.headers, page.content_type)
