"""Blobs in a bucket: Amazon's S3, or any that speaks as it does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from obstore.exceptions import BaseError
from obstore.store import S3Store

from rentix.media.blobs import (
    MAX_BLOB_BYTES,
    OWNER,
    Blob,
    BlobMissing,
    BlobsAway,
    BlobsError,
    BlobsRefused,
    BlobTooLarge,
    Listed,
    Patience,
    RangeOutside,
    S3Access,
)
from rentix.media.blobs.keys import check_key, content_type_of, is_key

if TYPE_CHECKING:
    from obstore.store import S3Credential

_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>(\w{1,60})</Code>")
_HEALING = {408, 409, 429, *range(500, 600)}
_OWNER_BYTES = 200
_ABSENT = "00/" + 64 * "0" + ".webp"
"""A key that no content has, as far as anyone knows."""


class S3Blobs:
    """Blobs in `bucket`, below `prefix`. Its key must be allowed to list, get, put and delete."""

    def __init__(
        self,
        bucket: str,
        prefix: str,
        access: S3Access,
        patience: Patience,
        max_bytes: int = MAX_BLOB_BYTES,
    ) -> None:
        self._name = f"s3://{bucket}/{prefix}".removesuffix("/")
        self._max_bytes = max_bytes
        self._store = _make_store(bucket, prefix, access, patience)

    def __repr__(self) -> str:
        return f"S3Blobs({self._name!r})"

    def __str__(self) -> str:
        return self._name

    def put(self, key: str, data: bytes) -> None:
        """Store a blob: see `Blobs`. Writing the same again is how its age begins anew."""
        check_key(key)
        if len(data) > self._max_bytes:
            raise BlobTooLarge(f"{len(data)} bytes; a blob has at most {self._max_bytes}")
        with self._translated():
            attributes = {"Content-Type": content_type_of(key)}
            self._store.put(key, data, attributes=attributes, use_multipart=False)

    def get(self, key: str, wanted: tuple[int, int] | None = None) -> Blob:
        """Read a blob: see `Blobs`."""
        check_key(key)
        if wanted and not 0 <= wanted[0] < wanted[1]:
            raise RangeOutside("a range must hold at least one byte")
        with self._translated():
            found = self._store.get(key, options={"range": wanted} if wanted else None)
            start, stop = found.range
            size = found.meta["size"]
            if stop - start > self._max_bytes:
                raise BlobTooLarge(f"{key} has {size} bytes, at most {self._max_bytes} are read")
            return Blob(found.bytes().to_bytes(), size, start)

    def size(self, key: str) -> int:
        """How many bytes a blob has: see `Blobs`."""
        check_key(key)
        with self._translated():
            return self._store.head(key)["size"]

    def delete(self, key: str, *, unless_since_ms: int | None = None) -> None:
        """Remove a blob: see `Blobs`."""
        check_key(key)
        with self._translated(), suppress(FileNotFoundError):
            if unless_since_ms is not None:
                found = self._store.head(key)
                if _since_1970_ms(found["last_modified"]) >= unless_since_ms:
                    return
            self._store.delete(key)

    def listed(self, before_ms: int) -> Iterator[Listed]:
        """Blobs below the prefix: see `Blobs`. S3 tells times in whole seconds."""
        with self._translated():
            for page in self._store.list():
                for found in page:
                    written_ms = _since_1970_ms(found["last_modified"])
                    if written_ms < before_ms and is_key(found["path"]):
                        yield Listed(found["path"], found["size"], written_ms)

    def check(self) -> None:
        """See that the bucket is there and lets us in: see `Blobs`."""
        with suppress(BlobMissing):
            self.get(_ABSENT)  # by GET, as the answer to HEAD does not say what is missing

    def owner(self) -> str | None:
        """Who wrote that the place is theirs: see `Blobs`."""
        with suppress(BlobMissing), self._translated():
            found = self._store.get(OWNER, options={"range": (0, _OWNER_BYTES)})
            return found.bytes().to_bytes().decode(errors="replace").strip()
        return None

    def own(self, name: str) -> None:
        """Write whose place this is: see `Blobs`."""
        with self._translated():
            self._store.put(OWNER, f"{name}\n".encode(), use_multipart=False)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (BaseError, FileNotFoundError) as error:
            # Without the library's own error, which quotes the exchange at length.
            raise self._told(str(error)) from None

    def _told(self, text: str) -> BlobsError:
        status, code = _STATUS.search(text), _CODE.search(text)
        number = int(status[1]) if status else None
        reason = code[1] if code else "no reason given"
        if number is None and "redirect" not in text:
            return BlobsAway(f"{self._name} does not answer")
        if number == HTTPStatus.NOT_FOUND and reason != "NoSuchBucket":
            return BlobMissing(f"there is no such blob in {self._name}")
        if number == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return RangeOutside("the blob is shorter")
        if number in _HEALING:
            return BlobsAway(f"{self._name} answers {number} ({reason})")
        return BlobsRefused(
            f"{self._name} answers {number or 'that it is elsewhere'} ({reason}): see that bucket "
            "and region are right, and that the key of AWS_ACCESS_KEY_ID may list, get, put and "
            "delete there"
        )


def _make_store(bucket: str, prefix: str, access: S3Access, patience: Patience) -> S3Store:
    # The library reads the environment, too. All that would change where we go or who we are
    # there is said here, so that `settings` stays its only reader.
    endpoint = access.endpoint or f"https://s3.{access.region}.amazonaws.com"
    request = timedelta(seconds=patience.request_s)
    return S3Store(
        bucket,
        prefix=prefix or None,
        config={
            "endpoint": endpoint,
            "aws_endpoint_url_s3": endpoint,
            "region": access.region,
            "skip_signature": False,
            "virtual_hosted_style_request": False,
            "disable_bulk_delete": True,  # its answer is 200 even where a blob was not deleted
        },
        client_options={
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=patience.connect_s),
            "timeout": request,
        },
        retry_config={
            "max_retries": patience.retries,
            "retry_timeout": request * (patience.retries + 1),
            "backoff": {
                "init_backoff": timedelta(milliseconds=100),
                "max_backoff": timedelta(seconds=1),
                "base": 2,
            },
        },
        credential_provider=lambda: _credential(access),
    )


def _credential(access: S3Access) -> S3Credential:
    return {
        "access_key_id": access.key_id,
        "secret_access_key": access.secret,
        "token": access.session_token,
        "expires_at": None,
    }


def _since_1970_ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
