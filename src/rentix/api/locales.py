"""The languages that a reader wishes for: `?locale=`, else `Accept-Language` (RFC 9110, 12.5.4)."""

from __future__ import annotations

from rentix.api.call import Call
from rentix.model import LOCALES

_RANGES_MAX = 20


def wished_locales(call: Call) -> tuple[str, ...]:
    """Locales of the portal, the most wished first."""
    if "locale" in call.query:
        return (call.query["locale"],)
    header = call.headers.get(b"accept-language", b"").decode("latin-1")
    if not header:
        return ()
    wishes = [_read_range(part) for part in header.split(",")[:_RANGES_MAX]]
    wishes.sort(key=lambda wish: -wish[1])  # stable: equals stay in the order sent
    return tuple(language for language, weight in wishes if weight > 0 and language in LOCALES)


def _read_range(text: str) -> tuple[str, float]:
    language, *parameters = text.split(";")
    given = dict(parameter.strip().partition("=")[::2] for parameter in parameters)
    try:
        quality = float(given.get("q", "1"))
    except ValueError:
        quality = 0.0
    return language.strip().lower().split("-")[0], quality
