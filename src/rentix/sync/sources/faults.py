"""What is wrong with a roster as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from rentix.client import SetupError


class HalfRead(SetupError):
    """A roster that ends midway or is empty: that must not look like agents having left.

    `limit` is its name among the limits that stop a plan.
    """

    limit: ClassVar[str] = "half_read"


class Empty(HalfRead):
    """A roster without agents."""

    limit = "empty"


class SeveralArrays(SetupError):
    """A JSON document with arrays of which nobody has said which are the agents.

    `arrays` are their dotted paths, and `path` is where the document lies.
    """

    def __init__(self, path: Path, arrays: tuple[str, ...], name: object) -> None:
        self.path = path
        self.arrays = arrays
        super().__init__(
            f"{name} holds several arrays; say which are the agents: [source] items = "
            f'"{arrays[0]}". There are: {", ".join(arrays[:40])}'
        )


def cut_short(name: object, why: str) -> HalfRead:
    """Return the refusal of a roster that ends midway."""
    return HalfRead(
        f"{name} seems to end midway: {why}. Nothing was done; write it or fetch it once more"
    )


def no_rows(name: object) -> Empty:
    """Return the refusal of a roster without agents."""
    return Empty(f"{name} holds no agents, which is taken for a mistake. Nothing was done")
