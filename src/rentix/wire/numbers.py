"""Phone numbers as the wire spells them: libphonenumber's INTERNATIONAL form (contract 5)."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberFormat


@lru_cache(4096)
def print_phone(e164: str) -> str:
    """`+37322123456` → `+373 22 123 456`."""
    return phonenumbers.format_number(phonenumbers.parse(e164), PhoneNumberFormat.INTERNATIONAL)
