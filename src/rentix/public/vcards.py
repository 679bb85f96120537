"""An agent as a vCard 4.0 (RFC 6350): what a telephone takes into its address book."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from unicodedata import combining, normalize

from rentix.model import User
from rentix.public.texts import TEXTS
from rentix.public.visit import Visit, agent_path
from rentix.rules.search import CYRILLIC
from rentix.views import AgentView, Contact
from rentix.wire.profiles import choose_text

_LINE_BYTES = 75
_ESCAPES = {ord("\\"): "\\\\", ord(","): "\\,", ord(";"): "\\;", ord("\n"): "\\n", ord("\r"): ""}
_FILE_NAME_MAX = 60
_WORD = re.compile("[a-z0-9]+")


def print_vcard(view: AgentView, contact: Contact, visit: Visit) -> bytes:
    """The card, with the channels of `contact` and no other."""
    return b"".join(fold(line) for line in _lines(view, contact, visit))


def file_name(user: User) -> str:
    """What it is saved as: ana-rusu.vcf."""
    letters = normalize("NFKD", user.name.lower())
    latin = "".join(CYRILLIC.get(letter, letter) for letter in letters if not combining(letter))
    words = "-".join(_WORD.findall(latin))[:_FILE_NAME_MAX]
    return f"{words or f'agent-{user.id}'}.vcf"


def _lines(view: AgentView, contact: Contact, visit: Visit) -> Iterator[str]:
    user = view.user
    yield from ("BEGIN:VCARD", "VERSION:4.0", "KIND:individual", f"FN:{escape(user.name)}")
    # Which word is the family's name is not known, and a wrong guess would be kept for years.
    yield f"N:;{escape(user.name)};;;"
    yield f"ORG:{escape(view.agency.name)}"
    yield f"TITLE:{escape(TEXTS[visit.locale]['agent'])}"
    yield from _channels(contact)
    for url in (user.instagram, user.youtube, user.tiktok):
        if url:
            yield f"URL:{url}"
    yield from _portrait(user, visit)
    if text := choose_text(user.descriptions, (visit.locale,)):
        yield f"NOTE:{escape(text)}"
    if visit.site.base:  # else there is no address that would mean anything elsewhere
        page = visit.address(agent_path(user.id))
        yield from (f"URL;TYPE=work:{page}", f"SOURCE:{page}.vcf", f"UID:{page}")
    changed = datetime.fromtimestamp(user.updated_ms // 1000, UTC)
    yield f"REV:{changed:%Y%m%dT%H%M%SZ}"
    yield "END:VCARD"


def _channels(contact: Contact) -> Iterator[str]:
    for channel in contact.channels:
        if channel.kind == "phone":
            yield f'TEL;VALUE=uri;PREF=1;TYPE="voice,work":{channel.url}'
        else:
            yield f"IMPP:{channel.url}"


def _portrait(user: User, visit: Visit) -> Iterator[str]:
    if user.avatar and user.avatar.variants and visit.site.base:
        file = visit.file_address(user.avatar.variants[-1].file)
        yield f"PHOTO;MEDIATYPE=image/webp:{file}"


def escape(text: str) -> str:
    """Text as a value (RFC 6350, 3.4)."""
    return text.translate(_ESCAPES)


def fold(line: str) -> bytes:
    """A line of at most 75 octets, and what is left of it on lines that begin with a space.

    No character is torn in two (RFC 6350, 3.2).
    """
    folded, room = b"", _LINE_BYTES
    for character in line:
        octets = character.encode()
        if len(octets) > room:
            folded += b"\r\n "
            room = _LINE_BYTES - 1
        folded += octets
        room -= len(octets)
    return folded + b"\r\n"
