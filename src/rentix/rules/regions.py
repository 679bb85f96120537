"""Countries that numbers can be read in."""

from __future__ import annotations

import phonenumbers


def is_region(region: str) -> bool:
    """Whether `region` is a country code (ISO 3166, upper case) of the numbering plans."""
    return region in phonenumbers.SUPPORTED_REGIONS
