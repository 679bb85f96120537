"""A blurhash: a picture's few lowest frequencies in some thirty characters (https://blurha.sh)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

SIDE = 32
"""The hash is made of a picture of this many pixels a side: more do not change it."""

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
_GAMMA_STEP = 0.04045

Colour = tuple[float, float, float]


def blurhash(rgb: bytes, across: int, down: int) -> str:
    """Hash SIDE x SIDE pixels of three bytes each, in sRGB, into `across` x `down` components."""
    first, *others = _components(rgb, across, down)
    peak = max(abs(value) for colour in others for value in colour)
    scale = max(0, min(82, math.floor(peak * 166 - 0.5)))
    parts = [_digits(across - 1 + (down - 1) * 9, 1), _digits(scale, 1), _digits(_mean(first), 4)]
    parts += [_digits(_deviation(colour, (scale + 1) / 166), 2) for colour in others]
    return "".join(parts)


def _components(rgb: bytes, across: int, down: int) -> list[Colour]:
    # First along the rows, then down the columns of what is left: a tenth of the work.
    light = [_to_linear()[byte] for byte in rgb]
    channels = [light[channel::3] for channel in range(3)]
    rows = [
        [
            [_weigh(channel[at : at + SIDE], i) for at in range(0, SIDE * SIDE, SIDE)]
            for i in range(across)
        ]
        for channel in channels
    ]
    found: list[Colour] = []
    for j in range(down):
        for i in range(across):
            norm = (1 if i == j == 0 else 2) / (SIDE * SIDE)
            red, green, blue = (norm * _weigh(channel[i], j) for channel in rows)
            found.append((red, green, blue))
    return found


def _weigh(values: Sequence[float], frequency: int) -> float:
    return math.fsum(map(float.__mul__, values, _wave(frequency)))


@cache
def _wave(frequency: int) -> list[float]:
    return [math.cos(math.pi * frequency * at / SIDE) for at in range(SIDE)]


@cache
def _to_linear() -> list[float]:
    values = [byte / 255 for byte in range(256)]
    return [v / 12.92 if v <= _GAMMA_STEP else ((v + 0.055) / 1.055) ** 2.4 for v in values]


def _to_srgb(value: float) -> int:
    value = max(0.0, min(1.0, value))
    curved = value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055  # noqa: PLR2004 - sRGB's
    return int(curved * 255 + 0.5)


def _mean(colour: Colour) -> int:
    red, green, blue = map(_to_srgb, colour)
    return red << 16 | green << 8 | blue


def _deviation(colour: Colour, peak: float) -> int:
    total = 0
    for value in colour:
        root = math.copysign(math.sqrt(abs(value) / peak), value)
        total = total * 19 + max(0, min(18, math.floor(root * 9 + 9.5)))
    return total


def _digits(value: int, length: int) -> str:
    return "".join(_DIGITS[value // 83**place % 83] for place in reversed(range(length)))
