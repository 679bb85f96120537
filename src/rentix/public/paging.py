"""An agent's listings page by page: which are shown, of how many, and where the others are."""

from __future__ import annotations

import msgspec

from rentix.public.numbers import print_number
from rentix.public.visit import Visit, agent_path
from rentix.views import PUBLIC_LISTINGS, AgentView

_TEENS = range(1, 20)


class Paging(msgspec.Struct, frozen=True):
    """What is shown, in words, and links to the pages beside it, where there are any."""

    shown: str
    before: str | None
    after: str | None


def paging_of(view: AgentView, visit: Visit) -> Paging | None:
    """The way through an agent's listings; None if all of them are on one page."""
    if view.total <= PUBLIC_LISTINGS:
        return None
    last = view.page * PUBLIC_LISTINGS >= view.total

    def link(page: int) -> str:
        return visit.link(agent_path(view.user.id, page))

    return Paging(
        print_shown(view.page, view.total, visit.locale),
        link(view.page - 1) if view.page > 1 else None,
        None if last else link(view.page + 1),
    )


def print_shown(page: int, total: int, locale: str) -> str:
    """Which listings a page shows: 61–120 din 140 de anunțuri."""
    first, last = (page - 1) * PUBLIC_LISTINGS + 1, min(page * PUBLIC_LISTINGS, total)
    numbers = [print_number(number, locale) for number in (first, last, total)]
    span = numbers[0] if first == last else f"{numbers[0]}–{numbers[1]}"
    return f"{span} {_OF[locale]} {numbers[2]} {_NOUNS[locale](total)}"


def _romanian(count: int) -> str:
    return "anunțuri" if count % 100 in _TEENS else "de anunțuri"


def _russian(count: int) -> str:  # the genitive, for it comes after `из`
    return "объявления" if count % 10 == 1 and count % 100 != 11 else "объявлений"  # noqa: PLR2004


def _english(_: int) -> str:
    return "listings"


_OF = {"ro": "din", "ru": "из", "en": "of"}
_NOUNS = {"ro": _romanian, "ru": _russian, "en": _english}
