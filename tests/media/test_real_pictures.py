"""Pictures that nobody here made."""

from __future__ import annotations

from pathlib import Path

import pytest

from rentix.media.decode import Decoder, Kind, Picture, PictureRefused
from tests.media.pictures import check_sound, difference

REFUSED = {".gif": "GIF", ".svg": "SVG", ".tiff": "TIFF", ".png": "PNG", ".jpg": "JPEG"}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["avatar", "photo"])
@pytest.mark.parametrize("shape", ["Landscape", "Portrait"])
def test_cameras_held_in_every_way(
    decoder: Decoder, test_data: Path, shape: str, kind: Kind
) -> None:
    files = sorted((test_data / "images/exif_orientation").glob(f"{shape}_*.jpg"))
    assert len(files) == 9
    pictures = [decoder.decode(file.read_bytes(), kind) for file in files]
    for picture in pictures:
        check_sound(picture)
        # The files differ by up to 4.5 themselves, as each was compressed anew; small they agree.
        for one, other in zip(pictures[0].variants, picture.variants, strict=True):
            assert difference(one, other, side=128) <= 3


@pytest.mark.slow
def test_every_file_is_decoded_or_refused(decoder: Decoder, test_data: Path) -> None:
    files = sorted(file for file in (test_data / "images").rglob("*") if file.is_file())
    assert len(files) == 154
    refused = {file.name for file in files if not decode_or_refuse(decoder, file)}
    assert refused == {
        "Crash_test.gif",
        "animated-loop-3.gif",
        "8bit_depth.tiff",
        "check.svg",
        "circle.svg",
        "broken.png",
        "truncated_image.png",
        "truncated_jpeg.jpg",
    }


def decode_or_refuse(decoder: Decoder, file: Path) -> Picture | None:
    picture, message = None, REFUSED.get(file.suffix, "")
    try:
        picture = decoder.decode(file.read_bytes(), "avatar")
        check_sound(picture)
    except PictureRefused as refusal:
        message = refusal.message
    assert REFUSED.get(file.suffix, "") in message
    return picture
