"""Pictures of houses, rooms and people that do not exist, drawn when a test asks for them."""

from __future__ import annotations

from typing import Any

import pyvips

from rentix.media.blobs import Blobs
from rentix.media.blobs.keys import blob_key, name_of_key
from rentix.media.decode.blurhash import SIDE, blurhash
from rentix.model import Picture, Variant

SIZES = (128, 512, 1024)

_WINDOW = '<g transform="translate({x} {y})"><rect width="{w}" height="{h}" fill="{frame}"/>' + (
    '<rect x="5" y="5" width="{iw}" height="{ih}" fill="{pane}"/>'
    '<rect x="{mid}" y="5" width="4" height="{ih}" fill="{frame}"/></g>'
)


def _window(x: int, y: int, w: int, h: int, pane: str, frame: str = "#fff") -> str:
    return _WINDOW.format(
        x=x, y=y, w=w, h=h, pane=pane, frame=frame, iw=w - 10, ih=h - 10, mid=w // 2 - 2
    )


def _svg(width: int, height: int, body: str) -> bytes:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">{body}</svg>'
    ).encode()


def _fade(name: str, top: str, bottom: str) -> str:
    return (
        f'<linearGradient id="{name}" x2="0" y2="1"><stop stop-color="{top}"/>'
        f'<stop offset="1" stop-color="{bottom}"/></linearGradient>'
    )


def block(wall: str = "#d9b48f", sky: tuple[str, str] = ("#7fb2d6", "#f6e3c8")) -> bytes:
    """Draw a block of flats behind trees."""
    windows = "".join(
        _window(402 + 118 * column, 132 + 112 * row, 78, 74, "#fbe6a8" if (row + column) % 5 == 1 else "#6f93a8")
        for row in range(5)
        for column in range(4)
    )
    balconies = "".join(
        f'<rect x="{394 + 236 * n}" y="{190 + 112 * row}" width="94" height="26" fill="#00000026"/>'
        for row in range(5)
        for n in range(2)
    )
    trees = "".join(
        f'<ellipse cx="{x}" cy="{y}" rx="{r}" ry="{r * 1.15}" fill="{fill}"/>'
        f'<rect x="{x - 6}" y="{y + r * 0.8}" width="12" height="120" fill="#5a4a3c"/>'
        for x, y, r, fill in (
            (130, 560, 95, "#5d8a58"), (262, 610, 70, "#6f9c5f"),
            (1010, 590, 88, "#527d55"), (1130, 560, 100, "#6a9460"),
        )
    )  # fmt: skip
    return _svg(
        1200,
        800,
        f'<defs>{_fade("s", *sky)}{_fade("w", wall, "#c79d78")}</defs>'
        f'<rect width="1200" height="800" fill="url(#s)"/><circle cx="210" cy="170" r="58" fill="#fff6da"/>'
        f'<path d="M0 560 L180 500 400 560 700 480 1200 560V800H0Z" fill="#b9c9b2"/>'
        f'<rect x="360" y="90" width="520" height="640" fill="url(#w)"/>'
        f'<rect x="345" y="76" width="550" height="22" fill="#8d6a52"/>{windows}{balconies}'
        f'<rect x="588" y="690" width="64" height="80" fill="#4c3b30"/>{trees}'
        f'<rect y="724" width="1200" height="76" fill="#8f9a86"/>',
    )


def room(wall: str, floor: str, sofa: str, view: str = "#a9d0e6") -> bytes:
    """Draw a living room."""
    return _svg(
        1200,
        800,
        f'<defs>{_fade("w", wall, "#ffffff")}{_fade("f", floor, "#6b4d35")}</defs>'
        f'<rect width="1200" height="800" fill="url(#w)"/><path d="M0 590H1200V800H0Z" fill="url(#f)"/>'
        f"{_window(700, 110, 330, 320, view)}"
        f'<path d="M672 90h60v380h-60zM998 90h60v380h-60z" fill="#ffffffb0"/>'
        f'<ellipse cx="480" cy="700" rx="420" ry="56" fill="#00000018"/>'
        f'<rect x="170" y="420" width="470" height="150" rx="34" fill="{sofa}"/>'
        f'<rect x="130" y="480" width="90" height="170" rx="34" fill="{sofa}"/>'
        f'<rect x="590" y="480" width="90" height="170" rx="34" fill="{sofa}"/>'
        f'<rect x="200" y="540" width="410" height="110" rx="22" fill="{sofa}"/>'
        f'<rect x="200" y="540" width="410" height="110" rx="22" fill="#ffffff22"/>'
        f'<rect x="270" y="450" width="110" height="100" rx="18" fill="#f3e2c2"/>'
        f'<rect x="250" y="170" width="240" height="160" fill="#fff"/>'
        f'<path d="M262 182h216v136H262z" fill="#e7d3b1"/><circle cx="400" cy="240" r="30" fill="#d1793f"/>'
        f'<path d="M262 318l70-80 60 60 40-36 46 56z" fill="#6b8f7b"/>'
        f'<path d="M1100 800V470" stroke="#4a3a2e" stroke-width="8"/><path d="M1048 470h104l-26-96h-52z" fill="#f6d98f"/>'
        f'<ellipse cx="820" cy="650" rx="120" ry="26" fill="#3f3128"/><path d="M760 650l-14 110M880 650l14 110" stroke="#3f3128" stroke-width="9"/>',
    )


