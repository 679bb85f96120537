"""Work that misbehaves when the picture says so: what a decoding process is taken over for.

Each `prepare` here is named to a `Decoder` instead of libvips's. The first bytes look like a JPEG,
so that they get as far as a process; the rest is an order.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterable
from errno import EPERM
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from rentix.media.decode import SIZES, Kind, Limits, Picture, PictureRefused, Refusal, Variant
from rentix.media.decode.picture import Work
from rentix.media.decode.vips import prepare as prepare_vips

MAGIC = b"\xff\xd8\xff"
NOBODY = 65534


def order(name: str) -> bytes:
    """Make a file that gives an order."""
    return MAGIC + name.encode()


def webp(content: bytes) -> bytes:
    """Make a file that is a WebP by its frame."""
    return b"RIFF" + struct.pack("<I", len(content) + 4) + b"WEBP" + content


def answer(text: object, **changed: Any) -> Picture:
    """Make an answer that is sound by the looks of it, and holds a text."""
    variants = tuple(Variant(str(size), 1, 1, webp(str(text).encode())) for size in SIZES)
    return replace(Picture("image/jpeg", 1, 1, "000000", variants), **changed)


def said(picture: Picture) -> str:
    """Return the text of such an answer."""
    return picture.variants[0].data[12:].decode()


def lie(**changed: Any) -> Picture:
    """Make an answer of which one variant is unsound."""
    first, *others = answer("lie").variants
    return answer("lie", variants=(replace(first, **changed), *others))


def _refuse(message: str = "refused by order") -> Picture:
    raise PictureRefused(Refusal.DAMAGED, message)


def _burn() -> Picture:
    while True:
        pass


def _stall() -> Picture:
    threading.Event().wait()
    return answer("never")


def _eat() -> Picture:
    return answer(len(bytearray(1 << 30)))  # unwritten, so it costs no memory where it is allowed


def _fall() -> Picture:
    ctypes.string_at(0)
    return answer("never")


ORDERS: dict[str, Callable[[], Picture]] = {
    "tell": lambda: answer(os.getpid()),
    "refuse": _refuse,
    "burn": _burn,
    "stall": _stall,
    "eat": _eat,
    "fall": _fall,
    "exit": lambda: os._exit(3),
    "flood": lambda: answer("x" * (10 << 20)),
}
LIES: dict[str, Callable[[], Picture]] = {
    "type": lambda: answer("", content_type="text/html"),
    "no width": lambda: answer("", width=0),
    "negative height": lambda: answer("", height=-1),
    "side": lambda: answer("", width=12_001),
    "pixels": lambda: answer("", width=12_000, height=12_000),
    "hash": lambda: answer("", blurhash="<script>"),
    "sizes": lambda: answer("", variants=answer("").variants[:2]),
    "no WebP": lambda: lie(data=b"<svg/>"),
    "more than the WebP": lambda: lie(data=webp(b"") + b"<svg/>"),
    "half a WebP": lambda: lie(data=webp(b"abcd")[:-2]),
    "large WebP": lambda: lie(data=webp(bytes(4 << 20))),
    "wide variant": lambda: lie(width=129),
    "long refusal": lambda: _refuse("x" * 301),
    "refusal of many lines": lambda: _refuse("damaged\nand more"),
}
ORDERS |= LIES


def prepare(limits: Limits) -> Work:
    """Do as told."""
    assert limits.side_px

    def work(data: bytes, kind: Kind) -> Picture:
        assert kind == "avatar"
        return ORDERS[data.removeprefix(MAGIC).decode()]()

    return work


def _errno_of(act: Callable[[], object]) -> int:
    try:
        act()
    except OSError as error:
        return error.errno or 0
    return 0


def _map_code() -> None:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC).close()


def _raw(number: int, *arguments: int) -> Callable[[], None]:
    def act() -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.syscall(number, *arguments) < 0:
            raise OSError(ctypes.get_errno(), "by number")

    return act


ACTS: dict[str, Callable[[], object]] = {
    "open a file": lambda: os.open("/proc/self/status", os.O_RDONLY),
    "write a file": lambda: os.open("/dev/null", os.O_WRONLY),
    "list a folder": lambda: list(Path("/").iterdir()),
    "look at a file": lambda: Path("/etc/passwd").stat(),
    "unlink": lambda: Path("/nonexistent/rentix").unlink(),
    "open a socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    "make a pair of sockets": socket.socketpair,
    "make a pipe": os.pipe,
    "fork": os.fork,
    "run a program": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606 - it must fail
    "signal its parent": lambda: os.kill(os.getppid(), 0),
    "map code": _map_code,
    "make a file of memory": lambda: os.memfd_create("code"),
    "leave the namespace by clone": _raw(56, 0x10000000 | 17, 0, 0, 0, 0),  # CLONE_NEWUSER
    "leave it by a thread": _raw(56, 0x10010900, 0, 0, 0, 0),
    "trace": _raw(101, 0, 0, 0, 0),
    "use the x32 names of calls": _raw(0x40000000 | 2, 0, 0, 0),
}


def list_open_doors(acts: Iterable[str] = ACTS) -> str:
    """Name the acts that this process is not forbidden."""
    return ", ".join(act for act in acts if _errno_of(ACTS[act]) != EPERM)


def prepare_burglar(limits: Limits) -> Work:
    """Warm up as usual, then try every door."""
    prepare_vips(limits)
    return lambda _data, _kind: answer(list_open_doors())


def prepare_burglar_as_nobody(limits: Limits) -> Work:
    """Try every door as a user without rights, if we are another."""
    if os.getuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    return prepare_burglar(limits)


def prepare_without_seccomp(limits: Limits) -> Work:
    """Be on a kernel that does not know the call: a filter of our own answers ENOSYS to it."""
    steps = [(0x20, 0, 0, 0), (0x15, 0, 1, 317), (0x06, 0, 0, 0x00050026), (0x06, 0, 0, 0x7FFF0000)]
    program = b"".join(struct.pack("=HBBI", *step) for step in steps)
    pointer = struct.pack("@HP", len(steps), ctypes.addressof(buffer := _buffer(program)))
    libc = ctypes.CDLL(None)
    assert buffer
    assert libc.prctl(38, 1, 0, 0, 0) == 0  # no new privileges
    assert libc.prctl(22, 2, pointer, 0, 0) == 0  # seccomp, filter
    return prepare(limits)


def _buffer(content: bytes) -> ctypes.Array[ctypes.c_char]:
    return ctypes.create_string_buffer(content, len(content))


def prepare_badly(limits: Limits) -> Work:
    """Fail before there is any work."""
    raise RuntimeError(f"no library for {limits.side_px} pixels")
