"""The type of a file by its first bytes, so that a refusal can name what was sent."""

from __future__ import annotations

import re

from rentix.media.decode.picture import Limits, PictureRefused, Refusal

CONTENT_TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WebP": "image/webp",
    "AVIF": "image/avif",
    "HEIC": "image/heic",
}
_HEIF = ("AVIF", "HEIC")
_HEAD_BYTES = 1024

_MAGIC = (
    ("JPEG", rb"\xff\xd8\xff"),
    ("PNG", rb"\x89PNG\r\n\x1a\n"),
    ("WebP", rb"RIFF.{4}WEBP"),
    ("GIF", rb"GIF8[79]a"),
    ("TIFF", rb"II[*+]\0|MM\0[*+]"),
    # A picture in an ISO container says what it is in its brands, the main one or a compatible.
    ("AVIF", rb".{4}ftyp(?:avi[fs]|(?:mif1|msf1|miaf).{0,48}?avi[fs])"),
    ("HEIC", rb".{4}ftyp(?:he[iv][cxms]|mif1|msf1)"),
    ("video", rb".{4}ftyp|\x1a\x45\xdf\xa3"),
    ("JPEG XL", rb"\xff\x0a|\0\0\0\x0cJXL "),
    ("JPEG 2000", rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51"),
    ("BMP", rb"BM.{4}\0\0\0\0"),
    ("ICO", rb"\0\0[\x01\x02]\0"),
    ("PSD", rb"8BPS"),
    ("PDF", rb"%PDF-"),
    ("PostScript", rb"%!PS|\xc5\xd0\xd3\xc6"),
    ("ZIP", rb"PK\x03\x04"),
    ("gzip", rb"\x1f\x8b"),
)
_PATTERNS = [(name, re.compile(magic, re.DOTALL)) for name, magic in _MAGIC]
# Hostile bytes meet these in the process that serves. So nothing that repeats stands in a pattern
# beside what can match the same, and what may come before the first tag is skipped by a loop.
_ROOT = re.compile(rb"<(?:!doctype\s{1,9})?(svg|html|head|body)[\s>]")
_JSON = re.compile(rb"[\[{]\s*[\"\]}\[{]")
_BEFORE_ROOT = ((b"<!--", b"-->"), (b"<?", b"?>"))


def find_type(data: bytes) -> str | None:
    """Tell what kind of file the bytes start as."""
    head = bytes(data[:_HEAD_BYTES])
    found = next((name for name, pattern in _PATTERNS if pattern.match(head)), None)
    return found or _find_text_type(head.removeprefix(b"\xef\xbb\xbf").lstrip().lower())


def _find_text_type(text: bytes) -> str | None:
    root = _ROOT.match(_skip_to_root(text))
    if root:
        return "SVG" if root[1] == b"svg" else "HTML"
    if text.startswith(b"<?xml"):
        return "XML"
    return "JSON" if _JSON.match(text) else None


def _skip_to_root(text: bytes) -> bytes:
    """Leave out comments and instructions; nothing is left where one of them does not end."""
    while True:
        end = next((end for start, end in _BEFORE_ROOT if text.startswith(start)), None)
        if end is None:
            return text
        text = text.partition(end)[2].lstrip()


def check_type(data: bytes, limits: Limits) -> str:
    """Give the content type of what can be decoded.

    Raises:
        PictureRefused: it is of another type, which the message names.
    """
    found = find_type(data)
    if found in CONTENT_TYPES and (found not in _HEIF or limits.reads_heif):
        return CONTENT_TYPES[found]
    raise PictureRefused(Refusal.TYPE_UNSUPPORTED, _tell(found, data))


def _tell(found: str | None, data: bytes) -> str:
    if not data:
        return "The file is empty; send a JPEG, PNG or WebP picture"
    if found is None:
        return "The file is no picture of a known type; send JPEG, PNG or WebP"
    if found in _HEIF:
        return (
            f"The file is of type {found}, which this server reads only with the extra "
            "rentix[heif]; send JPEG, PNG or WebP"
        )
    return f"The file is of type {found}; send JPEG, PNG or WebP"
