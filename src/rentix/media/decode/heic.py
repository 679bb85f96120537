"""HEIC, by pillow-heif, which carries libheif and libde265: our build of libvips reads only AVIF.

Both come with the extra `rentix[heif]`. Where that is not installed neither HEIC nor AVIF is taken.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pyvips

try:
    pillow_heif: Any = import_module("pillow_heif")  # so that types do not depend on its presence
except ImportError:
    pillow_heif = None

_BANDS = {"L": 1, "RGB": 3, "RGBA": 4}
_FAULTS = (ValueError, EOFError, SyntaxError, RuntimeError, OSError, IndexError, KeyError)


class Unreadable(Exception):
    """libheif says that this is no HEIC picture, or a damaged one."""


class Still:
    """The main picture of a HEIC file: its size and profile at once, its pixels when asked for.

    Raises:
        Unreadable: it cannot be read; from `decode` too.
    """

    def __init__(self, data: bytes) -> None:
        with _saying_unreadable():
            images = pillow_heif.open_heif(data)
            self._image = images[images.primary_index]
        self.width, self.height = self._image.size
        self.profile: bytes = self._image.info.get("icc_profile") or b""

    def decode(self) -> Any:
        """Decode into an image of libvips, turned as the file says."""
        with _saying_unreadable():
            pixels = self._image.data
            bands = _BANDS[self._image.mode]
        width, height = self._image.size
        image: Any = pyvips.Image.new_from_memory(pixels, width, height, bands, "uchar")
        image = image.copy(interpretation="b-w" if bands == 1 else "srgb")
        if self.profile:
            image.set_type(pyvips.GValue.blob_type, "icc-profile-data", self.profile)
        return image


@contextlib.contextmanager
def _saying_unreadable() -> Iterator[None]:
    try:
        yield
    except _FAULTS as error:
        raise Unreadable(str(error)) from error


def warm_up() -> None:
    """Have libheif decode in the thread that asks, and only what is shown."""
    options = pillow_heif.options
    options.DECODE_THREADS = 0
    options.THUMBNAILS = options.DEPTH_IMAGES = options.AUX_IMAGES = False
