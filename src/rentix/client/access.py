"""What opens the portal: its address and a key, checked before anything is sent."""

from __future__ import annotations

from typing import Final

import httpx2

from rentix.client.errors import SetupError

PREFIX: Final = "/api/v1"
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def read_base_url(text: str) -> str:
    """Return an address without its `/api/v1` and closing slashes, or raise SetupError."""
    try:
        url = httpx2.URL(text.strip())
    except httpx2.InvalidURL as fault:
        raise SetupError(f"the address {text!r} is not a URL: {fault}") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise SetupError(
            f"the address {text!r} must begin with http:// or https:// and name a host"
        )
    if url.userinfo or url.query or url.fragment:
        raise SetupError("the address must hold no user, password, query or fragment")
    return str(url).rstrip("/").removesuffix(PREFIX).rstrip("/")


def checked_key(api_key: str) -> str:
    """Return the key without the blanks around it; never repeat it in an error."""
    key = api_key.strip()
    # httpx quotes a header that it cannot send, so an unsendable key has to stop here.
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise SetupError("the API key is empty or holds characters that no key has; copy it again")
    return key


def is_loopback(base_url: str) -> bool:
    """Whether an address is this machine's own."""
    return httpx2.URL(base_url).host in LOOPBACK
