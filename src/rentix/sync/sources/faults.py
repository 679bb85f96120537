"""What is wrong with a roster as a whole."""

from __future__ import annotations

from rentix.client import SetupError


class HalfRead(SetupError):
    """A roster that ends midway: half a file must not look like half the agents having left."""
