"""Calls as httpx2 has them, and its answers as ours. What both clients share of the network."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Final
from urllib.parse import urljoin

import httpx2

from rentix import __version__
from rentix.client.access import PREFIX, checked_key
from rentix.client.answers import Answer
from rentix.client.calls.call import Call
from rentix.client.exchange import Lost

ABOUT_US: Final = {"User-Agent": f"rentix-python/{__version__}", "Accept": "application/json"}


class KeyHolder(httpx2.Auth):
    """The API key. It is put on a request as that leaves, and is in no repr, log or error."""

    __slots__ = ("_key",)

    def __init__(self, api_key: str) -> None:
        self._key = checked_key(api_key)

    def __repr__(self) -> str:
        return "<KeyHolder>"

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Put the key on a request."""
        request.headers["Authorization"] = f"ApiKey {self._key}"
        yield request


def request_of(call: Call[Any], base_url: str) -> httpx2.Request:
    """Return a call as a request, without the key."""
    url = f"{base_url}{PREFIX}{call.path}"
    if call.address is not None:
        url = urljoin(base_url, call.address)
    query = dict(call.query) or None
    headers = ABOUT_US | call.headers
    return httpx2.Request(call.method, url, params=query, content=call.body, headers=headers)


def answer_of(response: httpx2.Response) -> Answer:
    """Return a response, read to its end, as a value."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, headers, response.content)


def lost(fault: httpx2.RequestError, base_url: str) -> Lost:
    """Return in words why no answer came.

    The fault itself is not passed on: its frames hold the request, and so the key.
    """
    if isinstance(fault, httpx2.DecodingError):
        return Lost(f"{base_url} sent what cannot be unpacked", reached=True, garbled=True)
    what = "no answer in time" if isinstance(fault, httpx2.TimeoutException) else str(fault)
    never = isinstance(fault, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout)
    reason = what or type(fault).__name__
    return Lost(f"no answer from {base_url}: {reason}", reached=not never)
