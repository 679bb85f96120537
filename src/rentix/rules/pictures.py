"""Addresses of pictures, as far as their text tells. What they lead to is the fetcher's matter."""

from __future__ import annotations

import ada_url


def picture_url(text: str) -> str:
    """The normalised form (WHATWG URL) of an absolute http or https address.

    Raises:
        ValueError: completes the sentence "avatar.url …".
    """
    try:
        url = ada_url.URL(text)
    except ValueError:
        raise ValueError(_REASON) from None
    if url.protocol not in ("http:", "https:") or not url.hostname:
        raise ValueError(_REASON)
    if url.username or url.password:
        raise ValueError("must not carry a user name or password")
    url.hash = ""
    return url.href


_REASON = "must be an absolute http or https URL, such as https://crm.example/photos/7.jpg"
