"""What is refused, and that the reason is said in a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from rentix.media.decode import Decoder, Kind, Limits, PictureRefused, Refusal
from rentix.media.decode.sniff import find_type
from tests.media.pictures import plain, png_header, scene

FOREIGN = {
    "GIF": b"GIF89a\x01\0\x01\0\0\0\0",
    "SVG": b'<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns="http://www.w3.org/2000/svg"/>',
    "TIFF": b"II*\0\x08\0\0\0",
    "PDF": b"%PDF-1.7\n",
    "HTML": b"\n<!DOCTYPE html><html><body>Not found</body></html>",
    "BMP": b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0",
    "ZIP": b"PK\x03\x04\x14\0",
    "JSON": b'{"error": "not found"}',
    "XML": b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
    "video": b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41",
}


def refusal(decoder: Decoder, data: bytes, kind: Kind = "photo") -> PictureRefused:
    with pytest.raises(PictureRefused) as caught:
        decoder.decode(data, kind)
    return caught.value


@pytest.mark.parametrize("name", FOREIGN)
def test_another_type_is_named(decoder: Decoder, name: str) -> None:
    refused = refusal(decoder, FOREIGN[name])
    assert refused.code == Refusal.TYPE_UNSUPPORTED
    assert name in refused.message
    assert refused.message.endswith("send JPEG, PNG or WebP")


def test_an_avif_is_known_by_its_other_brands() -> None:
    assert find_type(b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf") == "AVIF"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\xef\xbb\xbf <!-- one --><!-- two --> <HTML>", "HTML"),
        (b"<?xml version='1.0'?>\n<!DOCTYPE svg PUBLIC ''>\n<svg>", "SVG"),
        (b"<?xml version='1.0'?><!-- <svg> --><Error/>", "XML"),
        (b"<!-- has no end <html>", None),
        (b"<svgs>", None),
    ],
)
def test_what_comes_before_the_first_tag_is_looked_past(data: bytes, name: str | None) -> None:
    assert find_type(data) == name


HOSTILE = (
    b"<!---->",
    b"<!--",
    b"-->",
    b"<?",
    b"?>",
    b"<?>",
    b"<!",
    b"<",
    b" ",
    b"\n<!---->",
    b"[ ",
)


@pytest.mark.parametrize(
    "piece", [*HOSTILE, b"\0", b"avi", b"\xef\xbb\xbf", b"<svg", b"<!doctype "]
)
@pytest.mark.parametrize(
    "start", [b"", b"\xef\xbb\xbf", b"<!--", b"<?xml", b"<!doctype ", b"{", b"\0\0\0\x20ftypmif1"]
)
def test_telling_the_type_of_a_hostile_head_ends(start: bytes, piece: bytes) -> None:
    # What tries every way to split such a head would not end in this test's lifetime.
    assert find_type((start + piece * 1024)[:1023] + b"!") in (
        None,
        "XML",
        "HEIC",
        "video",
        "ICO",
        "JSON",
    )


def test_what_is_no_file_at_all(decoder: Decoder) -> None:
    assert "empty" in refusal(decoder, b"").message
    assert refusal(decoder, b"\xff").code == Refusal.TYPE_UNSUPPORTED


def saved(save: str, **options: Any) -> bytes:
    noisy = scene(640, 480) + scene(640, 480).rot180() * 0.2
    data: bytes = getattr(noisy.cast("uchar").copy(interpretation="srgb"), save)(**options)
    return data


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["avatar", "photo"])
@pytest.mark.parametrize("part", [0.3, 0.7, 0.97])
@pytest.mark.parametrize(
    ("save", "options"),
    [
        ("jpegsave_buffer", {}),
        ("jpegsave_buffer", {"interlace": True}),
        ("pngsave_buffer", {}),
        ("pngsave_buffer", {"interlace": True}),
        ("webpsave_buffer", {}),
        ("webpsave_buffer", {"lossless": True}),
    ],
)
def test_truncated_files_are_refused(
    decoder: Decoder, save: str, options: dict[str, Any], part: float, kind: Kind
) -> None:
    data = saved(save, **options)
    decoder.decode(data, kind)
    refused = refusal(decoder, data[: int(len(data) * part)], kind)
    assert refused.code == Refusal.DAMAGED
    assert "cut short" in refused.message


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (12_001, 10), (7_100, 7_100)])
def test_too_many_pixels_are_refused_by_the_header(
    decoder: Decoder, width: int, height: int
) -> None:
    refused = refusal(decoder, png_header(width, height))
    assert refused.code == Refusal.TOO_LARGE
    assert f"{width} x {height}" in refused.message
    assert "12000" in refused.message


def test_a_side_may_be_as_long_as_the_limit(decoder: Decoder) -> None:
    wide = plain((1, 2, 3), 12_000, 10)
    assert decoder.decode(wide.pngsave_buffer(), "photo").width == 12_000
    wider = plain((1, 2, 3), 12_001, 10)
    assert refusal(decoder, wider.pngsave_buffer()).code == Refusal.TOO_LARGE


def test_a_long_file_is_refused_unread() -> None:
    data = plain((1, 2, 3)).jpegsave_buffer()
    with Decoder(Limits(input_bytes=len(data))) as decoder:
        decoder.decode(data, "photo")
        assert refusal(decoder, data + b"\0").code == Refusal.TOO_LARGE


@pytest.mark.slow
def test_a_picture_that_takes_too_much_memory() -> None:
    data = plain((1, 2, 3, 4), 4000, 4000).pngsave_buffer(interlace=True)
    with Decoder(Limits(address_space_bytes=110 << 20)) as decoder:
        decoder.decode(plain((1, 2, 3, 4)).pngsave_buffer(interlace=True), "photo")
        refused = refusal(decoder, data)
        assert refused.code == Refusal.NEEDS_MEMORY
        assert "interlaced" in refused.message
