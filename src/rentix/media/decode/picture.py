"""What decoding gives, how it may end instead, and its limits."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from importlib.util import find_spec
from typing import Literal

import msgspec

Kind = Literal["avatar", "photo"]
"""An avatar is cut to a square around what draws attention; a photo is fitted whole."""

SIZES = (128, 512, 1024)
"""What variants are called after: the longest side, in pixels, that each may have."""


class Variant(msgspec.Struct, frozen=True):
    """A WebP picture without metadata, in sRGB. `size` is the contract's `variantSize`.

    A picture that is smaller than `size` is not enlarged: the variant has the pixels there are.
    """

    size: str
    width: int
    height: int
    data: bytes


class Picture(msgspec.Struct, frozen=True, tag="picture"):
    """A decoded picture. Width and height are the source's, turned as its orientation says."""

    content_type: str
    width: int
    height: int
    blurhash: str
    variants: tuple[Variant, ...]


class Refusal(StrEnum):
    """Why a picture is refused: stable machine words."""

    TYPE_UNSUPPORTED = "picture_type_unsupported"
    DAMAGED = "picture_damaged"
    TOO_LARGE = "picture_too_large"
    NEEDS_MEMORY = "picture_needs_memory"


class PictureRefused(Exception):
    """The bytes are no picture that is taken. `message` is for who sent them; asking again is vain.

    It holds nothing of the bytes but their type and their size.
    """

    def __init__(self, code: Refusal, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class DecoderCrashed(Exception):
    """The process that decoded ended, or was ended by a limit, before it had an answer.

    The next picture is not affected. One that does this each time is poison.
    """


class DecoderUnavailable(Exception):
    """Nothing can be decoded here: a library or the kernel's means to confine a process lacks."""


class Limits(msgspec.Struct, frozen=True):
    """What one picture may cost, and how long a process is trusted.

    `reads_heif` also takes AVIF and HEIC: as long as the extra `rentix[heif]` is installed.
    `unconfined` decodes even where the kernel has no seccomp: for trying things out, never for
    pictures from elsewhere.
    """

    input_bytes: int = 32 << 20
    side_px: int = 12_000
    pixels: int = 50_000_000
    address_space_bytes: int = 512 << 20
    cpu_s: float = 10
    wall_s: float = 20
    images_per_process: int = 50
    reads_heif: bool = find_spec("pillow_heif") is not None
    unconfined: bool = False


Work = Callable[[bytes, Kind], Picture]
"""Makes a picture of bytes, or raises `PictureRefused`. Runs in a process of its own."""

Prepare = Callable[[Limits], Work]
"""Warms up, while files may still be opened, and gives the work."""
