"""Blobs as HTTP hands them out (RFC 9110): for ever the same, in whole or in part."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from rentix.errors import Code, Problem
from rentix.media.blobs import BlobMissing, Blobs, BlobsAway, KeyRefused
from rentix.media.blobs.keys import content_type_of, key_of_name

_SHOWN = 80
_RANGE = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})", re.IGNORECASE)
_ETAGS = re.compile(rb'(?:W/)?("[^"]*")|\*')


class Served(msgspec.Struct, frozen=True):
    """An answer. `nosniff` and the content's length are on every answer anyway."""

    status: int
    content_type: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = b""


def serve_blob(
    blobs: Blobs, name: str, headers: Mapping[bytes, bytes], method: str = "GET"
) -> Served:
    """Answer GET or HEAD of the blob that is called `name` (`<sha256>.webp`); this may block.

    The names of `headers` are in lower case. With HEAD the body is for its length only.

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
        wanted = _find_range(asked, blobs.size(key))
        if wanted:
            blob = blobs.get(key, wanted)
            place = b"bytes %d-%d/%d" % (wanted[0], wanted[1] - 1, blob.size_bytes)
            return Served(206, kind, (*shown, (b"content-range", place)), blob.data)
    return Served(200, kind, shown, blobs.get(key).data)


def _has(etag: bytes, header: bytes) -> bool:
    """Whether a list of etags names this one. What is no list of etags names none."""
    return any(tag[0] == b"*" or tag[1] == etag for tag in _ETAGS.finditer(header))


def _find_range(asked: re.Match[bytes], size: int) -> tuple[int, int] | None:
    """The bytes from the first up to but without the second; None for a range that is none.

    Raises:
        Problem: 416, no byte of the blob is in it.
    """
    first, last = asked.groups()
    if not first and not last:
        return None
    if first and last and int(first) > int(last):
        return None
    start = int(first) if first else max(0, size - int(last))
    stop = min(size, int(last) + 1) if first and last else size
    if start >= stop:
        message = f"the file has {size} bytes; Range asks for none of them"
        raise Problem(Code.RANGE_OUTSIDE, message, size_bytes=size)
    return start, stop
