"""Pictures as pages show them: sizes to choose from, their shape, what is seen until they come."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from rentix.model import Avatar, Media, Variant
from rentix.public.placeholders import placeholder_url
from rentix.public.visit import Visit

_SHAPE = (3, 2)  # of a picture whose pixels are not known


class Photo(msgspec.Struct, frozen=True):
    """A picture with what `img` needs of it; `file` is its largest size, `hint` a placeholder."""

    file: str
    src: str
    srcset: str
    width: int
    height: int
    hint: str | None


def shown_photos(media: Sequence[Media], visit: Visit) -> tuple[Photo, ...]:
    """Those of these media that are ready, in the same order."""
    return tuple(
        _photo(found.picture.variants, found.picture.blurhash, visit)
        for found in media
        if found.status == "success" and found.picture and found.picture.variants
    )


def portrait(avatar: Avatar | None, visit: Visit) -> Photo | None:
    """An avatar or a logo, if there is one and it is ready."""
    if avatar is None or not avatar.variants:
        return None
    return _photo(avatar.variants, avatar.blurhash, visit)


def _photo(variants: Sequence[Variant], blurhash: str | None, visit: Visit) -> Photo:
    sized = sorted(variants, key=_pixels)
    # Small pictures are not enlarged, so two sizes may be one file.
    widths = {variant.file: _pixels(variant)[0] for variant in sized}
    width, height = _pixels(sized[-1])
    return Photo(
        file=sized[-1].file,
        src=visit.file(sized[len(sized) // 2].file),
        srcset=", ".join(f"{visit.file(file)} {pixels}w" for file, pixels in widths.items()),
        width=width,
        height=height,
        hint=placeholder_url(blurhash) if blurhash else None,
    )


def _pixels(variant: Variant) -> tuple[int, int]:
    if variant.width and variant.height:
        return variant.width, variant.height
    longest = int(variant.size) if variant.size.isdecimal() else 0
    return longest, longest * _SHAPE[1] // _SHAPE[0]
