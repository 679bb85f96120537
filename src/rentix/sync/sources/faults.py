"""What is wrong with a roster as a whole."""

from __future__ import annotations

from rentix.client import SetupError


class HalfRead(SetupError):
    """A roster that ends midway or is empty: that must not look like agents having left."""


def cut_short(name: object, why: str) -> HalfRead:
    """Return the refusal of a roster that ends midway."""
    return HalfRead(
        f"{name} seems to end midway: {why}. Nothing was done; write it or fetch it once more"
    )


def no_rows(name: object) -> HalfRead:
    """Return the refusal of a roster without agents."""
    return HalfRead(f"{name} holds no agents, which is taken for a mistake. Nothing was done")
