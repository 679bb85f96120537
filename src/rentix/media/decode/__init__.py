"""Untrusted bytes into safe pictures, decoded in processes that can do nothing else.

    with Decoder() as decoder:
        picture = decoder.decode(data, "avatar")

`pool.py` is what callers use. It has `forks.py`, a small program, fork a process for every 50
pictures (`processes.py` is our end of it); each of them warms up, gives up all that decoding does
not need (`confine.py`, `seccomp.py`), and then answers one picture after the other (`child.py`).
What it does with them is in `vips.py`.
"""

from __future__ import annotations

from rentix.media.decode.picture import (
    SIZES,
    DecoderCrashed,
    DecoderUnavailable,
    Kind,
    Limits,
    Picture,
    PictureRefused,
    Refusal,
    Variant,
)
from rentix.media.decode.pool import Decoder

__all__ = [
    "SIZES",
    "Decoder",
    "DecoderCrashed",
    "DecoderUnavailable",
    "Kind",
    "Limits",
    "Picture",
    "PictureRefused",
    "Refusal",
    "Variant",
]
