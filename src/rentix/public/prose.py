"""What an agent or an agency says of itself, in the page's language or the nearest there is."""

from __future__ import annotations

import msgspec

from rentix.public.wording import paragraphs
from rentix.wire.profiles import choose_text

_LONG = 400


class Prose(msgspec.Struct, frozen=True):
    """A text as paragraphs of lines. `language` is said if it is not the page's.

    One that is `long` would push what is below it off a telephone.
    """

    paragraphs: tuple[tuple[str, ...], ...]
    language: str | None
    long: bool


def prose_of(texts: dict[str, str], locale: str) -> Prose | None:
    """The text for a page in this language; None if nothing is said in any."""
    text = choose_text(texts, (locale,))
    if not text:
        return None
    language = None if locale in texts else next(one for one in texts if texts[one] == text)
    return Prose(paragraphs(text), language, len(text) > _LONG)
