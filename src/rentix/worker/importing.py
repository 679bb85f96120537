"""One import: fetched, decoded, kept, and told to the writer; or why not (contract 7)."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from typing import Protocol

import structlog

from rentix.media.blobs import BlobMissing, Blobs, BlobsError
from rentix.media.blobs.keys import blob_key, name_of_key, upload_key
from rentix.media.decode import (
    DecoderCrashed,
    DecoderUnavailable,
    Kind,
    PictureRefused,
)
from rentix.media.decode import Picture as Decoded
from rentix.media.fetch import Fetched
from rentix.media.fetch.failures import FetchFailed
from rentix.model import Picture, Task, Variant
from rentix.operations import Answer, Caller, FinishAvatar, Request
from rentix.store import MediaQueue
from rentix.writer import Clock

CRASHES_MAX = 3
"""What decodes a picture may break off so often; then the picture is set aside."""
HOLDS_MAX = 10
"""So may whoever imports it end in silence: more often, for it is seldom the picture's doing."""
TRIES_MAX = 6
_FIRST_DELAY_S = 10
_GROWTH = 4  # 10 s, 40 s, … 43 minutes: an hour in all

_log = structlog.get_logger("rentix")

Finish = Callable[[Request], Answer]
"""Has a request written, and returns after its commit."""


class NothingCame(Exception):
    """There are no bytes of a picture that was to be uploaded."""


class Fetches(Protocol):
    """What fetches pictures: `media.fetch.Fetcher`."""

    def fetch(self, url: str) -> Fetched:
        """What is at `url`.

        Raises:
            FetchFailed: nothing that can be had.
        """


class Decodes(Protocol):
    """What decodes pictures: `media.decode.Decoder`."""

    def decode(self, data: bytes, kind: Kind) -> Decoded:
        """Safe pictures made of `data`.

        Raises:
            PictureRefused, DecoderCrashed, DecoderUnavailable
        """

    def close(self) -> None:
        """End what decodes."""


class Importer:
    """Brings imports to their end. Shared by threads.

    `make_decoder` is called when the first picture is there: until then no process waits for one.
    """

    def __init__(
        self,
        fetcher: Fetches,
        make_decoder: Callable[[], Decodes],
        blobs: Blobs,
        queue: MediaQueue,
        finish: Finish,
        clock: Clock,
    ) -> None:
        self._fetcher = fetcher
        self._make_decoder = make_decoder
        self._decoder: Decodes | None = None
        self._lock = threading.Lock()
        self._blobs = blobs
        self._queue = queue
        self._finish = finish
        self._clock = clock

    def run(self, task: Task) -> None:
        """Import a picture, or let it be tried again later.

        Raises:
            StoreError, Overloaded, Closed: the end could not be written; the hold will pass.
        """
        if task.holds > HOLDS_MAX:
            message = f"importing this picture broke off {HOLDS_MAX} times; send another one"
            self._end(task, error=message)
            return
        try:
            picture = self._import(task)
        except NothingCame:
            self._end(task, error="no picture was uploaded in time; upload it anew")
        except FetchFailed as failed:
            self._fail(task, failed.message, heals=failed.heals)
        except PictureRefused as refused:
            self._fail(task, refused.message, heals=False)
        except DecoderCrashed:
            heals = task.tries + 1 < CRASHES_MAX
            self._fail(task, "decoding this picture broke off; send another one", heals=heals)
        except (BlobsError, DecoderUnavailable) as error:
            _log.error("import_halted", kind=type(error).__name__)
            self._fail(task, "pictures cannot be stored just now", heals=True)
        else:
            self._end(task, picture)

    def _import(self, task: Task) -> Picture:
        content = self._get(task)
        decoded = self._decode(content, "photo" if task.user_id is None else "avatar")
        variants = []
        for variant in decoded.variants:
            key = blob_key(variant.data)
            self._blobs.put(key, variant.data)
            name, size_bytes = name_of_key(key), len(variant.data)
            made = Variant(name, variant.size, size_bytes, variant.width, variant.height)
            variants.append(made)
        return Picture(
            content_type=decoded.content_type,
            size_bytes=len(content),
            variants=tuple(variants),
            blurhash=decoded.blurhash,
        )

    def _get(self, task: Task) -> bytes:
        """What the picture is made of: fetched, or uploaded before."""
        if task.url is not None:
            return self._fetcher.fetch(task.url).content
        if task.source is None:
            raise NothingCame
        try:
            return self._blobs.get(upload_key(task.source)).data
        except BlobMissing:
            raise NothingCame from None

    def _decode(self, content: bytes, kind: Kind) -> Decoded:
        with self._lock:
            decoder = self._decoder = self._decoder or self._make_decoder()
        return decoder.decode(content, kind)

    def close(self) -> None:
        """End the processes that decode."""
        if self._decoder is not None:
            self._decoder.close()

    def _fail(self, task: Task, message: str, *, heals: bool) -> None:
        if not heals or task.tries + 1 >= TRIES_MAX:
            self._end(task, error=message)
            return
        delay_ms = 1000 * _FIRST_DELAY_S * _GROWTH**task.tries
        spread_ms = secrets.randbelow(delay_ms // 4 + 1)
        self._queue.postpone(task, self._clock() + delay_ms + spread_ms, message)

    def _end(self, task: Task, picture: Picture | None = None, error: str | None = None) -> None:
        operation = FinishAvatar(
            media_id=task.id,
            token=task.token,
            picture=picture,
            error=error,
        )
        self._finish(Request(caller=Caller(task.agency_id), operations=(operation,)))
