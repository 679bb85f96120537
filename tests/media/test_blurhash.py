"""The hash is the one that others compute."""

from __future__ import annotations

from rentix.media.decode.blurhash import SIDE, blurhash


def test_what_the_reference_gives() -> None:
    ramps = bytes(v for y in range(SIDE) for x in range(SIDE) for v in (x * 8, y * 8, 128))
    assert blurhash(ramps, 4, 3) == "LxH2cX2swxX8l}WDjte;gJfjfQfj"  # by the package blurhash 1.1.5


def test_black() -> None:
    assert blurhash(bytes(SIDE * SIDE * 3), 4, 3) == "L00000fQfQfQfQfQfQfQfQfQfQfQ"
