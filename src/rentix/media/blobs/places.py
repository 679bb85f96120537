"""From what the operator says to the blobs themselves."""

from __future__ import annotations

import re
from pathlib import Path

from rentix.media.blobs import MAX_BLOB_BYTES, Blobs, BlobsRefused, Patience, S3Access
from rentix.media.blobs.disk import DiskBlobs
from rentix.media.blobs.s3 import S3Blobs

_FOLDER = r"(?!\.{1,2}(?:/|$))[\w.-]+"
_BUCKET = re.compile(
    rf"s3://([a-z0-9][a-z0-9.-]{{1,61}}[a-z0-9])(?:/|/({_FOLDER}(?:/{_FOLDER})*)/?)?", re.ASCII
)


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
    return S3Blobs(bucket[1], bucket[2] or "", access, patience or Patience(), max_bytes)
