"""Addresses of pictures, as far as their text tells. What they lead to is the fetcher's matter."""

from __future__ import annotations

import re

import ada_url

# What the URL standard leaves as it is, told at a glance: parsing takes longer than all the rest of
# a listing. No port, no upper case, no number for a host, no segment that begins with a dot.
_PLAIN = re.compile(
    r"https?://(?:[a-z0-9-]+\.)*[a-z][a-z0-9-]*"
    r"/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*/)*(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*)?"
    r"(?:\?[A-Za-z0-9=&._~-]+)?"
)


def picture_url(text: str) -> str:
    """The normalised form (WHATWG URL) of an absolute http or https address.

    Raises:
        ValueError: completes the sentence "avatar.url …".
    """
    if _PLAIN.fullmatch(text) and "xn--" not in text:
        return text
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
