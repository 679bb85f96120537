"""One question and one answer of HTTP/1.1, with a limit to everything that the server says."""

from __future__ import annotations

import h11
import msgspec

from rentix.media.fetch.failures import FetchCode, FetchFailed
from rentix.media.fetch.sockets import Stream, lost
from rentix.media.fetch.urls import Target

_READ_BYTES = 64 * 1024
_TOO_LARGE_HEAD = 431  # what h11 would answer, were it the server


class Head(msgspec.Struct, frozen=True):
    """The status of an answer, and the headers that matter to us."""

    status: int
    location: str | None
    """Each byte as a character."""
    content_type: str | None
    encodings: frozenset[str]
    size_bytes: int | None


class Exchange:
    """Asks for one thing on a fresh connection."""

    def __init__(self, stream: Stream, target: Target, head_max_bytes: int) -> None:
        self._stream = stream
        self._target = target
        self._head_left_bytes = head_max_bytes
        self._ended = False
        # h11 holds chunk headers and trailers to this; heads, interim ones included, are ours.
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=head_max_bytes)

    def ask(self) -> Head:
        """Send the request, and return the head of what comes back.

        Raises:
            FetchFailed: none came that makes sense.
        """
        self._send_request()
        while not isinstance(event := self._next_event(), h11.Response):
            pass  # 1xx: there may be some before the answer
        return _read_head(event)

    def read_body(self, max_bytes: int) -> bytes:
        """The whole body.

        Raises:
            FetchFailed: it is larger, or does not come.
        """
        body = bytearray()  # one buffer: chunks may be a byte each, and as objects weigh fifty
        while isinstance(event := self._next_event(), h11.Data):
            body += event.data
            if len(body) > max_bytes:
                raise too_large(max_bytes)
        return bytes(body)

    def _send_request(self) -> None:
        # Nothing here tells who we are to whom; nothing may be packed, so nothing is unpacked.
        headers = [
            ("Host", self._target.authority),
            ("User-Agent", "Rentix"),
            ("Accept", "image/jpeg, image/png, image/webp, */*;q=0.1"),
            ("Accept-Encoding", "identity"),
            ("Connection", "close"),
        ]
        request = h11.Request(method="GET", target=self._target.path, headers=headers)
        for event in (request, h11.EndOfMessage()):
            if data := self._http.send(event):
                self._stream.send(data)

    def _next_event(self) -> h11.Event:
        while True:
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as error:
                raise self._invalid(error) from None
            if isinstance(event, h11.Event):
                return event
            self._receive()

    def _receive(self) -> None:
        size_bytes = _READ_BYTES
        awaits_head = self._http.their_state is h11.SEND_RESPONSE
        if awaits_head:
            size_bytes = min(size_bytes, self._head_left_bytes)
            if not size_bytes:
                raise self._head_too_large()
        data = self._stream.receive(size_bytes)
        if awaits_head:
            self._head_left_bytes -= len(data)
        self._ended = not data
        self._http.receive_data(data)

    def _invalid(self, error: h11.RemoteProtocolError) -> FetchFailed:
        if self._ended:
            return lost(self._target.host)
        if error.error_status_hint == _TOO_LARGE_HEAD:
            return self._head_too_large()
        message = f"{self._target.host} did not answer in sound HTTP/1.1; its server must be mended"
        return FetchFailed(FetchCode.HTTP_INVALID, message, heals=False)

    def _head_too_large(self) -> FetchFailed:
        message = f"{self._target.host} sent too many headers; it must send fewer with a picture"
        return FetchFailed(FetchCode.HEAD_TOO_LARGE, message, heals=False)


def too_large(max_bytes: int) -> FetchFailed:
    """What to say to a picture of more bytes than that."""
    message = f"the picture is larger than {max_bytes:,} bytes; make it smaller"
    return FetchFailed(FetchCode.TOO_LARGE, message, heals=False)


def _read_head(response: h11.Response) -> Head:
    def find(name: bytes) -> list[str]:
        return [value.decode("latin-1") for key, value in response.headers if key == name]

    encodings = ",".join(find(b"content-encoding")).lower().split(",")
    length = next(iter(find(b"content-length")), None)
    return Head(
        status=response.status_code,
        location=next(iter(find(b"location")), None),
        content_type=next(iter(find(b"content-type")), None),
        encodings=frozenset(word.strip() for word in encodings) - {"", "identity"},
        size_bytes=int(length) if length is not None else None,  # h11 lets only digits through
    )
