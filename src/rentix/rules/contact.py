"""Whom a visitor sees on a listing, and why (contract 6).

The agent, if there is one who works and can be reached by some channel; in every other case the
agency, so that a card always has a name. Only an agency that gave no telephone cannot be reached.
"""

from __future__ import annotations

from rentix.model import Agency, Listing, Settings, User
from rentix.rules.channels import make_channels
from rentix.rules.phones import read_phones
from rentix.views import Channel, Contact, ContactReason, ListingView

_PHONE_ONLY = Settings(contact_whatsapp=False, contact_viber=False, contact_telegram=False)


def choose_contact(view: ListingView) -> Contact:
    """The contact of a listing as it is in this view."""
    agent = view.agent
    if agent is None:
        return agency_contact(view.agency, _why_nobody(view.listing))
    return contact_of(agent, view.agency)


def contact_of(agent: User, agency: Agency) -> Contact:
    """The contact of whatever names this agent."""
    if agent.status != "active":
        return agency_contact(agency, "agent_inactive")
    channels = make_channels(agent.phone.e164, agent.settings)
    if not channels:
        return agency_contact(agency, "no_channel_enabled")
    return Contact(
        kind="agent",
        reason="linked",
        name=agent.name,
        phone=agent.phone.international if agent.settings.contact_phone else None,
        channels=channels,
    )


def agency_contact(agency: Agency, reason: ContactReason) -> Contact:
    """The agency, by its telephone if it has given one."""
    channels: tuple[Channel, ...] = ()
    printed = None
    if agency.phone is not None:
        channels = make_channels(agency.phone, _PHONE_ONLY)
        found = read_phones(agency.phone, agency.region).phone
        printed = found.international if found else agency.phone
    return Contact(kind="agency", reason=reason, name=agency.name, phone=printed, channels=channels)


def _why_nobody(listing: Listing) -> ContactReason:
    if listing.agent_version and listing.is_moved:  # nobody took over what the leaver had
        return "agent_inactive"
    return "no_agent_given" if listing.external_user_id is None else "external_user_unknown"
