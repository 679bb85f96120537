"""Files of pictures. `Blobs` is what the rest of the house asks of the place where they lie.

A blob never changes: its key is made of its content. The database names a blob only after `put`
has returned; a blob that nothing names is an orphan, for `listed` to find.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import msgspec

__all__ = [
    "MAX_BLOB_BYTES",
    "OWNER",
    "Blob",
    "BlobMissing",
    "BlobTooLarge",
    "Blobs",
    "BlobsAway",
    "BlobsError",
    "BlobsRefused",
    "KeyRefused",
    "Listed",
    "Patience",
    "RangeOutside",
    "S3Access",
]

MAX_BLOB_BYTES = 10 * 1024 * 1024
"""The largest blob, an upload. One is held in memory while it is written, read or handed out; the
largest variant has 1,024 pixels a side."""

OWNER = "installation"
"""The file beside the blobs that says whose they are (`owners.py`)."""


class BlobsError(Exception):
    """A blob could not be written, read or removed."""


class BlobMissing(BlobsError):
    """There is no blob with this key."""


class BlobTooLarge(BlobsError):
    """A blob is larger than the limit."""


class RangeOutside(BlobsError):
    """A range that has no byte of the blob in it."""


class KeyRefused(BlobsError):
    """A key that is not made by `blob_key`."""


class BlobsAway(BlobsError):
    """The place cannot be reached now, or is full. Trying again later may help."""


class BlobsRefused(BlobsError):
    """The place is wrong, or does not let us in. Somebody has to mend that."""


class Blob(msgspec.Struct, frozen=True):
    """Bytes of a blob, from `start`, and the `size_bytes` of the whole."""

    data: bytes
    size_bytes: int
    start: int = 0


class Listed(msgspec.Struct, frozen=True):
    """What lies there: `key` is that of a blob, or of what a crash left of one."""

    key: str
    size_bytes: int
    written_ms: int


class Patience(msgspec.Struct, frozen=True):
    """How long S3 is waited for: about (retries + 1) times `request_s` at the most."""

    connect_s: float = 2.0
    request_s: float = 10.0
    retries: int = 2


class S3Access(msgspec.Struct, frozen=True):
    """Who we are at which S3. `endpoint` None is Amazon's own, in `region`."""

    key_id: str
    secret: str
    region: str = "us-east-1"
    endpoint: str | None = None
    session_token: str | None = None

    def __repr__(self) -> str:
        return f"S3Access({self.endpoint or self.region})"


class Blobs(Protocol):
    """Where blobs lie. Its methods block, and may be called from many threads at once.

    All of them raise BlobsAway and BlobsRefused; those that take a key raise KeyRefused.
    """

    def put(self, key: str, data: bytes) -> None:
        """Store a blob under its key; it is durable when this returns.

        One that is there is kept, and counts as written now, so that no sweep that is under way
        takes it for an orphan.

        Raises:
            BlobTooLarge: it is larger than the limit.
        """

    def get(self, key: str, wanted: tuple[int, int] | None = None) -> Blob:
        """Read a blob, or of it the bytes from `wanted[0]` up to but without `wanted[1]`.

        Raises:
            BlobMissing: there is none.
            RangeOutside: it is not long enough for the first byte that is wanted.
        """

    def size(self, key: str) -> int:
        """How many bytes a blob has.

        Raises:
            BlobMissing: there is none.
        """

    def delete(self, key: str, *, unless_since_ms: int | None = None) -> None:
        """Remove a blob, but not one written at `unless_since_ms` or later; it may be gone."""

    def listed(self, before_ms: int) -> Iterator[Listed]:
        """What was written before `before_ms` (since 1970), in no order."""

    def check(self) -> None:
        """See that the place is there and lets us in."""

    def owner(self) -> str | None:
        """Who wrote that the place is theirs; None when nobody did."""

    def own(self, name: str) -> None:
        """Write whose place this is."""
