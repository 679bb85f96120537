"""API keys: `rtx_<live|test>_<key id>_<32 base62>_<crc32>`.

The checksum tells a mistyped key from a wrong one before any look-up, and lets scanners find
leaked keys. Only the SHA-256 of a key is stored: with 190 random bits no slow hash is needed.
"""

from __future__ import annotations

import re
import secrets
import string
import zlib
from hashlib import sha256
from hmac import compare_digest

_ALPHABET = string.digits + string.ascii_letters
_SECRET_LENGTH = 32
_FORM = re.compile(r"(rtx_(?:live|test)_([1-9][0-9]{0,17})_[0-9A-Za-z]{32})_([0-9a-f]{8})")


def mint_key(key_id: int, *, live: bool = True) -> str:
    """A new random key for the row `key_id`. Show it once and keep its `key_digest`."""
    secret = "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET_LENGTH))
    text = f"rtx_{'live' if live else 'test'}_{key_id}_{secret}"
    return f"{text}_{zlib.crc32(text.encode()):08x}"


def read_key_id(key: str) -> int | None:
    """The id that `key` names, or None when it has not the form or its checksum is wrong."""
    match = _FORM.fullmatch(key)
    if match is None or f"{zlib.crc32(match[1].encode()):08x}" != match[3]:
        return None
    return int(match[2])


def key_digest(key: str) -> bytes:
    """What is stored of a key."""
    return sha256(key.encode()).digest()


def same_key(key: str, digest: bytes) -> bool:
    """Whether `key` is the one stored as `digest`, in constant time."""
    return compare_digest(key_digest(key), digest)
