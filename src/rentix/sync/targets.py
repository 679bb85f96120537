"""The fields that a roster can fill, and what each of them takes (contract 5)."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from rentix.model import LOCALES

SETTINGS: Final = (
    "settings.contact_phone",
    "settings.contact_whatsapp",
    "settings.contact_viber",
    "settings.contact_telegram",
)
DESCRIPTIONS: Final = ("description", *(f"description.{locale}" for locale in LOCALES))
SOCIALS: Final = ("instagram", "youtube", "tiktok")
TARGETS: Final = (
    "externalId",
    "userId",
    "name",
    "phone",
    *DESCRIPTIONS,
    "avatar",
    *SOCIALS,
    *SETTINGS,
)
"""`userId` is the portal's own id, for a CRM that knows it; the others are members of a PUT."""

IDS: Final = ("externalId", "userId")
CLEARABLE: Final = (*DESCRIPTIONS, "avatar", *SOCIALS)
"""What an empty cell clears when the configuration says `empty = "clear"`."""

PROSE: Final = ("name", *DESCRIPTIONS)
"""Of these a template may leave out a part; an address or a number with a hole is a wrong one."""


def suggest(name: str, known: Sequence[str]) -> str:
    """Return the end of an error: the likeliest name that was meant, and all there are."""
    folded = {each.casefold(): each for each in reversed(known)}
    meant = get_close_matches(name.casefold(), folded, n=1, cutoff=0.5)
    guess = f"; did you mean {folded[meant[0]]!r}?" if meant else "."
    return f"{guess} There are: {', '.join(known[:40])}{', …' if known[40:] else ''}"
