"""Photos for the demo: homes that do not exist, drawn when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from rentix.cli.canvas import HEIGHT, WIDTH, Canvas


class Paint(NamedTuple):
    """The colours of a home."""

    wall: str
    shade: str
    cloth: str
    accent: str


_PAINTS = (
    Paint("e9dfcd", "d9ccb4", "3f6c66", "c98a4b"),
    Paint("dde5e6", "c6d2d4", "b5654a", "3f6c8c"),
    Paint("efe2da", "dfccc0", "5a6f9b", "8a9b5a"),
    Paint("e3e6d8", "cfd5bf", "7d5a80", "d0a24c"),
)
_WOOD, _DARK_WOOD, _SNOW, _INK, _GLASS = "b48a5e", "8d6a47", "f7f5f0", "2e3a3a", "a9cfe4"
_FLOOR = 68  # where the wall ends


def draw_scene(name: str, number: int) -> bytes | None:
    """A PNG of a scene in the colours of a home; None if there is no such scene."""
    drawer = _SCENES.get(name)
    return drawer(_PAINTS[number % len(_PAINTS)]).png() if drawer else None


def _outside(ground: str) -> Canvas:
    canvas = Canvas(ground)
    canvas.fade(0, 74, "7db4dc", "f3e6d0")
    canvas.disc(122, 18, 7, 7, "fdf3c8")
    canvas.disc(30, 22, 14, 3.4, "f4f4f0")
    canvas.disc(42, 25, 12, 2.8, "f4f4f0")
    canvas.slope((0, 60), (0, 110), 62, 12, "9db79a")
    canvas.slope((80, WIDTH), (40, WIDTH), 64, 10, "8aa98a")
    return canvas


def _tree(canvas: Canvas, x: float, ground: float, size: float) -> None:
    canvas.box(x - size / 9, ground - size, size / 4.5, size, _DARK_WOOD)
    canvas.disc(x, ground - size * 1.15, size * 0.55, size * 0.62, "557f55")
    canvas.disc(x + size * 0.18, ground - size * 1.3, size * 0.36, size * 0.4, "6b9464")


def _pane(canvas: Canvas, left: float, top: float, width: float, height: float) -> None:
    canvas.box(left - 1, top - 1, width + 2, height + 2, _SNOW)
    canvas.box(left, top, width, height, _GLASS)
    canvas.slope(
        (left + width * 0.55, left + width * 0.85),
        (left + width * 0.15, left + width * 0.45),
        top,
        height,
        "bfdfee",
    )
    canvas.box(left + width / 2 - 0.4, top, 0.8, height, _SNOW)


def _house(paint: Paint) -> Canvas:
    canvas = _outside("87ab72")
    _tree(canvas, 22, 78, 26)
    canvas.box(40, 44, 72, 36, paint.wall)
    canvas.box(40, 76, 72, 4, paint.shade)
    canvas.slope((50, 102), (34, 118), 26, 19, paint.cloth)
    canvas.box(94, 20, 7, 12, paint.shade)
    _pane(canvas, 47, 52, 16, 14)
    _pane(canvas, 89, 52, 16, 14)
    canvas.box(70, 54, 13, 26, _DARK_WOOD)
    canvas.disc(80.5, 68, 0.8, 0.8, "e8c46a")
    canvas.slope((70, 83), (60, 96), 80, 20, "d8cdb8")
    _tree(canvas, 132, 84, 18)
    return canvas


def _block(paint: Paint) -> Canvas:
    canvas = _outside("9fae8d")
    canvas.box(30, 12, 84, 70, paint.wall)
    canvas.box(108, 12, 6, 70, paint.shade)
    canvas.box(28, 10, 88, 3, paint.cloth)
    for floor in range(4):
        for column in range(4):
            left, top = 37 + column * 18, 18 + floor * 15
            if (floor, column) != (3, 1):
                _pane(canvas, left, top, 11, 9)
                canvas.box(left - 2, top + 10, 15, 1, paint.cloth)
    canvas.box(54, 62, 13, 20, _DARK_WOOD)
    canvas.box(51, 60, 19, 2, paint.cloth)
    canvas.box(0, 82, WIDTH, 5, "c9c6bd")
    canvas.box(0, 87, WIDTH, 13, "6f7678")
    for dash in range(0, WIDTH, 20):
        canvas.box(dash, 93, 10, 0.8, _SNOW)
    _tree(canvas, 16, 83, 28)
    _tree(canvas, 130, 83, 22)
    return canvas


def _inside(paint: Paint) -> Canvas:
    canvas = Canvas(_WOOD)
    canvas.fade(0, _FLOOR, paint.wall, paint.shade)
    for plank in range(5):
        canvas.box(0, _FLOOR + 5 + plank * plank * 1.4, WIDTH, 0.35, _DARK_WOOD)
    canvas.box(0, _FLOOR - 3, WIDTH, 3, _SNOW)
    return canvas


def _view(canvas: Canvas, left: float, top: float, width: float, height: float) -> None:
    _pane(canvas, left, top, width, height)
    canvas.slope(
        (left, left + width * 0.5), (left, left + width), top + height * 0.7, height * 0.3, "9dbb94"
    )
    canvas.box(left + width / 2 - 0.4, top, 0.8, height, _SNOW)
    canvas.box(left - 2, top + height + 1, width + 4, 1.6, _SNOW)


def _room(paint: Paint) -> Canvas:
    canvas = _inside(paint)
    _view(canvas, 14, 12, 36, 34)
    canvas.slope((8, 16), (8, 12), 8, 46, paint.accent)
    canvas.slope((48, 56), (52, 56), 8, 46, paint.accent)
    canvas.box(6, 7, 52, 1.4, _DARK_WOOD)
    canvas.box(84, 14, 30, 20, _DARK_WOOD)
    canvas.box(85.5, 15.5, 27, 17, _SNOW)
    canvas.disc(99, 24, 7, 5.5, paint.accent)
    canvas.disc(92, 28, 4, 3, paint.cloth)
    canvas.slope((36, 120), (22, 134), 84, 12, paint.shade)
    canvas.box(70, 46, 58, 18, paint.cloth)
    canvas.disc(74, 47, 6, 4, paint.cloth)
    canvas.disc(124, 47, 6, 4, paint.cloth)
    canvas.box(64, 56, 9, 22, paint.cloth)
    canvas.box(125, 56, 9, 22, paint.cloth)
    canvas.box(73, 62, 52, 3, _INK)
    canvas.box(73, 63, 52, 15, paint.cloth)
    canvas.box(78, 50, 13, 12, paint.accent)
    canvas.box(67, 78, 4, 4, _INK)
    canvas.box(127, 78, 4, 4, _INK)
    canvas.disc(46, 82, 15, 4, _DARK_WOOD)
    canvas.box(44.6, 83, 2.8, 9, _DARK_WOOD)
    return canvas


def _kitchen(paint: Paint) -> Canvas:
    canvas = _inside(paint)
    canvas.box(0, 34, WIDTH, 14, _SNOW)
    for tile in range(0, WIDTH, 10):
        canvas.box(tile, 34, 0.4, 14, paint.shade)
    _view(canvas, 62, 8, 30, 24)
    for left in (8, 26, 100):
        canvas.box(left, 8, 17, 22, paint.cloth)
        canvas.box(left + 14, 17, 0.8, 5, _SNOW)
    canvas.box(0, 48, 122, 3, _DARK_WOOD)
    for left in range(2, 120, 20):
        canvas.box(left, 51, 19, 26, paint.cloth)
        canvas.box(left + 5, 54, 9, 0.8, _SNOW)
    canvas.box(0, 77, 122, 3, _INK)
    canvas.box(82, 51, 19, 26, "c9cdcd")
    canvas.box(84, 58, 15, 14, _INK)
    canvas.box(76, 36, 1.2, 12, "9aa3a5")
    canvas.box(70, 36, 7, 1.2, "9aa3a5")
    canvas.box(122, 8, 26, 72, "e4e7e6")
    canvas.box(122, 34, 26, 0.8, "aeb6b6")
    canvas.box(125, 20, 1.2, 11, "8b9495")
    canvas.box(125, 38, 1.2, 16, "8b9495")
    canvas.disc(20, 45, 5, 3, paint.accent)
    return canvas


def _bedroom(paint: Paint) -> Canvas:
    canvas = _inside(paint)
    _view(canvas, 104, 12, 30, 32)
    canvas.box(26, 34, 66, 30, _DARK_WOOD)
    canvas.box(30, 58, 58, 12, _SNOW)
    canvas.disc(44, 57, 11, 4.5, _SNOW)
    canvas.disc(74, 57, 11, 4.5, _SNOW)
    canvas.slope((30, 88), (24, 94), 64, 22, paint.cloth)
    canvas.slope((29, 89), (28, 90), 64, 5, _SNOW)
    canvas.box(24, 86, 70, 4, _DARK_WOOD)
    canvas.box(6, 62, 14, 18, _DARK_WOOD)
    canvas.box(8, 68, 10, 0.8, _SNOW)
    canvas.box(12.4, 52, 1.2, 10, _INK)
    canvas.slope((10, 16), (7, 19), 44, 9, paint.accent)
    canvas.box(50, 10, 18, 14, _DARK_WOOD)
    canvas.box(51.2, 11.2, 15.6, 11.6, paint.accent)
    canvas.slope((58, 60), (52, 66), 15, HEIGHT * 0.075, paint.cloth)
    return canvas


_SCENES: Final[dict[str, Callable[[Paint], Canvas]]] = {
    "house": _house,
    "block": _block,
    "room": _room,
    "kitchen": _kitchen,
    "bedroom": _bedroom,
}
