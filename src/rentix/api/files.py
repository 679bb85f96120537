"""GET /media/files/{name}: pictures, for everybody."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from rentix.api.call import Call, Reply
from rentix.errors import Code, Problem
from rentix.media.blobs import Blobs
from rentix.media.serving import serve_blob

FILES_PATH = "/media/files/"

_THREADS = 4
_WAITING_MAX = 64


class Files:
    """Reads blobs in threads of its own: where S3 is slow, only pictures wait for it."""

    def __init__(self, blobs: Blobs, *, waiting_max: int = _WAITING_MAX) -> None:
        self._blobs = blobs
        self._threads = ThreadPoolExecutor(_THREADS, "files")
        self._waiting = 0
        self._waiting_max = waiting_max

    async def serve(self, call: Call) -> Reply:
        """The reply to a call for a file."""
        if self._waiting >= self._waiting_max:
            message = "too many files are being read; ask again later"
            raise Problem(Code.OVERLOADED, message, retry_after_s=1)
        self._waiting += 1
        reading = asyncio.get_running_loop().run_in_executor(
            self._threads, serve_blob, self._blobs, call.names["name"], call.headers, call.method
        )
        try:
            served = await reading
        finally:
            self._waiting -= 1
        headers = [*served.headers]
        return Reply(served.status, served.body, headers, served.content_type, served.length)

    def close(self) -> None:
        """Let what is being read end, and begin nothing more."""
        self._threads.shutdown(cancel_futures=True)


async def get_file(call: Call) -> Reply:
    """A file of a picture."""
    files = call.portal.files
    if files is None:
        raise Problem(Code.FILE_UNKNOWN, "there are no files here")
    return await files.serve(call)
