"""The numbers in a CRM's value: all of them, for a person may be known by any."""

from __future__ import annotations

from rentix.model import Phone
from rentix.rules.phones import read_phones


def phones_in(text: str | None, region: str) -> tuple[Phone, ...]:
    """Read every valid number, the one that the portal would take first."""
    if not text:
        return ()
    reading = read_phones(text, region)
    others = (read_phones(other, region).phone for other in reading.others)
    return tuple(phone for phone in (reading.phone, *others) if phone)
