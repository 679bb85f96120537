"""Pictures of houses, rooms and people that do not exist, in colours that a test asks for."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import Any

import pyvips

from rentix.media.blobs import Blobs
from rentix.media.blobs.keys import blob_key, name_of_key
from rentix.media.decode.blurhash import SIDE, blurhash
from rentix.model import Picture, Variant

SIZES = (128, 512, 1024)
_FOLDER = Path(__file__).parent / "drawings"


def draw(name: str, **colours: str) -> bytes:
    """Draw `drawings/<name>.svg` in these colours."""
    text = (_FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    return Template(text).substitute(colours).encode()


def keep_drawing(blobs: Blobs, svg: bytes) -> Picture:
    """Store a drawing as an import stores a picture."""
    drawn: Any = pyvips.Image.new_from_buffer(svg, "").flatten(background=[255, 255, 255])
    variants = []
    for size in SIZES:
        sized = drawn.thumbnail_image(size, height=size)
        data: bytes = sized.webpsave_buffer(Q=82)
        key = blob_key(data)
        blobs.put(key, data)
        name, size_bytes = name_of_key(key), len(data)
        variants.append(Variant(name, str(size), size_bytes, sized.width, sized.height))
    small = drawn.thumbnail_image(SIDE, height=SIDE, size="force").colourspace("srgb")
    across, down = (4, 3) if drawn.width >= drawn.height else (3, 4)
    hashed = blurhash(bytes(small.write_to_memory()), across, down)
    return Picture("image/png", len(svg), tuple(variants), hashed)
