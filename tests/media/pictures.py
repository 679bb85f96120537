"""Pictures made by code, and what is found in decoded ones."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pillow_heif
import pyvips

from rentix.media.decode import Picture, Variant

ORIENTATIONS = range(1, 9)
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


def scene(width: int = 300, height: int = 200) -> Any:
    """Make a picture that looks different from each side: a gradient with a bright corner."""
    place: Any = pyvips.Image.xyz(width, height)
    red = place[0] * (200 / width)
    green = place[1] * (200 / height)
    blue = (place[0] < width / 3).bandand() & (place[1] < height / 4).bandand()
    return red.bandjoin([green, blue]).cast("uchar").copy(interpretation="srgb")


def plain(colour: tuple[int, ...], width: int = 64, height: int = 48) -> Any:
    """Make a picture of one colour."""
    image: Any = pyvips.Image.black(width, height, bands=len(colour))
    return (image + list(colour)).cast("uchar").copy(interpretation="srgb")


def oriented(image: Any, orientation: int) -> bytes:
    """Store a picture as a camera held so does: turned, with a note on how to turn it back."""
    turned = {
        1: image,
        2: image.fliphor(),
        3: image.rot180(),
        4: image.flipver(),
        5: image.rot90().fliphor(),
        6: image.rot270(),
        7: image.rot270().fliphor(),
        8: image.rot90(),
    }
    stored = turned[orientation].copy()
    stored.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    data: bytes = stored.jpegsave_buffer(Q=95)
    return data


def with_blob(image: Any, name: str, blob: bytes) -> Any:
    """Attach metadata."""
    copy = image.copy()
    copy.set_type(pyvips.GValue.blob_type, name, blob)
    return copy


def to_heic(image: Any, quality: int = 90, **options: Any) -> bytes:
    """Store a picture as a telephone does."""
    mode = {1: "L", 3: "RGB", 4: "RGBA"}[image.bands]
    file = pillow_heif.from_bytes(mode, (image.width, image.height), image.write_to_memory())
    data = io.BytesIO()
    file.save(data, quality=quality, **options)
    return data.getvalue()


def png_header(width: int, height: int) -> bytes:
    """Make a PNG that says it is so large, and has next to nothing in it."""

    def chunk(name: bytes, content: bytes) -> bytes:
        checked = name + content
        return struct.pack("!I", len(content)) + checked + struct.pack("!I", zlib.crc32(checked))

    header = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        PNG_MAGIC
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


def pixels(variant: Variant) -> Any:
    """Decode a variant, and check that it is what it says it is."""
    image: Any = pyvips.Image.webpload_buffer(variant.data)
    assert (image.width, image.height) == (variant.width, variant.height)
    assert max(image.width, image.height) <= int(variant.size)
    return image


def colour_at(variant: Variant, x: int, y: int) -> list[float]:
    colour: list[float] = pixels(variant)(x, y)
    return colour


def difference(one: Variant, other: Variant, side: int = 1024) -> float:
    """Give the mean difference of two variants, shrunk to `side`, in the worst channel."""
    shrunk = [pixels(v).thumbnail_image(side, height=side, size="down") for v in (one, other)]
    apart = (shrunk[0] - shrunk[1]).abs()
    return max(float(channel.avg()) for channel in apart.bandsplit())


def riff_chunks(data: bytes) -> dict[bytes, bytes]:
    """Read the chunks of a WebP."""
    assert data[:4] == b"RIFF"
    assert data[8:12] == b"WEBP"
    assert struct.unpack_from("<I", data, 4)[0] == len(data) - 8
    chunks, at = {}, 12
    while at < len(data):
        [length] = struct.unpack_from("<I", data, at + 4)
        chunks[data[at : at + 4]] = data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
    return chunks


def check_sound(picture: Picture) -> None:
    """Check that a picture's variants can be read, have no metadata, and are of the right sizes."""
    assert [variant.size for variant in picture.variants] == ["128", "512", "1024"]
    for variant in picture.variants:
        pixels(variant)
        chunks = riff_chunks(variant.data)
        assert set(chunks) <= {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
        assert not chunks.get(b"VP8X", b"\0")[0] & 0b101110  # profile, EXIF, XMP, animation
