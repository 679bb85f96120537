"""Bytes to requests (RFC 9112), by httptools."""

from __future__ import annotations

from collections import deque

import httptools

from rentix.api.body import is_announced
from rentix.api.exchange import Exchange, Line
from rentix.api.heads import Whole, recall, remember, split_target

HEAD_MAX_BYTES = 64 * 1024
FIELDS_MAX = 100  # lines of headers, trailers among them


class Malformed(Exception):
    """What was sent is no HTTP; nothing that follows can be trusted."""


class HeadTooLarge(Exception):
    """A request's line and headers, or what comes behind its body, have no end."""


class RequestReader:
    """Reads one connection. `requests` are those whose head is whole, oldest first.

    `arriving` is the request whose body is not whole yet; `ended` tells whether what was fed last
    held the end of a request; `is_last` that nothing is read behind what has come.
    """

    def __init__(self, line: Line) -> None:
        self.requests: deque[Exchange] = deque()
        self.arriving: Exchange | None = None
        self.in_head = False
        self.ended = False
        self.is_last = False
        self._line = line
        self._fed_bytes = 0  # of a head or of trailers, before what is fed now
        self._head_bytes = 0
        self._fields = 0
        self._too_large = False
        self._advanced = False
        self._closing = False
        self._parser = httptools.HttpRequestParser(self)
        # What comes behind a request that asks to close is no reason to leave it unanswered.
        self._parser.set_dangerous_leniencies(lenient_data_after_close=True)

    def feed(self, data: bytes) -> None:
        """Take bytes in.

        Raises:
            Malformed: the request before them, if there is one, gets its answer.
            HeadTooLarge: over 64 KB or 100 lines.
        """
        if self.is_last:
            return
        at_start = self.arriving is None and not (self.in_head or self._fed_bytes or self._closing)
        if at_start and (whole := recall(data)):
            self._take(whole)
            return
        before = len(self.requests)
        self._parse(data)
        is_one = at_start and len(self.requests) == before + 1 and self.requests[-1].whole
        if is_one and not (self._closing or self.is_last):
            remember(data, self._headers, self._repeated)

    def _take(self, whole: Whole) -> None:
        method, target, head, body = whole
        path, plain_path, query = split_target(target)
        self.requests.append(
            Exchange(
                line=self._line,
                method=method,
                path=path,
                plain_path=plain_path,
                query=query,
                headers=head.headers,
                repeated=head.repeated,
                keep_alive=True,
                pieces=[body] if body else [],
                size=len(body),
                whole=True,
            )
        )
        self.ended = True

    def _parse(self, data: bytes) -> None:
        self.ended = self._advanced = False
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._stay(rest=len(data) - upgrade.args[0])
        except httptools.HttpParserError:
            self._stop()
            raise (HeadTooLarge if self._too_large else Malformed) from None
        if not self._advanced:  # the parser keeps what it was fed until a line has its end
            self._fed_bytes += len(data)
            if self._fed_bytes > HEAD_MAX_BYTES:
                self._stop()
                raise HeadTooLarge

    def _stay(self, rest: int) -> None:
        # An upgrade is not taken up: the request is answered as it is. But the parser has not
        # looked for a body, so that what may follow cannot be told from the next request.
        if self.requests and (rest or is_announced(self.requests[-1].headers)):
            self._stop()

    def _stop(self) -> None:
        self.is_last = True
        self.in_head = False
        if self.requests and self.requests[-1] is self.arriving:
            self.requests.pop()
        if self.requests:
            self.requests[-1].keep_alive = False

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        self.in_head = True
        self._fed_bytes = self._head_bytes = self._fields = 0
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._repeated: tuple[bytes, ...] = ()

    def on_url(self, url: bytes) -> None:
        """A part of its target; most often all of it."""
        self._url += url
        self._count_head(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """One of its headers; lines of one name are one list (RFC 9110, 5.3)."""
        self._fields += 1
        self._count_head(len(name) + len(value))
        if self.arriving is not None:  # behind a chunked body: it is no header, and not believed
            return
        name = name.lower()
        headers = self._headers
        if name in headers:
            self._repeated += (name,)
            value = headers[name] + b", " + value
        headers[name] = value

    def _count_head(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > HEAD_MAX_BYTES or self._fields > FIELDS_MAX:
            self._too_large = True
            raise HeadTooLarge

    def on_headers_complete(self) -> None:
        """The request can be answered, even before its body came."""
        self.in_head = False
        url = self._url
        if not url.startswith(b"/") or b"#" in url:
            parts = httptools.parse_url(url)
            url = (parts.path or b"/") + b"?" + (parts.query or b"")
        path, plain_path, query = split_target(url)
        parser = self._parser
        is_1_0 = parser.get_http_version() == "1.0"
        if b"host" in self._repeated or not (is_1_0 or b"host" in self._headers):
            raise Malformed  # RFC 9112, 3.2: a proxy before us may have read another
        self.arriving = Exchange(
            line=self._line,
            method=parser.get_method().decode("ascii"),
            path=path,
            plain_path=plain_path,
            query=query,
            headers=self._headers,
            repeated=self._repeated,
            keep_alive=not is_1_0 and parser.should_keep_alive(),
            is_1_0=is_1_0,
        )
        self._closing = not self.arriving.keep_alive
        self.requests.append(self.arriving)
        self._advanced = True
        self._fed_bytes = 0

    def on_body(self, piece: bytes) -> None:
        """A part of a body."""
        self._advanced = True
        if self.arriving is not None:
            self.arriving.add(piece)

    def on_message_complete(self) -> None:
        """The end of a request, perhaps of one that was answered before."""
        self.ended = self._advanced = True
        if self.arriving is not None:
            self.arriving.whole = True
            self.arriving = None
