"""Where pages are, and for whom one is made: what their links are put together of."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec


class Site(msgspec.Struct, frozen=True):
    """What addresses begin with, as visitors see them; `files_path` is before names of files."""

    base: str = ""
    files_path: str = "/media/files/"

    @property
    def prefix(self) -> str:
        """What links within a page begin with: without a host, so that no other is asked."""
        return urlsplit(self.base).path


class Visit(msgspec.Struct, frozen=True):
    """A page's language. It is `chosen` if the visitor picked it, and then links hand it on."""

    site: Site
    locale: str
    chosen: bool = False

    def link(self, path: str) -> str:
        """A link within the pages."""
        return self.site.prefix + (_in_language(path, self.locale) if self.chosen else path)

    def link_in(self, locale: str, path: str) -> str:
        """A link that chooses a language."""
        return self.site.prefix + _in_language(path, locale)

    def plain_link(self, path: str) -> str:
        """A link to what has no language."""
        return self.site.prefix + path

    def address(self, path: str) -> str:
        """A page's whole address, for those who read it elsewhere."""
        return self.site.base + path

    def address_in(self, locale: str, path: str) -> str:
        """The whole address of a page in a language."""
        return self.site.base + _in_language(path, locale)

    def file(self, name: str) -> str:
        """A link to a file of a picture."""
        return self.site.prefix + self.site.files_path + name

    def file_address(self, name: str) -> str:
        """A file's whole address."""
        return self.site.base + self.site.files_path + name


def listing_path(listing_id: int) -> str:
    """Where a listing's page is."""
    return f"/announcement/{listing_id}"


def agent_path(user_id: int, page: int = 1) -> str:
    """Where an agent's page is, or a further page of the agent's listings."""
    return f"/agents/{user_id}" + (f"?page={page}" if page > 1 else "")


def _in_language(path: str, locale: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}locale={locale}"
