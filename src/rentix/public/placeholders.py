"""Blurhashes as pictures (https://blurha.sh): what is shown until the photo has come."""

from __future__ import annotations

import math
import struct
import zlib
from base64 import b64encode
from collections.abc import Sequence
from functools import cache, lru_cache

_LONG, _SHORT = 8, 6
"""Pixels a side: browsers smooth them, and there is hardly more than that in a hash."""

_CACHE_SIZE = 4096
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
_HEAD = 6  # characters before those of the components

Colour = tuple[float, float, float]


@lru_cache(maxsize=_CACHE_SIZE)
def placeholder_url(blurhash: str) -> str | None:
    """A PNG of a few pixels as a `data:` address; None for what is no blurhash."""
    shape = _shape(blurhash)
    if shape is None:
        return None
    across, down = shape
    width, height = (_LONG, _SHORT) if across >= down else (_SHORT, _LONG)
    pixels = decode_blurhash(blurhash, width, height)
    return "data:image/png;base64," + b64encode(_print_png(pixels, width, height)).decode()


def decode_blurhash(blurhash: str, width: int, height: int) -> bytes:
    """A blurhash as pixels of three bytes each, row by row."""
    across = _VALUES[blurhash[0]] % 9 + 1
    peak = (_VALUES[blurhash[1]] + 1) / 166
    colours = [_mean(_read(blurhash[2:_HEAD]))]
    colours += [
        _deviation(_read(blurhash[at : at + 2]), peak) for at in range(_HEAD, len(blurhash), 2)
    ]
    # First along the rows, then down the columns: a third of the work.
    rows = [
        _mix(colours[at : at + across], waves)
        for waves in _waves(across, width)
        for at in range(0, len(colours), across)
    ]
    down = len(colours) // across
    columns = [rows[at : at + down] for at in range(0, len(rows), down)]
    return bytes(
        _to_srgb(light)
        for waves in _waves(down, height)
        for column in columns
        for light in _mix(column, waves)
    )


def _shape(blurhash: str) -> tuple[int, int] | None:
    """How many components it has across and down; None if it is no blurhash."""
    if len(blurhash) < _HEAD or not set(blurhash) <= _VALUES.keys():
        return None
    across, down = _VALUES[blurhash[0]] % 9 + 1, _VALUES[blurhash[0]] // 9 + 1
    return (across, down) if len(blurhash) == _HEAD + 2 * (across * down - 1) else None


def _mix(colours: Sequence[Colour], waves: Sequence[float]) -> Colour:
    red, green, blue = (
        math.fsum(map(float.__mul__, channel, waves)) for channel in zip(*colours, strict=True)
    )
    return red, green, blue


@cache
def _waves(count: int, length: int) -> list[list[float]]:
    return [
        [math.cos(math.pi * wave * (place + 0.5) / length) for wave in range(count)]
        for place in range(length)
    ]


def _read(text: str) -> int:
    value = 0
    for digit in text:
        value = value * 83 + _VALUES[digit]
    return value


def _mean(value: int) -> Colour:
    red, green, blue = (_to_linear(value >> shift & 255) for shift in (16, 8, 0))
    return red, green, blue


def _deviation(value: int, peak: float) -> Colour:
    roots = (value // 361 - 9, value // 19 % 19 - 9, value % 19 - 9)
    red, green, blue = (math.copysign((root / 9) ** 2, root) * peak for root in roots)
    return red, green, blue


def _to_linear(byte: int) -> float:
    value = byte / 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB's


def _to_srgb(value: float) -> int:
    value = max(0.0, min(1.0, value))
    curved = value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055  # noqa: PLR2004 - sRGB's
    return int(curved * 255 + 0.5)


def _print_png(pixels: bytes, width: int, height: int) -> bytes:
    lines = b"".join(b"\0" + pixels[at : at + 3 * width] for at in range(0, len(pixels), 3 * width))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
