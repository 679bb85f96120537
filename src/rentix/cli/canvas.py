"""A canvas to draw simple pictures on, with nothing but Python, and PNGs of it."""

from __future__ import annotations

import math
import struct
import zlib

_SCALE = 10  # pixels for a unit
WIDTH, HEIGHT = 150, 100  # units


class Canvas:
    """150 units wide and 100 high. Colours are six hex digits; the last drawn is on top."""

    def __init__(self, colour: str) -> None:
        row = bytes.fromhex(colour) * (WIDTH * _SCALE)
        self._rows = [bytearray(row) for _ in range(HEIGHT * _SCALE)]

    def box(self, left: float, top: float, width: float, height: float, colour: str) -> None:
        """Fill a rectangle."""
        self.slope((left, left + width), (left, left + width), top, height, colour)

    def slope(
        self,
        upper: tuple[float, float],
        lower: tuple[float, float],
        top: float,
        height: float,
        colour: str,
    ) -> None:
        """Fill what lies between an upper and a lower edge, each given by its ends."""
        first, count = round(top * _SCALE), max(1, round(height * _SCALE))
        for step in range(count):
            part = step / count
            left = upper[0] + (lower[0] - upper[0]) * part
            right = upper[1] + (lower[1] - upper[1]) * part
            self._span(first + step, left, right, colour)

    def disc(self, x: float, y: float, across: float, down: float, colour: str) -> None:
        """Fill an ellipse about a point, with its two radii."""
        reach = round(down * _SCALE)
        for step in range(-reach, reach + 1):
            half = across * math.sqrt(max(0.0, 1 - (step / reach) ** 2))
            self._span(round(y * _SCALE) + step, x - half, x + half, colour)

    def fade(self, top: float, height: float, upper: str, lower: str) -> None:
        """Fill a band over the whole width that goes from one colour into another."""
        one, other = bytes.fromhex(upper), bytes.fromhex(lower)
        count = round(height * _SCALE)
        for step in range(count):
            mixed = [a + (b - a) * step // count for a, b in zip(one, other, strict=True)]
            self._span(round(top * _SCALE) + step, 0, WIDTH, bytes(mixed).hex())

    def _span(self, row: int, left: float, right: float, colour: str) -> None:
        start = max(0, round(left * _SCALE))
        end = min(WIDTH * _SCALE, round(right * _SCALE))
        if 0 <= row < len(self._rows) and start < end:
            self._rows[row][3 * start : 3 * end] = bytes.fromhex(colour) * (end - start)

    def png(self) -> bytes:
        """The picture."""
        lines = b"".join(b"\0" + row for row in self._rows)
        return print_png(WIDTH * _SCALE, HEIGHT * _SCALE, lines)


def print_png(width: int, height: int, lines: bytes, palette: bytes | None = None) -> bytes:
    """A PNG of lines, each after its filter's byte: three bytes a pixel, or one with a palette."""
    head = struct.pack(">IIBBBBB", width, height, 8, 3 if palette else 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b"")]
    if palette:
        chunks.insert(1, (b"PLTE", palette))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
