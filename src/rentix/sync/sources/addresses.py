"""Which addresses a secret may be sent to."""

from __future__ import annotations

import httpx2

from rentix.client import SetupError
from rentix.client.access import is_loopback


def check_safe(url: str, what: str) -> None:
    """Refuse http to anything but this machine: a secret would be read on the way."""
    try:
        place = httpx2.URL(url)
    except httpx2.InvalidURL:
        raise SetupError(f"{what} is not an address") from None
    if place.scheme == "https" and place.host:
        return
    if place.scheme == "http" and is_loopback(url):
        return
    raise SetupError(f"{what} must begin with https://, for a secret is sent there")
