"""Request bodies: of the right kind, of bounded size, in bounded time."""

from __future__ import annotations

from rentix.api.exchange import BodyTooLarge, BodyTooSlow, Exchange
from rentix.errors import Code, Problem
from rentix.wire.bodies import MAX_BODY_BYTES

_PLAIN = b"application/json"
_DIGITS_MAX = 20


def is_announced(headers: dict[bytes, bytes]) -> bool:
    """Whether the headers say that there is a body."""
    return headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers


def check_kind(headers: dict[bytes, bytes]) -> None:
    """415 unless a body, if there is one, is plain `application/json`."""
    if not is_announced(headers):
        return
    if b"upgrade" in headers:  # the parser stops there, and the body never arrives
        message = "send HTTP/1.1 without Upgrade (in Java: HttpClient.Version.HTTP_1_1)"
        raise Problem(Code.HTTP_INVALID, message)
    kind = headers.get(b"content-type", b"")
    if kind != _PLAIN and kind.split(b";")[0].strip().lower() != _PLAIN:
        message = "body must be sent with Content-Type: application/json"
        raise Problem(Code.MEDIA_TYPE_UNSUPPORTED, message)
    if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
        message = "body must be sent without Content-Encoding"
        raise Problem(Code.MEDIA_TYPE_UNSUPPORTED, message)


async def read_body(
    exchange: Exchange, timeout_s: float, most_bytes: int = MAX_BODY_BYTES
) -> bytes:
    """The whole body, once it has come.

    Raises:
        Problem: 413 over `most_bytes`, announced or sent; 408 when it takes longer than
            `timeout_s`.
        Disconnected: the client went away.
    """
    exchange.body_max_bytes = most_bytes
    announced = exchange.headers.get(b"content-length", b"")
    if announced.isdigit() and int(announced[:_DIGITS_MAX]) > most_bytes:
        raise _too_large(most_bytes)
    try:
        return await exchange.read_body(timeout_s)
    except BodyTooLarge:
        raise _too_large(most_bytes) from None
    except BodyTooSlow:
        message = f"body must be sent within {timeout_s:g} s"
        raise Problem(Code.BODY_TIMEOUT, message) from None


def _too_large(most_bytes: int) -> Problem:
    if most_bytes == MAX_BODY_BYTES:
        most_kb = most_bytes // 1024
        message = f"body must be at most {most_kb} KB; send fewer operations at a time"
    else:
        message = f"a picture must be at most {most_bytes // 1024**2} MiB; send a smaller one"
    return Problem(Code.BODY_TOO_LARGE, message)