def kitchen(front: str = "#4f7a6d") -> bytes:
    """Draw a kitchen."""
    doors = "".join(
        f'<rect x="{80 + 176 * n}" y="470" width="160" height="230" rx="6" fill="{front}"/>'
        f'<rect x="{210 + 176 * n}" y="490" width="8" height="60" rx="4" fill="#e9dcc3"/>'
        for n in range(6)
    )
    tiles = "".join(
        f'<rect x="{x}" y="{y}" width="58" height="38" fill="#ffffff{"66" if (x + y) % 3 else "99"}"/>'
        for x in range(82, 1130, 62)
        for y in range(270, 420, 42)
    )
    return _svg(
        1200,
        800,
        f'<defs>{_fade("w", "#efe6d8", "#faf6ee")}</defs><rect width="1200" height="800" fill="url(#w)"/>{tiles}'
        f'<rect x="80" y="90" width="360" height="160" rx="6" fill="{front}"/><rect x="780" y="90" width="350" height="160" rx="6" fill="{front}"/>'
        f"{_window(490, 80, 240, 210, '#b7d9ea')}"
        f'<rect x="60" y="440" width="1090" height="30" fill="#d8c3a3"/>{doors}'
        f'<rect x="840" y="424" width="180" height="16" rx="8" fill="#2c2c2c"/><path d="M330 440v-70q0-34 34-34t34 34v18" fill="none" stroke="#8b9396" stroke-width="11"/>'
        f'<circle cx="620" cy="404" r="22" fill="#d98a3d"/><circle cx="654" cy="410" r="20" fill="#c8502d"/><path d="M580 422h120l-14 20H594z" fill="#7a5a3c"/>'
        f'<rect y="716" width="1200" height="84" fill="#b79a78"/>',
    )


def plan() -> bytes:
    """Draw a floor plan, upright."""
    return _svg(
        800,
        1000,
        '<rect width="800" height="1000" fill="#f7f3ea"/><g fill="#fff" stroke="#2f3b38" stroke-width="12">'
        '<rect x="110" y="120" width="580" height="760"/></g><g stroke="#2f3b38" stroke-width="8" fill="none">'
        '<path d="M110 470H420M420 120V330M420 430V640M420 640H690M110 690H300M300 690V880"/></g>'
        '<g stroke="#0c6457" stroke-width="3" fill="none"><path d="M420 330a100 100 0 0 1 100 100H420M300 690a90 90 0 0 1 90-90"/></g>'
        '<g fill="#cfe2db"><rect x="140" y="150" width="180" height="130" rx="10"/><rect x="480" y="690" width="160" height="150" rx="10"/>'
        '<rect x="140" y="510" width="90" height="140" rx="10"/><rect x="520" y="160" width="130" height="90" rx="10"/></g>'
        '<g fill="#74d0bd"><rect x="200" y="110" width="140" height="14"/><rect x="500" y="876" width="140" height="14"/><rect x="684" y="240" width="14" height="140"/></g>',
    )


def face(skin: str, hair: str, coat: str, ground: str, *, long: bool) -> bytes:
    """Draw somebody who smiles."""
    locks = '<path d="M190 330Q170 120 300 110T410 330L430 470H170Z" fill="{h}"/>' if long else ""
    return _svg(
        600,
        600,
        f'<defs>{_fade("g", ground, "#ffffff")}</defs><rect width="600" height="600" fill="url(#g)"/>'
        f"{locks.format(h=hair)}"
        f'<path d="M90 600Q100 430 240 420H360Q500 430 510 600Z" fill="{coat}"/>'
        f'<path d="M245 425L300 500 355 425 340 380H260Z" fill="#fff"/>'
        f'<rect x="262" y="340" width="76" height="100" rx="34" fill="{skin}"/>'
        f'<ellipse cx="300" cy="270" rx="88" ry="108" fill="{skin}"/>'
        f'<path d="M206 270Q200 140 300 140T394 270Q380 205 318 200 250 205 206 270Z" fill="{hair}"/>'
        f'<circle cx="266" cy="272" r="9" fill="#2a2320"/><circle cx="334" cy="272" r="9" fill="#2a2320"/>'
        f'<path d="M250 252q16-11 32 0M318 252q16-11 32 0" stroke="{hair}" stroke-width="6" fill="none"/>'
        f'<path d="M262 318q38 34 76 0" stroke="#8c3b34" stroke-width="8" fill="none" stroke-linecap="round"/>',
    )


def keep_drawing(blobs: Blobs, svg: bytes) -> Picture:
    """Store a drawing as an import stores a picture."""
    drawn: Any = pyvips.Image.new_from_buffer(svg, "").flatten(background=255)
    variants = []
    for size in SIZES:
        sized = drawn.thumbnail_image(size, height=size)
        data: bytes = sized.webpsave_buffer(Q=82)
        key = blob_key(data)
        blobs.put(key, data)
        made = Variant(name_of_key(key), str(size), len(data), sized.width, sized.height)
        variants.append(made)
    small = drawn.thumbnail_image(SIDE, height=SIDE, size="force").colourspace("srgb")
    across, down = (4, 3) if drawn.width >= drawn.height else (3, 4)
    hashed = blurhash(bytes(small.write_to_memory()), across, down)
    return Picture("image/png", len(svg), tuple(variants), hashed)
