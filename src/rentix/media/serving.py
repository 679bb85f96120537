"""Blobs as HTTP hands them out (RFC 9110): for ever the same, in whole or in part."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from rentix.errors import Code, Problem
from rentix.media.blobs import (
    MAX_BLOB_BYTES,
    Blob,
    BlobMissing,
    Blobs,
    BlobsAway,
    KeyRefused,
    RangeOutside,
)
from rentix.media.blobs.keys import content_type_of, key_of_name

_SHOWN = 80
_RANGE = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})", re.IGNORECASE)
_ETAGS = re.compile(rb'(?:W/)?("[^"]*")')


class Served(msgspec.Struct, frozen=True):
    """An answer. `nosniff` is on every answer anyway; to HEAD there is no body, but its length."""

    status: int
    content_type: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = b""
    length: int | None = None


def serve_blob(
    blobs: Blobs, name: str, headers: Mapping[bytes, bytes], method: str = "GET"
) -> Served:
    """Answer GET or HEAD of the blob that is called `name` (`<sha256>.webp`); this may block.

    The names of `headers` are in lower case.

    Raises:
        Problem: 404 no such blob, 416 no such bytes, 503 the place is away.
        BlobsError: the place refuses us, or what lies there is too large.
    """
    try:
        return _serve(blobs, key_of_name(name), headers, method)
    except (BlobMissing, KeyRefused):
        raise Problem(Code.FILE_UNKNOWN, f"File {name[:_SHOWN]} not found") from None
    except BlobsAway:
        message = "files cannot be read now; ask again later"
        raise Problem(Code.UNAVAILABLE, message, retry_after_s=5) from None


def _serve(blobs: Blobs, key: str, headers: Mapping[bytes, bytes], method: str) -> Served:
    etag = b'"%b"' % key[3:].partition(".")[0].encode()
    kind = content_type_of(key).encode()
    cached = ((b"etag", etag), (b"cache-control", b"public, max-age=31536000, immutable"))
    shown = (*cached, (b"accept-ranges", b"bytes"), (b"content-disposition", b"inline"))
    if _has(etag, headers.get(b"if-none-match", b"")):
        blobs.size(key)  # one that was deleted is not to be kept by whoever has it
        return Served(304, kind, cached)
    asked = _RANGE.fullmatch(headers.get(b"range", b"").strip()) if method == "GET" else None
    # A range of another state is no use; neither is one after a date, as there are no dates here.
    if asked and headers.get(b"if-range", etag).strip() == etag:
        blob = _read_range(blobs, key, asked)
        if blob:
            place = (blob.start, blob.start + len(blob.data) - 1, blob.size_bytes)
            ranged = (*shown, (b"content-range", b"bytes %d-%d/%d" % place))
            return Served(206, kind, ranged, blob.data)
    if method == "HEAD":
        return Served(200, kind, shown, length=blobs.size(key))
    return Served(200, kind, shown, blobs.get(key).data)


def _has(etag: bytes, header: bytes) -> bool:
    """Whether a list of etags names this one. What is no list of etags names none."""
    return header.strip() == b"*" or etag in _ETAGS.findall(header)


def _read_range(blobs: Blobs, key: str, asked: re.Match[bytes]) -> Blob | None:
    """What of the blob is asked for, mostly in one trip; None for a range that is none.

    Raises:
        Problem: 416, no byte of the blob is in it.
    """
    first, last = asked.groups()
    if not (first or last) or (first and last and int(first) > int(last)):
        return None
    try:
        if not first:  # so many from the end, which must be known
            size = blobs.size(key)
            return blobs.get(key, (max(0, size - int(last)), size))
        start = int(first)
        stop = int(last) + 1 if last else max(start + 1, MAX_BLOB_BYTES)
        return blobs.get(key, (start, min(stop, start + MAX_BLOB_BYTES)))
    except RangeOutside:
        size = blobs.size(key)
        message = f"the file has {size} bytes; Range asks for none of them"
        raise Problem(Code.RANGE_OUTSIDE, message, size_bytes=size) from None
