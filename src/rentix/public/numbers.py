"""Numbers, prices and times as people of each language write them."""

from __future__ import annotations

_SPACE = "\u00a0"
_MARKS = {"ro": (".", ","), "ru": (_SPACE, ","), "en": (",", ".")}
_SIGNS = {"EUR": "€", "USD": "$", "MDL": "lei"}


def print_number(number: float, locale: str) -> str:
    """A number with its thousands apart and at most two decimal places: 65.000, 54,5."""
    whole, _, part = f"{number:,.2f}".partition(".")
    return _join(whole, part.rstrip("0"), locale)


def print_price(value: float, currency: str, locale: str) -> str:
    """A price with its currency, and both digits of its cents if it has any: 65.000 €, 450,50 €."""
    whole, _, cents = f"{value:,.2f}".partition(".")
    printed = _join(whole, "" if cents == "00" else cents, locale)
    return f"{printed}{_SPACE}{_SIGNS.get(currency, currency)}"


def _join(whole: str, part: str, locale: str) -> str:
    thousands, decimals = _MARKS[locale]
    printed = whole.replace(",", thousands)
    return f"{printed}{decimals}{part}" if part else printed


def print_area(area: float, locale: str) -> str:
    """An area: 54,5 m²."""
    return f"{print_number(area, locale)}{_SPACE}{'м²' if locale == 'ru' else 'm²'}"


def print_degrees(degrees: float) -> str:
    """A coordinate as addresses of maps have it: no exponent, and to a centimetre."""
    printed = f"{degrees:.7f}".rstrip("0").rstrip(".")
    return "0" if printed == "-0" else printed
