"""From what the operator says to the blobs themselves."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import ada_url
import msgspec

from rentix.media.blobs import MAX_BLOB_BYTES, Blobs, BlobsRefused, Patience, S3Access
from rentix.media.blobs.disk import DiskBlobs
from rentix.media.blobs.s3 import S3Blobs

_FOLDER = r"(?!\.{1,2}(?:/|$))[\w.-]+"
_BUCKET = re.compile(
    rf"s3://([a-z0-9][a-z0-9.-]{{1,61}}[a-z0-9])(?:/|/({_FOLDER}(?:/{_FOLDER})*)/?)?", re.ASCII
)
_ACCESS = {
    "region": (r"[A-Za-z0-9-]{1,40}", "AWS_REGION"),
    "key_id": (r"[!-~]{1,256}", "AWS_ACCESS_KEY_ID"),
    "secret": (r"[!-~]{1,256}", "AWS_SECRET_ACCESS_KEY"),
    "session_token": (r"[!-~]{1,8192}", "AWS_SESSION_TOKEN"),
}
"""What each part of an access is like, and the variable that it comes from."""


def open_blobs(
    place: str,
    access: S3Access | None = None,
    patience: Patience | None = None,
    max_bytes: int = MAX_BLOB_BYTES,
) -> Blobs:
    """The blobs in a folder, or in `s3://bucket[/prefix]`, to which `access` lets us in.

    A folder is made when new. Whether a bucket lets us in, `check` tells.

    Raises:
        BlobsRefused: it is no such place, or the access is missing.
        BlobsAway: the disk is full or broken.
    """
    if "://" not in place:
        return DiskBlobs(Path(place), max_bytes)
    bucket = _BUCKET.fullmatch(place)
    if bucket is None:
        raise BlobsRefused("pictures lie in a folder or in a bucket, like s3://bucket/prefix")
    if access is None:
        message = f"{place}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to get in"
        raise BlobsRefused(message)
    return S3Blobs(bucket[1], bucket[2] or "", _checked(access), patience or Patience(), max_bytes)


def _checked(access: S3Access) -> S3Access:
    # The library panics over what cannot be in an address or a header, such as a line end.
    for part, (pattern, variable) in _ACCESS.items():
        value = getattr(access, part)
        if value is not None and not re.fullmatch(pattern, value):
            raise BlobsRefused(f"{variable} cannot be right: see that nothing else is in it")
    if access.endpoint is None:
        return access
    return msgspec.structs.replace(access, endpoint=_origin(access.endpoint))


def _origin(endpoint: str) -> str:
    with suppress(ValueError):
        url = ada_url.URL(endpoint)
        if url.protocol in ("http:", "https:") and url.href == f"{url.origin}/":
            return url.origin
    raise BlobsRefused("AWS_ENDPOINT_URL must be like https://s3.example or http://127.0.0.1:8333")
