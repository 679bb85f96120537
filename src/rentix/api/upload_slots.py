"""How many pictures a process takes in at a time: each may be 10 MiB of memory, for a minute."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rentix.errors import Code, Problem

AT_ONCE = 8
PER_AGENCY = 3


class UploadSlots:
    """Who uploads what. It is used on the event loop only."""

    def __init__(self, wait_s: float) -> None:
        self._wait_s = wait_s
        self._agencies: dict[int, int] = {}
        """The agency of each media whose bytes are on their way."""

    @contextmanager
    def hold(self, agency_id: int, media_id: int) -> Iterator[None]:
        """Hold a slot for a media while the block runs.

        Raises:
            Problem: 409, the media has one; 429, its agency has enough; 503, there is none left.
        """
        if media_id in self._agencies:
            raise self._under_way()
        if list(self._agencies.values()).count(agency_id) >= PER_AGENCY:
            message = (
                f"an agency sends at most {PER_AGENCY} pictures at a time; "
                "send this one when one of the others is through"
            )
            raise Problem(Code.RATE_LIMITED, message, retry_after_s=2)
        if len(self._agencies) >= AT_ONCE:
            message = "too many pictures are being uploaded; send it again later"
            raise Problem(Code.OVERLOADED, message, retry_after_s=2)
        self._agencies[media_id] = agency_id
        try:
            yield
        finally:
            del self._agencies[media_id]

    def _under_way(self) -> Problem:
        message = (
            "this picture is being uploaded already; let that end, or break it off and send it "
            f"again: an upload has {self._wait_s:g} s"
        )
        return Problem(Code.UPLOAD_UNDER_WAY, message, retry_after_s=2)
