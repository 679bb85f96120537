"""HEIC, as telephones send it, and AVIF: with the extra `rentix[heif]`, and without."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from rentix.media.decode import Decoder, Limits, PictureRefused, Refusal
from tests.media.pictures import check_sound, colour_at, difference, plain, scene, to_heic

ORANGE = (230, 120, 40)


@pytest.fixture(scope="module")
def plainest() -> Iterator[Decoder]:
    """Give a decoder of a server without the extra."""
    with Decoder(Limits(reads_heif=False)) as decoder:
        yield decoder


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["avatar", "photo"])
def test_heic_and_avif_come_out_as_a_jpeg_does(decoder: Decoder, kind: Any) -> None:
    image = scene(640, 480)
    jpeg = decoder.decode(image.jpegsave_buffer(Q=98, subsample_mode="off"), kind)
    for name, data in (
        ("image/heic", to_heic(image)),
        ("image/avif", image.heifsave_buffer(compression="av1", Q=90)),
    ):
        picture = decoder.decode(data, kind)
        check_sound(picture)
        assert (picture.content_type, picture.width, picture.height) == (name, 640, 480)
        assert difference(picture.variants[-1], jpeg.variants[-1]) <= 3


@pytest.mark.slow
def test_a_telephones_twelve_megapixels(decoder: Decoder) -> None:
    data = to_heic(scene(4032, 3024), quality=50)
    for kind in ("avatar", "photo"):
        picture = decoder.decode(data, kind)
        assert picture.variants[-1].width == 1024


def test_a_grey_and_a_clear_one(decoder: Decoder) -> None:
    grey = decoder.decode(to_heic(plain((90,)).copy(interpretation="b-w")), "photo")
    assert colour_at(grey.variants[-1], 30, 20) == pytest.approx([90, 90, 90], abs=4)
    clear = decoder.decode(to_heic(plain((*ORANGE, 128))), "photo")
    assert colour_at(clear.variants[-1], 30, 20)[3] == pytest.approx(128, abs=4)


def test_colours_of_another_profile_are_converted(decoder: Decoder) -> None:
    wide = plain(ORANGE, 64, 64).icc_transform("p3", input_profile="srgb", embedded=False)
    profile = wide.get("icc-profile-data")
    picture = decoder.decode(to_heic(wide, icc_profile=profile), "photo")
    assert colour_at(picture.variants[-1], 30, 30) == pytest.approx(list(ORANGE), abs=5)


@pytest.mark.slow
@pytest.mark.parametrize("save", ["heic", "avif"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.97])
def test_one_that_is_cut_short(decoder: Decoder, save: str, part: float) -> None:
    image = scene(640, 480)
    data = to_heic(image) if save == "heic" else image.heifsave_buffer(compression="av1")
    with pytest.raises(PictureRefused) as caught:
        decoder.decode(data[: int(len(data) * part)], "photo")
    assert caught.value.code == Refusal.DAMAGED
    assert caught.value.message == f"The {save.upper()} picture is cut short or damaged"


@pytest.mark.slow
def test_one_that_is_too_large_is_refused_before_it_is_decoded() -> None:
    with Decoder(Limits(pixels=640 * 480 - 1)) as decoder, pytest.raises(PictureRefused) as caught:
        decoder.decode(to_heic(scene(640, 480)), "photo")
    assert caught.value.code == Refusal.TOO_LARGE


@pytest.mark.parametrize("save", ["HEIC", "AVIF"])
def test_without_the_extra_the_refusal_names_it(plainest: Decoder, save: str) -> None:
    data = (
        to_heic(plain(ORANGE))
        if save == "HEIC"
        else plain(ORANGE).heifsave_buffer(compression="av1")
    )
    with pytest.raises(PictureRefused) as caught:
        plainest.decode(data, "photo")
    assert caught.value.code == Refusal.TYPE_UNSUPPORTED
    assert caught.value.message == (
        f"The file is of type {save}, which this server reads only with the extra rentix[heif]; "
        "send JPEG, PNG or WebP"
    )
