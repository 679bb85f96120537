"""Of what a check's own request is."""

from __future__ import annotations

from typing import NamedTuple


class Sample(NamedTuple):
    """An agent, or a listing, of an agency whose key this is."""

    agency_id: int
    key: str
    number: int
