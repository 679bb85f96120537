"""One address for a profile on Instagram, YouTube or TikTok, however it is written (contract 5).

Handle, ``@handle``, bare domain or URL in; canonical URL out. Upper and lower case stay as written.
"""

from __future__ import annotations

import re
from typing import Literal
from unicodedata import normalize
from urllib.parse import quote, unquote

import ada_url
import msgspec

Network = Literal["instagram", "youtube", "tiktok"]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_WEB = {"http:", "https:"}
_HOSTS = frozenset(
    {"facebook.com", "fb.com", "linkedin.com", "ok.ru", "t.me", "threads.net", "twitter.com"}
    | {"instagram.com", "tiktok.com", "vk.com", "wa.me", "x.com", "youtu.be", "youtube.com"}
)
"""A handle may look like a domain (``casa.md``); these are taken for hosts, never for handles."""


class _Site(msgspec.Struct, frozen=True):
    domain: str
    handle: re.Pattern[str]
    mark: str
    """What a handle stands behind in an address."""
    bare: str
    """What a name without an @ stands behind in an address."""
    pages: frozenset[str]
    """First parts of paths, in lower case, that are no profile."""
    folders: dict[str, re.Pattern[str]] = {}
    """First parts of paths behind which a profile has another name than its handle."""


_SITES: dict[Network, _Site] = {
    "instagram": _Site(
        domain="instagram.com",
        handle=re.compile(r"(?!\.)(?!.*\.\.)[A-Za-z0-9._]{1,30}(?<!\.)"),
        mark="",
        bare="",
        pages=frozenset({"about", "accounts", "direct", "explore", "p", "reel", "reels"})
        | {"stories", "tv"},
    ),
    "youtube": _Site(
        domain="youtube.com",
        handle=re.compile(r"(?!\.)[\w.·-]{3,30}(?<!\.)"),
        mark="@",
        bare="c/",
        pages=frozenset({"clip", "embed", "feed", "gaming", "hashtag", "live", "playlist"})
        | {"post", "premium", "redirect", "results", "shorts", "watch", "channel", "user"},
        folders={
            "channel": re.compile(r"UC[A-Za-z0-9_-]{22}"),
            "c": re.compile(r"(?!\.)[\w.·-]{1,100}"),
            "user": re.compile(r"(?!\.)[\w.-]{1,100}"),
        },
    ),
    "tiktok": _Site(
        domain="tiktok.com",
        handle=re.compile(r"[A-Za-z0-9._]{1,24}(?<!\.)"),
        mark="@",
        bare="@",
        pages=frozenset({"about", "discover", "embed", "explore", "following", "foryou", "legal"})
        | {"live", "music", "search", "t", "tag", "upload", "video"},
    ),
}


def canonical_social(network: Network, text: str) -> str:
    """Give the address of the profile that `text` means, such as ``https://www.tiktok.com/@ana``.

    What follows the profile in an address (query, fragment, a tab) is dropped. Raises ValueError,
    worded to complete "<field> ", for another host and for what is no profile. The result given in
    again comes out the same.
    """
    site = _SITES[network]
    if _is_canonical(site, text):
        return text
    text = normalize("NFC", text).strip()
    handle = text.removeprefix("@")
    is_host = text.lower() in _HOSTS or text.lower().startswith("www.")
    if not is_host and _is_handle(site, handle):
        return _address(site, site.mark + handle)
    return _address(site, _find_profile(site, _read_path(site, text)))


def _is_canonical(site: _Site, text: str) -> bool:
    """Whether it is a handle's address already, told at a glance; False says nothing."""
    start = f"https://www.{site.domain}/{site.mark}"
    return text.isascii() and text.startswith(start) and _is_handle(site, text[len(start) :])


def _is_handle(site: _Site, name: str) -> bool:
    # Where nothing marks a handle in an address, one named as a page would lead to the page.
    reachable = bool(site.mark) or name.lower() not in site.pages
    return reachable and bool(site.handle.fullmatch(name))


def _address(site: _Site, path: str) -> str:
    return f"https://www.{site.domain}/" + quote(path, safe="/@._-")


def _read_path(site: _Site, text: str) -> list[str]:
    """Read the parts of an address's path, making sure that it is plainly one on the site."""
    refusal = f"must be a handle or an address on {site.domain}"
    if not _SCHEME.match(text):
        text = "https://" + text.removeprefix("//")
    try:
        url = ada_url.URL(text)
        path = normalize("NFC", unquote(url.pathname, errors="strict"))
    except ValueError:
        raise ValueError(refusal) from None
    if url.protocol not in _WEB or url.hostname not in _hosts(site):
        raise ValueError(refusal)
    if url.username or url.password or url.port:
        raise ValueError(f"{refusal}, without a user name, password or port")
    return [part for part in path.split("/") if part]


def _hosts(site: _Site) -> set[str]:
    return {site.domain, f"www.{site.domain}", f"m.{site.domain}"}


def _find_profile(site: _Site, parts: list[str]) -> str:
    match parts:
        case [folder, name, *_] if folder in site.folders:
            if site.folders[folder].fullmatch(name):
                return f"{folder}/{name}"
        case [name, *_] if name.startswith("@") and _is_handle(site, name[1:]):
            return site.mark + name[1:]
        case [name, *_] if site.handle.fullmatch(name) and name.lower() not in site.pages:
            return site.bare + name
    raise ValueError(f"must name a profile, such as https://www.{site.domain}/{site.mark}name")
