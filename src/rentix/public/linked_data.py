"""The same content for machines: JSON-LD, in the words of schema.org."""

from __future__ import annotations

from typing import Any

import msgspec
from markupsafe import Markup

from rentix.model import Agency, Media, User
from rentix.public.visit import Visit, agent_path, listing_path
from rentix.public.wording import address_of, headline, place_of
from rentix.views import AgentView, Contact, ListingView
from rentix.wire.profiles import choose_text

Json = dict[str, Any]

_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
_KINDS = {"apartment": "Apartment", "house": "House", "room": "Room"}


def print_linked(data: Json) -> Markup:
    """For an element `script`: nothing in it can end the element, or begin another one."""
    printed = msgspec.json.encode({"@context": "https://schema.org", **data}).decode()
    return Markup(printed.translate(_ESCAPES))  # noqa: S704 - escaped the line before


def linked_agent(view: AgentView, contact: Contact, visit: Visit) -> Json:
    """An agent's page: a RealEstateAgent of an agency."""
    user = view.user
    return _filled(
        **_agent(user, contact, visit),
        description=choose_text(user.descriptions, (visit.locale,)),
        parentOrganization=_agency(view.agency),
    )


def linked_listing(view: ListingView, contact: Contact, visit: Visit) -> Json:
    """A listing's page: an offer of a property, by whom the card shows."""
    listing, form = view.listing, view.listing.form
    is_over = listing.status == "completed"
    is_agent = contact.kind == "agent" and view.agent is not None
    seller = (
        _agent(view.agent, contact, visit)
        if is_agent and view.agent
        else _agency(view.agency, choose_text(view.agency.descriptions, (visit.locale,)))
    )
    offer = _filled(
        **{"@type": "Offer"},
        price=form.get("announcementValue"),
        priceCurrency=form.get("announcementCurrency"),
        availability=f"https://schema.org/{'SoldOut' if is_over else 'InStock'}",
        businessFunction=_function(form.get("announcementType")),
        offeredBy=seller,
        itemOffered=_property(view),
    )
    return _filled(
        **{"@type": "RealEstateListing"},
        name=headline(listing, visit.locale),
        url=visit.address(listing_path(listing.id)),
        description=form.get("announcementDescription"),
        image=[visit.file_address(name) for name in map(_largest, view.media) if name],
        offers=offer,
    )


def _agent(user: User, contact: Contact, visit: Visit) -> Json:
    socials = [url for url in (user.instagram, user.youtube, user.tiktok) if url]
    portrait = user.avatar.variants[-1].file if user.avatar and user.avatar.variants else None
    return _filled(
        **{"@type": "RealEstateAgent"},
        name=user.name,
        url=visit.address(agent_path(user.id)),
        image=visit.file_address(portrait) if portrait else None,
        telephone=user.phone.e164 if contact.kind == "agent" and contact.phone else None,
        sameAs=socials or None,
    )


def _agency(agency: Agency, description: str | None = None) -> Json:
    return _filled(
        **{"@type": "RealEstateAgent"},
        name=agency.name,
        telephone=agency.phone,
        description=description,
    )


def _property(view: ListingView) -> Json:
    form, place = view.listing.form, place_of(view.listing)
    area = form.get("propertyArea")
    return _filled(
        **{"@type": _KINDS.get(str(form.get("propertySecondaryType")), "Place")},
        address=address_of(view.listing),
        floorSize=area and {"@type": "QuantitativeValue", "value": area, "unitCode": "MTK"},
        geo=place and {"@type": "GeoCoordinates", "latitude": place[0], "longitude": place[1]},
    )


def _function(deal: object) -> str | None:
    names = {"rent": "LeaseOut", "sale": "Sell"}
    return f"http://purl.org/goodrelations/v1#{names[str(deal)]}" if deal in names else None


def _largest(media: Media) -> str | None:
    picture = media.picture
    return picture.variants[-1].file if picture and picture.variants else None


def _filled(**members: Any) -> Json:
    return {name: value for name, value in members.items() if value is not None}
