"""What can go wrong with fetching a picture, told to whoever gave its address.

A message names the fault and the way out. It never says what a name of the network leads to here:
nobody is to learn of the inside by asking for it.
"""

from __future__ import annotations

from enum import StrEnum


class FetchCode(StrEnum):
    """Stable machine words, one for each thing that its reader would do something else about."""

    URL_INVALID = "url_invalid"
    ADDRESS_REFUSED = "address_refused"
    LOOKUP_FAILED = "lookup_failed"
    UNREACHABLE = "unreachable"
    CERTIFICATE_INVALID = "certificate_invalid"
    CONNECTION_LOST = "connection_lost"
    TIMED_OUT = "timed_out"
    HOST_BUSY = "host_busy"
    HTTP_INVALID = "http_invalid"
    HEAD_TOO_LARGE = "head_too_large"
    ENCODING_REFUSED = "encoding_refused"
    TOO_LARGE = "too_large"
    REDIRECT_REFUSED = "redirect_refused"
    REDIRECTS_EXCEEDED = "redirects_exceeded"
    ANSWER_REFUSED = "answer_refused"
    SERVER_FAILED = "server_failed"


class FetchFailed(Exception):
    """There is no picture; `heals` tells whether trying again later may bring one."""

    def __init__(self, code: FetchCode, message: str, *, heals: bool) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.heals = heals


def address_refused() -> FetchFailed:
    """The one answer where there is no public address: an inner one, or none that the DNS knows."""
    message = (
        "the URL's host has no public address; check how it is spelled, "
        "and serve the picture from a public one"
    )
    return FetchFailed(FetchCode.ADDRESS_REFUSED, message, heals=False)
