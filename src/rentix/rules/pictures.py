"""Addresses of pictures, as far as their text tells. What they lead to is the fetcher's matter."""

from __future__ import annotations

import re

import ada_url

from rentix.operations import Note

_SCHEMES = ("http:", "https:")
_URL_MAX = 8_192
_NAME_MAX = 253
_LABEL_MAX = 63
# What the URL standard leaves as it is, told at a glance: parsing takes longer than all the rest of
# a listing. No port, no upper case, no number for a host, no segment that begins with a dot.
_PLAIN = re.compile(
    r"https?://(?:[a-z0-9-]{1,63}\.)*[a-z][a-z0-9-]{0,62}"
    r"/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*/)*(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*)?"
    r"(?:\?[A-Za-z0-9=&._~-]+)?"
)


def picture_url(text: str) -> str:
    """The normalised form (WHATWG URL) of an absolute http or https address.

    Raises:
        ValueError: completes the sentence "avatar.url …".
    """
    return text if is_plain(text) else read_picture_url(text).href


def is_plain(text: str) -> bool:
    """Whether an address is in its normal form, told at a glance; nearly all are."""
    return len(text) <= _NAME_MAX and bool(_PLAIN.fullmatch(text)) and "xn--" not in text


def read_picture_url(text: str, against: str | None = None) -> ada_url.URL:
    """A URL that a picture may be fetched from; `against` is what a relative one belongs to.

    What is stored and what is fetched pass this one rule, as does where a redirect leads.

    Raises:
        ValueError: completes the sentence "avatar.url …".
    """
    if len(text) > _URL_MAX:
        raise ValueError(_TOO_LONG)
    try:
        url = ada_url.URL(text, against)
    except ValueError:
        raise ValueError(_REASON) from None
    # Any port: the address rule is what keeps the inside closed, CRMs do serve pictures on odd
    # ports, and no protocol takes harm from a GET whose every byte is ours or percent-encoded.
    if url.protocol not in _SCHEMES or not url.hostname:
        raise ValueError(_REASON)
    if url.username or url.password:
        raise ValueError("must not carry a user name or password")
    if url.host_type == ada_url.HostType.DEFAULT and not _is_name(url.hostname):
        raise ValueError("must name a host of the DNS: 1 to 63 characters between dots, 253 in all")
    url.hash = ""
    if len(url.href) > _URL_MAX:
        raise ValueError(_TOO_LONG)
    return url


def imports_off_note(field: str) -> Note:
    """What is said of a picture's address where nothing is imported."""
    message = "pictures are not imported on this server now; this one waits until they are"
    return Note(field, "imports_off", message)


def _is_name(host: str) -> bool:
    name = host.removesuffix(".")
    labels = name.split(".")
    return len(name) <= _NAME_MAX and all(0 < len(label) <= _LABEL_MAX for label in labels)


_REASON = "must be an absolute http or https URL, such as https://crm.example/photos/7.jpg"
_TOO_LONG = f"must have at most {_URL_MAX:,} characters, percent-encoded"
