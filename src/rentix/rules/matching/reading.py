"""The numbers in a CRM's value: all of them, for a person may be known by any."""

from __future__ import annotations

from typing import Final

from rentix.model import Phone
from rentix.rules.phones import read_phones

_MOST: Final = 5


def phones_in(text: str | None, region: str) -> tuple[Phone, ...]:
    """Read up to five valid numbers, the one that the portal would take first."""
    if not text:
        return ()
    reading = read_phones(text, region)
    others = (read_phones(other, region).phone for other in reading.others[: _MOST - 1])
    return tuple(phone for phone in (reading.phone, *others) if phone)
