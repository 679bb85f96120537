"""Who is to be asked: the card of an agent or an agency, as the contact rule has chosen it."""

from __future__ import annotations

import msgspec

from rentix.model import Agency, User
from rentix.public.photos import Photo, portrait
from rentix.public.prose import Prose, prose_of
from rentix.public.texts import TEXTS
from rentix.public.visit import Visit, agent_path
from rentix.rules.channels import MESSENGERS
from rentix.views import ChannelKind, Contact

_INITIALS = 2


class Button(msgspec.Struct, frozen=True):
    """A channel to press; `number` is printed beside a telephone."""

    kind: ChannelKind
    href: str
    label: str
    number: str | None = None


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A name with a face and buttons. `href` leads to the agent's page.

    `silent` is said in the place of buttons where there are none; `about` is of an agency.
    """

    name: str
    role: str
    agency: str | None = None
    href: str | None = None
    photo: Photo | None = None
    initials: str
    tone: int
    buttons: tuple[Button, ...] = ()
    silent: str | None = None
    about: Prose | None = None

    @property
    def longest(self) -> int:
        """The letters of the longest part of the name that a line cannot break."""
        return max(map(len, self.name.replace("-", " ").split()), default=0)


def contact_card(contact: Contact, agent: User | None, agency: Agency, visit: Visit) -> Card:
    """The card of whom a listing shows."""
    if contact.kind == "agent" and agent is not None:
        return agent_card(agent, contact, agency, visit)
    return Card(
        name=agency.name,
        role=TEXTS[visit.locale]["agency"],
        photo=portrait(agency.logo, visit),
        initials=initials(agency.name),
        tone=agency.id % 8,
        buttons=_buttons(contact, visit.locale),
        silent=_silent(contact, visit.locale),
        about=prose_of(agency.descriptions, visit.locale),
    )


def agent_card(agent: User, contact: Contact, agency: Agency, visit: Visit) -> Card:
    """An agent with the buttons of a contact, which may be the agency's."""
    return Card(
        name=agent.name,
        role=TEXTS[visit.locale]["agent"],
        agency=agency.name,
        href=visit.link(agent_path(agent.id)),
        photo=portrait(agent.avatar, visit),
        initials=initials(agent.name),
        tone=agent.id % 8,
        buttons=_buttons(contact, visit.locale),
        silent=_silent(contact, visit.locale),
    )


def _buttons(contact: Contact, locale: str) -> tuple[Button, ...]:
    return tuple(
        Button(
            channel.kind,
            channel.url,
            MESSENGERS.get(f"contact_{channel.kind}", TEXTS[locale]["phone"]),
            contact.phone if channel.kind == "phone" else None,
        )
        for channel in contact.channels
    )


def _silent(contact: Contact, locale: str) -> str | None:
    # Only an agency may have given no number at all: an agent who cannot be reached is not chosen.
    return None if contact.channels else TEXTS[locale]["no_number"].format(agency=contact.name)


def initials(name: str) -> str:
    """The first letters of the first and the last word that begin with one: AR."""
    letters = [word[0].upper() for word in name.split() if word[0].isalpha()]
    return "".join(letters if len(letters) <= _INITIALS else (letters[0], letters[-1])) or "·"
