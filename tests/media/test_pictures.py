"""What comes of a picture: turned, in sRGB, bare, in three sizes."""

from __future__ import annotations

from typing import Any

import pytest
import pyvips

from rentix.media.decode import Decoder, Kind, Picture
from tests.media.pictures import (
    ORIENTATIONS,
    check_sound,
    colour_at,
    difference,
    oriented,
    pixels,
    plain,
    scene,
    with_blob,
)

ORANGE = (200, 100, 50)


def check_colour(picture: Picture, colour: tuple[int, ...], tolerance: int = 4) -> None:
    check_sound(picture)
    found = colour_at(picture.variants[0], 5, 5)
    assert found == pytest.approx(colour, abs=tolerance)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["avatar", "photo"])
def test_all_orientations_come_out_alike(decoder: Decoder, kind: Kind) -> None:
    pictures = [decoder.decode(oriented(scene(), o), kind) for o in ORIENTATIONS]
    assert {(p.width, p.height) for p in pictures} == {(300, 200)}
    for picture in pictures:
        check_sound(picture)
        for upright, turned in zip(pictures[0].variants, picture.variants, strict=True):
            assert difference(upright, turned) <= 3


def test_a_photo_is_fitted_and_an_avatar_is_cut(decoder: Decoder) -> None:
    data = scene(1600, 1200).jpegsave_buffer()
    photo, avatar = decoder.decode(data, "photo"), decoder.decode(data, "avatar")
    for picture in (photo, avatar):
        check_sound(picture)
        assert (picture.width, picture.height) == (1600, 1200)
        assert picture.content_type == "image/jpeg"
    assert [(v.width, v.height) for v in photo.variants] == [(128, 96), (512, 384), (1024, 768)]
    assert [(v.width, v.height) for v in avatar.variants] == [(128, 128), (512, 512), (1024, 1024)]


def test_an_avatar_keeps_what_draws_attention(decoder: Decoder) -> None:
    face: Any = pyvips.Image.gaussnoise(200, 200, mean=180, sigma=60).cast("uchar")
    image = plain((90, 90, 90), 1200, 300).insert(face.bandjoin([face * 0.5, face * 0.2]), 950, 50)
    picture = decoder.decode(image.cast("uchar").pngsave_buffer(), "avatar")
    assert pixels(picture.variants[-1]).deviate() > 30


@pytest.mark.parametrize(
    ("width", "height", "sizes"),
    [
        (1, 1, [(1, 1), (1, 1), (1, 1)]),
        (300, 200, [(128, 85), (300, 200), (300, 200)]),
        (12_000, 2, [(128, 1), (512, 1), (1024, 1)]),
    ],
)
def test_nothing_is_enlarged(
    decoder: Decoder, width: int, height: int, sizes: list[tuple[int, int]]
) -> None:
    picture = decoder.decode(plain(ORANGE, width, height).pngsave_buffer(), "photo")
    check_sound(picture)
    assert [(v.width, v.height) for v in picture.variants] == sizes


def test_no_metadata_is_left(decoder: Decoder) -> None:
    image = plain(ORANGE)
    for name in ("xmp-data", "iptc-data"):
        image = with_blob(image, name, b"Chisinau 47.01 N" * 4)
    image.set_type(pyvips.GValue.gstr_type, "exif-ifd0-ImageDescription", "Chisinau 47.01 N")
    image.set_type(pyvips.GValue.gstr_type, "png-comment-0-Author", "Chisinau 47.01 N")
    samples = [
        image.jpegsave_buffer(profile="srgb"),
        image.webpsave_buffer(profile="srgb"),
        image.pngsave_buffer(profile="srgb"),
    ]
    for data in samples:
        assert b"Chisinau" in data
        picture = decoder.decode(data, "avatar")
        check_sound(picture)
        assert not [variant for variant in picture.variants if b"Chisinau" in variant.data]


def test_cmyk_with_and_without_a_profile(decoder: Decoder) -> None:
    image = plain(ORANGE).icc_transform("cmyk")
    check_colour(decoder.decode(image.jpegsave_buffer(), "photo"), ORANGE)
    check_colour(decoder.decode(image.jpegsave_buffer(keep="none"), "photo"), ORANGE)


def test_an_embedded_profile_counts(decoder: Decoder) -> None:
    wide = plain(ORANGE).icc_transform("p3")
    assert wide(5, 5) != pytest.approx(ORANGE, abs=4)
    check_colour(decoder.decode(wide.jpegsave_buffer(Q=95), "photo"), ORANGE)
    usual = plain(ORANGE).jpegsave_buffer(Q=95, profile="srgb")
    check_colour(decoder.decode(usual, "photo"), ORANGE)


def test_a_bad_profile_is_as_none(decoder: Decoder) -> None:
    for image in (plain(ORANGE), plain(ORANGE).icc_transform("cmyk")):
        garbage = with_blob(image, "icc-profile-data", b"no profile at all" * 20)
        check_colour(decoder.decode(garbage.jpegsave_buffer(Q=95), "photo"), ORANGE)
    cmyk_profile = plain(ORANGE).icc_transform("cmyk").get("icc-profile-data")
    wrong = with_blob(plain(ORANGE), "icc-profile-data", cmyk_profile)
    check_colour(decoder.decode(wrong.jpegsave_buffer(Q=95), "photo"), ORANGE)


def test_grey_and_sixteen_bits(decoder: Decoder) -> None:
    deep = (plain(ORANGE).cast("ushort") * 257).cast("ushort").copy(interpretation="rgb16")
    check_colour(decoder.decode(deep.pngsave_buffer(bitdepth=16), "photo"), ORANGE)
    grey = plain((128,)).copy(interpretation="b-w")
    check_colour(decoder.decode(grey.jpegsave_buffer(), "photo"), (128, 128, 128))
    grey16 = (grey.cast("ushort") * 257).cast("ushort").copy(interpretation="grey16")
    check_colour(decoder.decode(grey16.pngsave_buffer(bitdepth=16), "photo"), (128, 128, 128))


def test_alpha_is_kept(decoder: Decoder) -> None:
    for save in ("pngsave_buffer", "webpsave_buffer"):
        data = getattr(plain((*ORANGE, 128)), save)()
        check_colour(decoder.decode(data, "photo"), (*ORANGE, 128))
        check_colour(decoder.decode(data, "avatar"), (*ORANGE, 128))


def test_of_an_animation_the_first_frame_is_taken(decoder: Decoder) -> None:
    frames = plain(ORANGE).join(plain((0, 0, 255)), "vertical").copy()
    frames.set_type(pyvips.GValue.gint_type, "page-height", 48)
    data = frames.webpsave_buffer(Q=95)
    assert b"ANIM" in data
    picture = decoder.decode(data, "photo")
    assert (picture.width, picture.height) == (64, 48)
    check_colour(picture, ORANGE, tolerance=6)


@pytest.mark.slow
def test_the_noisiest_picture_is_taken(decoder: Decoder) -> None:
    noise: Any = [pyvips.Image.gaussnoise(1024, 1024, mean=128, sigma=80) for _ in range(4)]
    image: Any = noise[0].bandjoin(noise[1:]).cast("uchar").copy(interpretation="srgb")
    picture = decoder.decode(image.pngsave_buffer(), "photo")
    assert len(picture.variants[-1].data) > 1 << 20
