"""The pages: a listing, an agent, an agent's vCard, and those for when there is nothing to show."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

import msgspec

from rentix.public.cards import agent_card, contact_card
from rentix.public.kept import Page
from rentix.public.linked_data import linked_agent, linked_listing, print_linked
from rentix.public.numbers import print_degrees
from rentix.public.paging import paging_of
from rentix.public.photos import Photo, shown_photos
from rentix.public.prose import prose_of
from rentix.public.rendering import make_page, render
from rentix.public.vcards import file_name, print_vcard
from rentix.public.visit import Visit, agent_path, listing_path
from rentix.public.wording import (
    Fact,
    address_of,
    facts_of,
    headline,
    paragraphs,
    period_of,
    place_of,
    price_of,
    print_date,
    print_day,
)
from rentix.rules.contact import choose_contact, contact_of
from rentix.views import AgentView, ListingView
from rentix.wire.profiles import choose_text

_SUMMARY = 160
_TILES = 5
_TROUBLES = {404: "missing", 405: "unasked", 429: "hasty", 503: "busy"}


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A listing in words and pictures, as a page or as a tile."""

    id: int
    href: str
    headline: str
    address: str | None
    price: str | None
    period: str | None
    completed: bool
    facts: tuple[Fact, ...]
    photos: tuple[Photo, ...]


def listing_page(view: ListingView, visit: Visit) -> Page:
    """A listing with its contact."""
    contact, listing = choose_contact(view), view.listing
    text = listing.form.get("announcementDescription")
    return render(
        "listing.html",
        visit,
        path=listing_path(listing.id),
        offer=_offer(view, visit),
        tiles=_TILES,
        description=paragraphs(text),
        summary=_summary(text),
        place=[print_degrees(degrees) for degrees in place_of(listing) or ()],
        updated=(print_date(listing.updated_ms), print_day(listing.updated_ms)),
        card=contact_card(contact, view.agent, view.agency, visit),
        agency=view.agency,
        linked=print_linked(linked_listing(view, contact, visit)),
    )


def agent_page(view: AgentView, visit: Visit) -> Page:
    """An agent with a page of their public listings."""
    user, contact = view.user, contact_of(view.user, view.agency)
    socials = (("Instagram", user.instagram), ("YouTube", user.youtube), ("TikTok", user.tiktok))
    return render(
        "agent.html",
        visit,
        path=agent_path(user.id, view.page),
        paging=paging_of(view, visit),
        vcard=visit.link(f"{agent_path(user.id)}.vcf"),
        card=agent_card(user, contact, view.agency, visit),
        by_agency=contact.kind == "agency",
        about=prose_of(user.descriptions, visit.locale),
        summary=_summary(choose_text(user.descriptions, (visit.locale,))),
        socials=[(name, url) for name, url in socials if url],
        offers=[_offer(listing, visit) for listing in view.listings],
        agency=view.agency,
        linked=print_linked(linked_agent(view, contact, visit)),
    )


def vcard_page(view: AgentView, visit: Visit) -> Page:
    """An agent for an address book."""
    body = print_vcard(view, contact_of(view.user, view.agency), visit)
    saved = b'attachment; filename="%s"' % file_name(view.user).encode()
    return make_page(body, b"text/vcard; charset=utf-8", [(b"content-disposition", saved)])


@lru_cache(64)  # few there are, and who asks for many of them should cost little
def missing_page(visit: Visit) -> Page:
    """For whatever is not there, or not public: nothing tells which."""
    return render("missing.html", visit, said="missing")


@lru_cache(64)
def trouble_page(visit: Visit, status: int) -> Page:
    """For a page that is not answered as it should be, without a word about why."""
    return render("missing.html", visit, said=_TROUBLES.get(status, "failed"))


def made_of(view: AgentView) -> bytes:
    """A digest of what a page of this view depends on: views that agree in it give the same bytes.

    Agent and agency are compared whole; of listings their states tell.
    """
    states = [listing.state for listing in view.listings]
    material = (view.agency, view.user, view.page, view.total, states)
    return sha256(msgspec.msgpack.encode(material)).digest()


def _offer(view: ListingView, visit: Visit) -> Offer:
    listing = view.listing
    return Offer(
        id=listing.id,
        href=visit.link(listing_path(listing.id)),
        headline=headline(listing, visit.locale),
        address=address_of(listing),
        price=price_of(listing, visit.locale),
        period=period_of(listing, visit.locale),
        completed=listing.status == "completed",
        facts=facts_of(listing, visit.locale),
        photos=shown_photos(view.media, visit),
    )


def _summary(text: object) -> str | None:
    if not isinstance(text, str):
        return None
    line = " ".join(text.split())
    return line if len(line) <= _SUMMARY else line[: _SUMMARY - 1].rsplit(" ", 1)[0] + "…"
