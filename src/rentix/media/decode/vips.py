"""The decoding itself, by libvips. Runs only in a process of `child.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import pyvips

from rentix.media.decode import heic
from rentix.media.decode.blurhash import SIDE, blurhash
from rentix.media.decode.picture import (
    SIZES,
    Kind,
    Limits,
    Picture,
    PictureRefused,
    Refusal,
    Variant,
    Work,
)
from rentix.media.decode.sniff import check_type

_LOADERS = ("VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp")
_HEIF_LOADER = "VipsForeignLoadHeif"
# `thumbnail_buffer` has a `fail_on` of its own, which does not reach the loader.
_OPTIONS = "[fail_on=truncated]"
_QUALITIES = {
    128: 92,
    512: 85,
    1024: 80,
}  # by longest side: small ones are cheap, and looked at most
_EFFORT = 2  # half the time of 4, the default, for files some 3 % smaller than with it
_TURNED = range(5, 9)  # EXIF's orientations that lie on their side
_PROFILE_HEAD = 4096
_SRGB = (b"sRGB", "sRGB".encode("utf-16-be"))
_WHITE = (255, 255, 255)


def prepare(limits: Limits) -> Work:
    """Block what is not needed of libvips, and decode once: it loads what it needs as it goes."""
    pyvips.cache_set_max(0)  # nothing of one picture is kept for the next
    pyvips.block_untrusted_set(True)  # noqa: FBT003 - that is its interface
    pyvips.operation_block_set("VipsForeignLoad", True)  # noqa: FBT003
    for loader in (*_LOADERS, *([_HEIF_LOADER] if limits.reads_heif else [])):
        pyvips.operation_block_set(loader, False)  # noqa: FBT003
    if limits.reads_heif:
        heic.warm_up()
    sample = pyvips.Image.black(16, 16, bands=3).copy(interpretation="srgb")
    decode_picture(sample.jpegsave_buffer(profile="srgb"), "avatar", limits)
    return partial(decode_picture, limits=limits)


def decode_picture(data: bytes, kind: Kind, limits: Limits) -> Picture:
    """Make the variants and the blurhash of a picture.

    Raises:
        PictureRefused: it is none, is damaged or cut short, or is too large.
    """
    content_type = check_type(data, limits)
    try:
        header, thumbnail = _read_header(data, content_type, limits)
        largest = _shrink(thumbnail, kind, header)
        variants = tuple(reversed(list(_make_variants(largest))))
        hashed = _hash(largest)
    except (pyvips.Error, heic.Unreadable, MemoryError) as error:
        raise _refusal(error, content_type) from error
    return Picture(content_type, header.width, header.height, hashed, variants)


class _Header(NamedTuple):
    width: int
    height: int
    has_other_colours: bool


Thumbnail = Callable[..., Any]
"""`pyvips.Image.thumbnail_buffer` or `thumbnail_image` of what is already given."""


def _read_header(data: bytes, content_type: str, limits: Limits) -> tuple[_Header, Thumbnail]:
    if content_type == "image/heic":
        still = heic.Still(data)
        _check_size(still.width, still.height, limits)
        header = _Header(still.width, still.height, _is_foreign(still.profile))
        return header, lambda *args, **options: still.decode().thumbnail_image(*args, **options)
    # The image must not outlive this: a WebP's holds a canvas of the whole size from the start.
    image: Any = pyvips.Image.new_from_buffer(data, "", access="sequential", fail_on="truncated")
    width, height = image.width, image.height
    _check_size(width, height, limits)
    if image.get_typeof("orientation") and image.get("orientation") in _TURNED:
        width, height = height, width
    profile = image.get("icc-profile-data") if image.get_typeof("icc-profile-data") else b""
    thumbnail = partial(pyvips.Image.thumbnail_buffer, data, option_string=_OPTIONS)
    return _Header(width, height, _is_foreign(profile)), thumbnail


def _check_size(width: int, height: int, limits: Limits) -> None:
    if max(width, height) > limits.side_px or width * height > limits.pixels:
        raise PictureRefused(
            Refusal.TOO_LARGE,
            f"The picture has {width} x {height} pixels; at most {limits.side_px} a side "
            f"and {limits.pixels} in all are taken",
        )


def _is_foreign(profile: bytes) -> bool:
    """Tell whether a profile is another than sRGB's: it says so in ASCII or, in newer ones, UTF-16.

    It is taken at its word: converting takes longer than all the rest, and a lie spoils only the
    liar's picture.
    """
    return bool(profile) and not any(name in profile[:_PROFILE_HEAD] for name in _SRGB)


def _shrink(thumbnail: Thumbnail, kind: Kind, header: _Header) -> Any:
    choose = min if kind == "avatar" else max
    side = min(SIZES[-1], choose(header.width, header.height))
    image = thumbnail(
        side,
        height=side,
        size="down",
        crop="attention" if kind == "avatar" else "none",
        **({"output_profile": "srgb"} if header.has_other_colours else {}),
    )
    if image.interpretation != "srgb":
        image = image.colourspace("srgb")
    return image.cast("uchar").copy_memory()


def _make_variants(image: Any) -> Iterator[Variant]:
    """Give the variants, largest first: each is made of the one before."""
    encoded: bytes | None = None
    for size in reversed(SIZES):
        if max(image.width, image.height) > size:
            image = image.thumbnail_image(size, height=size, size="down").copy_memory()
            encoded = None
        if encoded is None:
            encoded = _encode(image)
        yield Variant(str(size), image.width, image.height, encoded)


def _encode(image: Any) -> bytes:
    longest = max(image.width, image.height)
    quality = next(quality for side, quality in _QUALITIES.items() if longest <= side)
    encoded: bytes = image.webpsave_buffer(Q=quality, effort=_EFFORT, keep="none")
    return encoded


def _hash(image: Any) -> str:
    small = image.thumbnail_image(SIDE, height=SIDE, size="force")
    if small.hasalpha():
        small = small.flatten(background=_WHITE)
    across, down = (4, 3) if image.width >= image.height else (3, 4)
    return blurhash(bytes(small.write_to_memory()), across, down)


def _refusal(error: Exception, content_type: str) -> PictureRefused:
    said = str(error).lower()
    if isinstance(error, MemoryError) or "out of memory" in said or "insufficient memory" in said:
        return PictureRefused(
            Refusal.NEEDS_MEMORY,
            "Decoding the picture takes more memory than a picture may; send it smaller, or "
            "saved without progressive or interlaced encoding",
        )
    name = content_type.removeprefix("image/").upper()
    return PictureRefused(Refusal.DAMAGED, f"The {name} picture is cut short or damaged")
