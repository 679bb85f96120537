"""One import: fetched, decoded, kept, and told to the writer; or why not (contract 7)."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from typing import Protocol

import structlog

from rentix.media.blobs import BlobMissing, Blobs, BlobsAway, BlobsError, BlobsRefused
from rentix.media.blobs.keys import blob_key, name_of_key, upload_key
from rentix.media.decode import (
    DecoderCrashed,
    DecoderUnavailable,
    Kind,
    PictureRefused,
)
from rentix.media.decode import Picture as Decoded
from rentix.media.fetch import Fetched
from rentix.media.fetch.failures import FetchCode, FetchFailed
from rentix.model import Picture, Task, Variant
from rentix.operations import Answer, Caller, FinishAvatar, MediaOutcome, Request
from rentix.store import Conflict, MediaQueue, Unavailable
from rentix.writer import Clock, Closed, Overloaded

CRASHES_MAX = 3
"""What decodes a picture may break off so often; then the picture is set aside."""
HOLDS_MAX = 10
"""So may whoever imports it end in silence: more often, for it is seldom the picture's doing."""
TRIES_MAX = 6
"""So often what may heal is tried; what is not the picture's doing counts for nothing."""
_FIRST_DELAY_S = 10
_GROWTH = 4  # 10 s, 40 s, … 43 minutes: an hour in all

_log = structlog.get_logger("rentix")
_AWAY = (BlobsAway, BlobsRefused, DecoderUnavailable, Unavailable, Conflict, Overloaded, Closed)
"""What is nobody's fault who sent a picture, and comes back, or is mended, some time."""

Finish = Callable[[Request], Answer]
"""Has a request written, and returns after its commit."""


class HostBusy(Exception):
    """Enough is fetched from the picture's host already."""


class Halted(Exception):
    """What all imports need is away: a decoder, the place of files, the database."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


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

    def run(self, task: Task) -> bool:
        """Import a picture, or let it be tried again later; whether there is a picture.

        Raises:
            HostBusy, Halted: it must wait, and is not to blame.
            StoreError: the end could not be written; the hold will pass.
        """
        try:
            return self._run(task)
        except _AWAY as error:
            raise Halted(error) from error

    def _run(self, task: Task) -> bool:
        if task.holds > HOLDS_MAX:
            message = f"importing this picture broke off {HOLDS_MAX} times; send another one"
            self._end(task, error=message)
            return False
        files: dict[str, bytes] = {}
        try:
            picture = self._import(task, files)
        except NothingCame:
            self._end(task, error="no picture was uploaded in time; upload it anew")
        except FetchFailed as failed:
            if failed.code is FetchCode.HOST_BUSY:
                raise HostBusy from failed
            self._fail(task, failed.message, last=not failed.heals or task.tries + 1 >= TRIES_MAX)
        except PictureRefused as refused:
            self._fail(task, refused.message, last=True)
        except DecoderCrashed:
            message = "decoding this picture broke off; send another one"
            self._fail(task, message, last=task.crashes + 1 >= CRASHES_MAX, crashed=True)
        else:
            self._end(task, picture)
            self._make_sure(files)
            return True
        return False

    def _import(self, task: Task, files: dict[str, bytes]) -> Picture:
        content = self._get(task)
        decoded = self._decode(content, task.use)
        variants = []
        for variant in decoded.variants:
            key = blob_key(variant.data)
            files[key] = variant.data
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

    def _make_sure(self, files: dict[str, bytes]) -> None:
        """See that what was named is there: in a bucket a sweep may have taken it before that.

        It looks at an old file, which was an orphan, and removes it after it was put anew.
        """
        for key, data in files.items():
            try:
                self._blobs.size(key)
            except BlobMissing:
                self._blobs.put(key, data)

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

    def _fail(self, task: Task, message: str, *, last: bool, crashed: bool = False) -> None:
        if last:
            self._end(task, error=message)
            return
        before = task.crashes if crashed else task.tries
        delay_ms = 1000 * _FIRST_DELAY_S * _GROWTH**before
        due_ms = self._clock() + delay_ms + secrets.randbelow(delay_ms // 4 + 1)
        self._queue.postpone(task, due_ms, message, crashed=crashed)

    def _end(self, task: Task, picture: Picture | None = None, error: str | None = None) -> None:
        """Write the end, and remove what was uploaded: it may say more than its sender knows."""
        operation = FinishAvatar(
            media_id=task.id,
            token=task.token,
            picture=picture,
            error=error,
        )
        answer = self._finish(Request(caller=Caller(task.agency_id), operations=(operation,)))
        [result] = answer.results
        lost = isinstance(result, MediaOutcome) and result.verb == "unchanged"
        if task.source is not None and not lost:
            try:
                self._blobs.delete(upload_key(task.source))
            except BlobsError as fault:  # a sweep will
                _log.warning("upload_left", kind=type(fault).__name__)
