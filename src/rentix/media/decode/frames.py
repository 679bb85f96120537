"""What is said between us and a decoding process, over a pair of connected sockets.

A frame is a length and so many bytes. To the process: the kind's number and the file. From it: one
`Ready` when it starts, then one answer for each file. We believe nothing that it says unchecked.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from struct import Struct
from typing import get_args

import msgspec

from rentix.media.decode.picture import SIZES, Kind, Limits, Picture, Refusal, Variant
from rentix.media.decode.sniff import CONTENT_TYPES

KINDS: tuple[Kind, ...] = get_args(Kind)
ANSWER_BYTES = 16 << 20
"""No frame from a process may be longer: three variants without compression are half of it."""
VARIANT_BYTES = 4 << 20
"""No variant may be larger: its pixels are as many bytes, and WebP makes half of that of noise."""

_LENGTH = Struct("!I")
_HASH = re.compile(r"[0-9A-Za-z#$%*+,\-.:;=?@\[\]^_{|}~]{6,100}")
_WEBP = re.compile(rb"RIFF(.{4})WEBP", re.DOTALL)
_BEFORE_LENGTH = 8
_MESSAGE_MAX = 300


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The process has warmed up. `fault` says what it lacks, if it cannot decode."""

    fault: str | None = None


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The picture is refused."""

    code: Refusal
    message: str


class Garbled(Exception):
    """What came is no frame that a sound process sends."""


Answer = Ready | Refused | Picture
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder[Answer](Answer).decode


def send_request(channel: socket.socket, kind: Kind, data: bytes) -> None:
    """Send a file to be decoded."""
    channel.sendall(_LENGTH.pack(len(data) + 1) + bytes([KINDS.index(kind)]))
    channel.sendall(data)


def receive_request(channel: socket.socket) -> tuple[Kind, bytes] | None:
    """Wait for a file to decode; None when there is nobody any more to ask for it."""
    head = _receive(channel, _LENGTH.size + 1)
    if head is None:
        return None
    [length] = _LENGTH.unpack_from(head)
    data = _receive(channel, length - 1)
    return None if data is None else (KINDS[head[-1]], data)


def send_answer(channel: socket.socket, answer: Answer) -> None:
    """Send what came of a file."""
    frame = _encode(answer)
    channel.sendall(_LENGTH.pack(len(frame)))
    channel.sendall(frame)


def receive_answer(
    channel: socket.socket, before_each: Callable[[], None], limits: Limits
) -> Answer | None:
    """Wait for an answer; None when the process has ended.

    Raises:
        Garbled: it is none, or not of the promised shape.
        TimeoutError: by the channel's timeout, which `before_each` sets anew.
    """
    head = _receive(channel, _LENGTH.size, before_each)
    if head is None:
        return None
    [length] = _LENGTH.unpack(head)
    if length > ANSWER_BYTES:
        raise Garbled("an answer that is too long")
    frame = _receive(channel, length, before_each)
    if frame is None:
        return None
    try:
        answer: Answer = _decode(frame)
    except msgspec.DecodeError as error:
        raise Garbled("an answer of the wrong form") from error
    if not _is_sound(answer, limits):
        raise Garbled("an answer that cannot be")
    return answer


def _is_sound(answer: Answer, limits: Limits) -> bool:
    if isinstance(answer, Refused):
        return len(answer.message) <= _MESSAGE_MAX and answer.message.isprintable()
    return isinstance(answer, Ready) or _is_sound_picture(answer, limits)


def _is_sound_picture(picture: Picture, limits: Limits) -> bool:
    return (
        picture.content_type in CONTENT_TYPES.values()
        and 0 < picture.width <= limits.side_px
        and 0 < picture.height <= limits.side_px
        and picture.width * picture.height <= limits.pixels
        and bool(_HASH.fullmatch(picture.blurhash))
        and [variant.size for variant in picture.variants] == [str(size) for size in SIZES]
        and all(map(_is_sound_variant, picture.variants))
    )


def _is_sound_variant(variant: Variant) -> bool:
    head = _WEBP.match(variant.data)
    return (
        head is not None
        and int.from_bytes(head[1], "little") == len(variant.data) - _BEFORE_LENGTH
        and len(variant.data) <= VARIANT_BYTES
        and min(variant.width, variant.height) > 0
        and max(variant.width, variant.height) <= int(variant.size)
    )


def _receive(
    channel: socket.socket, length: int, before_each: Callable[[], None] | None = None
) -> bytes | None:
    received = bytearray(length)
    rest = memoryview(received)
    while rest:
        if before_each is not None:
            before_each()
        count = channel.recv_into(rest)
        if not count:
            return None
        rest = rest[count:]
    return bytes(received)
