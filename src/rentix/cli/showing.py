"""The demo's listings: sent as a CRM sends them, awaited, and where visitors see them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from rentix.cli.homes import sample_homes
from rentix.cli.output import say
from rentix.client import Rentix
from rentix.client.calls.call import write
from rentix.model import SANDBOX_KEY
from rentix.wire.listing_shapes import PutListingShape

_PHOTOS_S: Final = 60
_LOOK_S: Final = 0.2


def publish_homes(url: str, place: str, agents: Sequence[str]) -> None:
    """Publish listings of these agents, with photos from `place`, and say where their pages are."""
    with Rentix(SANDBOX_KEY, url) as client:
        homes = sample_homes(place, agents)
        sent = [
            client.send(write("PUT", "/listings", PutListingShape, home, options={}))
            for home in homes
        ]
        _await_photos(client)
        agent = client.users.get(external_id=agents[0])
    say("\nPages that visitors see:")
    for answer, home in zip(sent, homes, strict=True):
        say(f"  {answer.public_url}  {home['propertyAddress']}")
    say(f"  {url}/agents/{agent.id}  {agent.name}")


def _await_photos(client: Rentix) -> None:
    """Wait for a while until no listing waits for its photos."""
    deadline = time.monotonic() + _PHOTOS_S
    while next(client.listings.list(status="pending_active"), None):
        if time.monotonic() > deadline:
            say("\nPhotos are still on their way; a page is there once three of its own are.")
            return
        time.sleep(_LOOK_S)  # the sandbox imports in its own process
