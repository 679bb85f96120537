"""Listings, and whom visitors see on them, as the wire spells them (contract 6)."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from rentix.model import Listing, Media, User
from rentix.views import Contact, ListingView
from rentix.wire.listing_bodies import FORM
from rentix.wire.listing_shapes import (
    ChannelShape,
    ContactShape,
    ListingFileShape,
    ListingShape,
    ListingUserShape,
)
from rentix.wire.shapes import VariantShape
from rentix.wire.times import print_time


def listing(view: ListingView, contact: Contact, public_base: str, files_url: str) -> ListingShape:
    """A listing with all that it shows.

    `public_base` is what the path of its page is put behind, `files_url` what names of files are.
    """
    found = view.listing
    return ListingShape(
        id=found.id,
        external_id=found.external_id,
        public_url=public_url(public_base, found.id),
        created_at=print_time(found.created_ms),
        updated_at=print_time(found.updated_ms),
        last_synced_at=None if found.synced_ms is None else print_time(found.synced_ms),
        form_data=form_data(found),
        user=_user(view.agent) if view.agent else None,
        files=tuple(_file(media, files_url) for media in view.media),
        contact=_contact(contact, found),
        etag=found.etag,
    )


def public_url(public_base: str, listing_id: int) -> str:
    """The address of a listing's page."""
    return f"{public_base}/announcement/{listing_id}"


def form_data(found: Listing) -> dict[str, Any]:
    """The form's fields that have a value: the contract's in its order, then the others by name.

    The store may give them in any order.
    """
    form = found.form
    printed = {"id": found.id, "announcementStatus": found.status}
    printed |= {name: form[name] for name, _ in FORM if name in form}
    if len(printed) < len(form) + 2:
        printed |= {name: form[name] for name in sorted(form.keys() - printed.keys())}
    return printed


def _user(agent: User) -> ListingUserShape:
    return ListingUserShape(
        id=agent.id,
        external_id=agent.external_id,
        name=agent.name,
        phone=agent.phone.international,
    )


def _file(media: Media, files_url: str) -> ListingFileShape:
    picture = media.picture
    return ListingFileShape(
        id=media.id,
        external_id=media.external_id,
        content_type=picture.content_type if picture else None,
        size=str(picture.size_bytes) if picture else None,
        optimization=media.status,
        variants=tuple(
            VariantShape(files_url + variant.file, variant.size)
            for variant in (picture.variants if picture else ())
        ),
    )


def _contact(contact: Contact, found: Listing) -> ContactShape:
    awaited = found.external_user_id if contact.reason == "external_user_unknown" else None
    return ContactShape(
        kind=contact.kind,
        reason=contact.reason,
        name=contact.name,
        phone=contact.phone,
        channels=tuple(ChannelShape(channel.kind, channel.url) for channel in contact.channels),
        external_user_id=UNSET if awaited is None else awaited,
    )
