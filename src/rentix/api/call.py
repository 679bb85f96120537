"""A request that has passed the gate, and what a handler answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import msgspec

from rentix.model import Agency
from rentix.operations import Caller
from rentix.wire.answers import encode

if TYPE_CHECKING:
    from rentix.api.exchange import Exchange
    from rentix.api.portal import Portal

Headers = list[tuple[bytes, bytes]]


class Call(msgspec.Struct):
    """What a handler gets: who asks (`caller`, None on public routes), and all that was sent.

    `path` is the path as sent, still percent-encoded; `names` are its decoded variable parts.
    `exchange` is there where the handler reads the body itself. `query` holds the checked
    parameters, `strays` the names of those that the route doesn't know.
    """

    portal: Portal
    method: str
    path: bytes
    raw_query: bytes
    headers: dict[bytes, bytes]
    request_id: str
    names: dict[str, str] = {}
    body: bytes = b""
    exchange: Exchange | None = None
    caller: Caller | None = None
    agency: Agency | None = None
    query: dict[str, Any] = {}
    strays: tuple[str, ...] = ()

    @property
    def tenant(self) -> tuple[Caller, Agency]:
        """The caller and its agency, on a route that asks for a key."""
        assert self.caller is not None  # noqa: S101 - the gate saw to it
        assert self.agency is not None  # noqa: S101 - as above
        return self.caller, self.agency


class Reply(msgspec.Struct):
    """What goes back. A `body` that is an iterator is streamed.

    `length` is that of a body that is not here, because HEAD asks for no more.
    """

    status: int = 200
    body: bytes | AsyncIterator[bytes] = b""
    headers: Headers = []
    content_type: bytes = b"application/json"
    length: int | None = None


def json_reply(body: Any, status: int = 200, headers: Headers | None = None) -> Reply:
    """A struct of `wire.shapes` as a reply."""
    return Reply(status, encode(body), headers or [])
