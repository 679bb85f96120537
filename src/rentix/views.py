"""What is read to be shown: a listing or a user with all that belongs to it, in one look.

What is stored by itself is in `model.py`.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from rentix.model import Agency, Listing, Media, User

PUBLIC_LISTINGS: Final = 60
"""How many listings a page of an agent shows."""

ContactReason = Literal[
    "linked",
    "no_agent_given",
    "external_user_unknown",
    "agent_inactive",
    "no_channel_enabled",
]
ChannelKind = Literal["phone", "whatsapp", "viber", "telegram"]


class Channel(msgspec.Struct, frozen=True):
    """A way to reach somebody: a link that a telephone or a computer opens."""

    kind: ChannelKind
    url: str


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a visitor of a listing sees, and why. `phone` is printed, and None where it is off."""

    kind: Literal["agent", "agency"]
    reason: ContactReason
    name: str
    phone: str | None = None
    channels: tuple[Channel, ...] = ()


class ListingView(msgspec.Struct, frozen=True, kw_only=True):
    """A listing as it is read, with all that it shows, in one consistent look.

    `agent` is the user whom it names now, active or not; `media` are its files, in order.
    """

    listing: Listing
    agency: Agency
    agent: User | None = None
    media: tuple[Media, ...] = ()

    @property
    def state(self) -> ListingState:
        """What tells it from what it was, and will be."""
        return ListingState(
            locale=self.agency.locale,
            agency_version=self.agency.version,
            listing_id=self.listing.id,
            version=self.listing.version,
            agent_id=self.agent.id if self.agent else None,
            agent_version=self.agent.version if self.agent else None,
            photos="".join(map(_state_of_photo, self.media)),
        )


def _state_of_photo(media: Media) -> str:
    state, named = f"{media.id}{media.status}", media.external_id
    return state if named is None else f"{state}{len(named)}:{named}"


class ListingState(msgspec.Struct, frozen=True, kw_only=True):
    """What tells a listing from what it was: where that is the same, so is all that it shows.

    Its own version says which photos it was given, but no version moves with what becomes of one,
    and one that was removed is gone at once, before the listing is told. So `photos` has, of each
    that is there, in order, its id, its status, and its external id with the length before it.
    What a photo that is ready is made of stays as it is. `locale` is the agency's.
    """

    locale: str
    agency_version: int
    listing_id: int
    version: int
    agent_id: int | None
    agent_version: int | None
    photos: str


class AgentView(msgspec.Struct, frozen=True, kw_only=True):
    """A user as visitors see them: with the agency, and a page of the `total` public listings.

    The newest come first, on page 1.
    """

    user: User
    agency: Agency
    listings: tuple[ListingView, ...] = ()
    page: int = 1
    total: int = 0
